FOLDERS = api cypher graph ingest injection query
BIN = .venv/bin
LINKS = build/links/memcubes

# The demo's two halves: the first needs only the core packages, the second the models.
DEMO = $(BIN)/memcubes demo
DEMO_MODELS = $(BIN)/memcubes demo --models-only

# MODELS=none       make demo stops before the half that needs torch
# TORCH_INDEX=URL   an index to take torch from, for example one with CPU builds
# PYTHON=python3.x  the interpreter that .venv is made from
# ARGS='-k word'    passed on to pytest
PYTHON ?= $(shell python3.11 -c 'print("python3.11")' 2>/dev/null || echo python3)

# Compiled modules are kept in .venv, whatever the environment says: compiling is half of a process' start.
export PYTHONPYCACHEPREFIX = $(CURDIR)/.venv/pycache
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test campaign check links clean

help:
	@echo "make demo      set up and show what memcubes does (MODELS=none: without torch)"
	@echo "make test      set up and run every test"
	@echo "make campaign  the property tests and the large graph, for as long as they are worth"
	@echo "make check     lint, format, types, one-way imports"
	@echo "make clean     back to what a clone holds"

demo:
	@$(SET_UP) core
	@$(DEMO)
ifneq ($(MODELS),none)
	@$(SET_UP) models
	@$(DEMO_MODELS)
endif

test:
	@$(SET_UP) core models dev server
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

campaign:
	@$(SET_UP) core models dev server
	@MEMCUBES_CAMPAIGN=1 $(BIN)/pytest tests/properties tests/integration tests/contract tests/cypher tests/query \
		tests/graph/index/test_encoder.py tests/graph/neo4j tests/graph/test_prov_constraints.py tests/server \
		tests/api/graphql $(ARGS)

check: links
	@$(SET_UP) core dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/test_packaging.py -k one_way

links:
	@mkdir -p $(LINKS)
	@for folder in $(FOLDERS) tests benchmarks; do \
		[ ! -d $$folder ] || [ -L $(LINKS)/$$folder ] || ln -sfn ../../../$$folder $(LINKS)/$$folder; \
	done

clean:
	rm -rf .venv build dist demo-output *.egg-info .*_cache .coverage
	find $(FOLDERS) tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# Brings the named parts into .venv (core, models, dev) and into the user's cache (server, the
# jars of the Neo4j that tests run). What is there and no older than pyproject.toml is left alone,
# so that the second time costs nothing.
define SET_UP_SCRIPT
mkdir -p .venv
exec 9>>.venv/setup.lock
if command -v flock >/dev/null; then
    flock -n 9 || { echo "Waiting for another make that is setting up .venv."; flock 9; }
fi

stale="" missing=""
for part in "$$@"; do
    [ .venv/$$part.ready -nt pyproject.toml ] || stale="$$stale $$part"
    [ -e .venv/$$part.ready ] || missing="$$missing $$part"
done
[ -n "$$stale" ] || exit 0

case "$$missing " in *" server "*)
    lacking=""
    java=$$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    [ "$${java:-0}" -ge 17 ] || lacking=" java (17 or newer)"
    command -v mvn >/dev/null || lacking="$$lacking mvn"
    if [ -n "$$lacking" ]; then
        echo "The tests run a Neo4j server, for which this machine lacks:$$lacking. Install a JDK and Maven" \
            "(on Debian: apt-get install openjdk-17-jdk-headless maven). Nothing was fetched." >&2
        exit 1
    fi ;;
esac

cache=$${UV_CACHE_DIR:-$${XDG_CACHE_HOME:-$$HOME/.cache}/uv}
while [ ! -d "$$cache" ]; do cache=$$(dirname "$$cache"); done
free=$$(df -Pk .venv "$$cache" | awk 'NR > 1 && (least == "" || $$4 + 0 < least) { least = $$4 + 0 }
    END { printf "%.1f", least * 1.024e-6 }')
need=0
for part in $$missing; do
    case $$part in
        core) fetch="about 0.3" disk=0.7 what="spaCy, ONNX Runtime, SciPy, the Neo4j driver, small models" ;;
        models) fetch="about 3.4" disk=6 what="torch, transformers, sentence-transformers, three models"
            if [ -n "$(TORCH_INDEX)" ]; then fetch="up to 3.4" disk=2; fi ;;
        dev) fetch="about 0.1" disk=0.2 what="pytest, hypothesis, mypy, ruff" ;;
        server) fetch="about 0.12" disk=0.3 what="a Neo4j server for the tests, with Maven" ;;
    esac
    echo "Set-up of $$part: fetches $$fetch GB, less what is cached ($$what)."
    need=$$(awk "BEGIN { print $$need + $$disk }")
done
[ -n "$$missing" ] || echo "Set-up: pyproject.toml is newer than .venv; bringing it up to date."
echo "Takes about $$need GB of disk; $$free GB are free."
if awk "BEGIN { exit !($$free < $$need) }"; then
    echo "Too little free disk for the set-up of$$missing: nothing was fetched." \
        "(make demo MODELS=none needs 0.7 GB.)" >&2
    exit 1
fi

started=$$(date +%s)
touch .venv/setup.started
packages="" torch="" server=""
for part in $$stale; do
    case $$part in
        core) packages="$$packages -e ." ;;
        models) packages="$$packages -e .[models]"
            [ -z "$(TORCH_INDEX)" ] || torch=$$(sed -n 's/^ *"\(torch[<>=][^"]*\)".*/\1/p' pyproject.toml) ;;
        dev) packages="$$packages --group dev" ;;
        server) server=yes ;;
    esac
done

make_venv() {
    [ ! -x .venv/bin/uv ] || return 0
    "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "memcubes needs Python 3.11 or newer: make PYTHON=...")' &&
        "$(PYTHON)" -m venv .venv && .venv/bin/python -m pip install uv
}
follow_pip() { # uv does not read the index that pip is set to
    [ -z "$${UV_DEFAULT_INDEX:-}$${UV_INDEX_URL:-}" ] || return 0
    index=$${PIP_INDEX_URL:-$$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"
}
install() { .venv/bin/uv pip install --python .venv/bin/python "$$@"; }

# torch goes alone and first, because uv keeps what is installed and fits.
if ! {
    make_venv && follow_pip &&
        { [ -z "$$torch" ] || install --no-deps --index-url "$(TORCH_INDEX)" "$$torch"; } &&
        { [ -z "$$packages" ] || install $$packages; } &&
        { [ -z "$$server" ] || { .venv/bin/python tests/server/jars.py && .venv/bin/python -m tests.server.archive; }; }
} >.venv/setup.log 2>&1; then
    cat .venv/setup.log >&2
    echo "Set-up of$$stale failed; the lines above say why." >&2
    exit 1
fi
for part in $$stale; do touch -r .venv/setup.started .venv/$$part.ready; done
echo "Set up in $$(($$(date +%s) - started)) s."
endef
export SET_UP_SCRIPT
SET_UP = LC_ALL=C sh -euc "$$SET_UP_SCRIPT" set-up
