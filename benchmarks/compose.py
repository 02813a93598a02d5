"""Composed caches against the whole prompt: `python -m benchmarks.compose [--cubes 16] [--items 300] [--json]`.

Each prompt holds so many cubes of invented facts (`invented_facts`), in a drawn order; four of them are asked.
SmolLM2-135M answers greedily through its chat template, from the same prompts in every way:

whole        header and cubes read in one pass, what the others are measured by
concatenated each cube read alone from position 0, caches put behind each other as they are
shifted      each cube read after the header, keys moved to their place
relinked N   the same, and the first N tokens of each cube read again in place
first, …     the same, and the first token of each cube read again in place
…, 1 cube    the same, and the cube that shares most words with the question read again whole, in place
…, last cube that cube left out of what is composed, and read behind it, as the product does
whole, …     everything read in one pass, that cube last (with --ways)
led          as shifted, each cube read behind a lead that is no part of the prompt (with --led)

`recall` is the share of answers that hold the asked string. Its difference to the whole prompt has a paired
bootstrap interval over prompts (four items of one prompt are not independent). `rank` (with --rank) is the share of
items whose right answer is likelier than those of all other cubes in the prompt, after the words that lead to it.
Ways are answered in one batch, which sums in another order than one by one (1e-5). Times are medians of one
prompt at a time, the caches of the cubes in memory.

With `--keep FILE` each prompt is a line of JSON as soon as it is answered, and a run that was broken off goes on
after the last one: `--cubes 4,8,32 --items 300 --keep compose.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from memcubes.injection.activation.composed import Composed, Composer
from memcubes.injection.language_model import Message
from memcubes.injection.local_model import LocalModel
from memcubes.injection.prefix import attached

from .answered import Kept, Lazy, Told
from .bootstrap import paired
from .invented_facts import Fact, facts

OPENING = "What follows are notes from memory. Answer the question from them, in a few words.\n\n"
LEAD = (
    "- The committee met in the afternoon and agreed on the plan for the coming season. Two letters were read "
    "out, and the next meeting was put off by a week.\n\n"
)
ASKED = 4
POOL = 48
WRITTEN = 16
ROOM = 128
SEED = 20_260_301

Way = Callable[[Sequence[Fact], Fact], Composed]


class Bench:
    """The model, its header and the caches of the pool's cubes, each read once, when a way first needs it."""

    def __init__(self, model: LocalModel, pool: Sequence[Fact], led: bool = False) -> None:
        self.model = model
        frame = model.segments([Message("system", "x"), Message("user", "x")])[0]
        self.header = [*frame, *model.ids(OPENING)]
        self.ids = {fact: model.ids(f"- {fact.text}\n\n") for fact in pool}
        self.plain = {n: Composer(model, self.header, relinked=n) for n in (0, 2, 4, 8)}
        self.led = Composer(model, self.header, lead=model.ids(LEAD), relinked=0) if led else None
        self.chunks = Lazy(lambda fact: self.plain[0].chunk(self.ids[fact]))
        self.after_lead = Lazy(lambda fact: self.led.chunk(self.ids[fact]) if self.led else None)
        self.alone = Lazy(lambda fact: model.forward(self.ids[fact])[1])

    def ways(self) -> dict[str, Way]:
        """Each way from cubes and a question to a cache."""
        made: dict[str, Way] = {"whole": self._whole, "concatenated": self._concatenated}
        for n, composer in self.plain.items():
            made[f"relinked {n}" if n else "shifted"] = self._way(composer, self.chunks, 0)
        made["shifted, 1 cube"] = self._way(self.plain[0], self.chunks, 1)
        first = Composer(self.model, self.header, relinked=1)
        made["first, 1 cube"] = self._way(first, self.chunks, 1)
        made["shifted, last cube"] = self._last(self.plain[0])
        made["first, last cube"] = self._last(first)
        made["whole, last cube"] = self._whole_last
        if self.led:
            made["led"] = self._way(self.led, self.after_lead, 0)
            made["led, 1 cube"] = self._way(self.led, self.after_lead, 1)
        return made

    def question(self, fact: Fact) -> list[int]:
        """The tokens that follow the memory."""
        parts = self.model.segments([Message("system", "x"), Message("user", fact.question)])
        return [token for part in parts[2:] for token in part]

    def _tokens(self, cubes: Sequence[Fact]) -> list[int]:
        return self.header + [token for cube in cubes for token in self.ids[cube]]

    def _whole(self, cubes: Sequence[Fact], _: Fact) -> Composed:
        ids = self._tokens(cubes)
        return Composed(
            self.model.forward(ids)[1], tuple(ids), len(ids) - len(self.header), "exact"
        )

    def _whole_last(self, cubes: Sequence[Fact], asked: Fact) -> Composed:
        best = cubes[_nearest(cubes, asked)[0]]
        return self._whole([*(cube for cube in cubes if cube != best), best], asked)

    def _last(self, composer: Composer) -> Way:
        def composed(cubes: Sequence[Fact], asked: Fact) -> Composed:
            best = cubes[_nearest(cubes, asked)[0]]
            made = composer.compose([self.chunks[cube] for cube in cubes if cube != best])
            ids = self.ids[best]
            _, cache = self.model.forward(ids, made.cache)
            return Composed(cache, (*made.ids, *ids), made.recomputed + len(ids), made.label)

        return composed

    def _concatenated(self, cubes: Sequence[Fact], _: Fact) -> Composed:
        import torch

        made = attached(self.plain[0].compose([]).cache)
        for number, layer in enumerate(made.layers):
            kept = [self.alone[cube].layers[number] for cube in cubes]
            layer.keys = torch.cat([layer.keys, *(one.keys for one in kept)], dim=2)
            layer.values = torch.cat([layer.values, *(one.values for one in kept)], dim=2)
        return Composed(made, tuple(self._tokens(cubes)), 0, "concatenated")

    def _way(self, composer: Composer, chunks: Mapping[Fact, Any], nearest: int) -> Way:
        def composed(cubes: Sequence[Fact], asked: Fact) -> Composed:
            near = _nearest(cubes, asked)[:nearest]
            return composer.compose([chunks[cube] for cube in cubes], whole=near)

        return composed


def hits(model: LocalModel, caches: Sequence[Any], asked: Sequence[int], right: str) -> list[bool]:
    """Whether what follows the question by the likeliest token holds the answer, for caches of one length.

    All go in one batch, which ends where each has answered, ended its turn, or written 16 tokens.
    """
    import torch

    cache, ids = _stacked(caches), torch.tensor([list(asked)] * len(caches))
    written: list[list[int]] = [[] for _ in caches]
    held, ended = [False] * len(caches), [False] * len(caches)
    with torch.inference_mode():
        for _ in range(WRITTEN):
            read = model._network(
                input_ids=ids, use_cache=True, logits_to_keep=1, **{model._past: cache}
            )
            following = read.logits[:, -1].argmax(dim=-1)
            for number, token in enumerate(following.tolist()):
                if not ended[number]:
                    written[number].append(token)
                    held[number] = right in model._tokenizer.decode(written[number])
                    ended[number] = held[number] or token in model._stops
            if all(ended):
                break
            ids = following[:, None]
    return held


def foremost(
    model: LocalModel, cache: Any, asked: Sequence[int], right: str, others: Sequence[str]
) -> bool:
    """Whether the right answer is the likeliest of all, by the sum of its tokens' log probabilities."""
    import torch

    candidates = [model.ids(f" {answer}") for answer in (right, *others)]
    longest = max(map(len, candidates))
    with torch.inference_mode():
        read = model._network(
            input_ids=torch.tensor([list(asked)]),
            use_cache=True,
            logits_to_keep=1,
            **{model._past: attached(cache)},
        )
        grown = read["cache" if "cache" in read else "past_key_values"]
        first = read.logits[0, -1].log_softmax(dim=-1)
        rest = model._network(
            input_ids=torch.tensor([ids + [0] * (longest - len(ids)) for ids in candidates]),
            **{model._past: _stacked([grown] * len(candidates))},
        ).logits.log_softmax(dim=-1)
    sums = [
        float(first[ids[0]]) + sum(float(row[n, token]) for n, token in enumerate(ids[1:]))
        for ids, row in zip(candidates, rest, strict=True)
    ]
    return sums[0] >= max(sums[1:])


def _stacked(caches: Sequence[Any]) -> Any:
    """The caches as the rows of one, with room to write without copying them at each token."""
    from transformers.cache_utils import DynamicLayer

    class Roomy(DynamicLayer):  # type: ignore[misc]
        def __init__(self, layers: Sequence[Any]) -> None:
            self.__dict__.update(layers[0].__dict__)
            self.rooms = [self._room([one.keys for one in layers])]
            self.rooms.append(self._room([one.values for one in layers]))
            self._look(layers[0].keys.shape[2])

        @staticmethod
        def _room(rows: Sequence[Any]) -> Any:
            _, heads, tokens, width = rows[0].shape
            room = rows[0].new_empty(len(rows), heads, tokens + ROOM, width)
            for number, row in enumerate(rows):
                room[number, :, :tokens] = row[0]
            return room

        def _look(self, tokens: int) -> None:
            self.keys, self.values = (room[:, :, :tokens] for room in self.rooms)

        def update(self, keys: Any, values: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
            held, new = self.keys.shape[2], keys.shape[2]
            for room, added in zip(self.rooms, (keys, values), strict=True):
                room[:, :, held : held + new] = added
            self._look(held + new)
            return self.keys, self.values

    made = attached(caches[0])
    made.layers = [Roomy(rows) for rows in zip(*(cache.layers for cache in caches), strict=True)]
    return made


def _nearest(cubes: Sequence[Fact], asked: Fact) -> list[int]:
    """The places of the cubes, that which shares most words with the question first."""
    words = _words(asked.question)
    return sorted(range(len(cubes)), key=lambda n: -len(words & _words(cubes[n].text)))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def measured(
    model: LocalModel,
    cubes: int,
    items: int,
    *,
    timed: int = 0,
    ranked: bool = False,
    led: bool = False,
    seed: int = SEED,
    keep: Path | None = None,
    named: Sequence[str] = (),
) -> dict[str, Any]:
    """Ask so many items of prompts of so many cubes in every way; of those that are kept none again."""
    bench = Bench(model, facts(max(POOL, cubes), SEED), led)
    chance, ways = random.Random(seed + cubes), bench.ways()
    slow = ("whole, last cube",)
    ways = {name: way for name, way in ways.items() if name in (named or ways.keys() - {*slow})}
    of = {"cubes": cubes, "seed": seed, "ranked": ranked, "ways": ", ".join(ways)}
    file = Kept(keep, model=model.fingerprint, **of)
    done, begun = file.read(), time.perf_counter()
    told = {name: Told() for name in ways}
    each = min(ASKED, cubes)
    prompts = -(-items // each)
    for prompt in range(prompts):
        chosen = chance.sample(list(bench.ids), cubes)
        asked = chance.sample(chosen, each)
        if prompt in done:
            for name, held_then in done[prompt].items():
                told[name].add(held_then)
            continue
        mine = {name: Told() for name in ways}
        kept = {n: ways[n](chosen, asked[0]) for n in ways if not n.endswith(("cube", "cubes"))}
        for fact in asked:
            made = {name: kept.get(name) or way(chosen, fact) for name, way in ways.items()}
            caches = [one.cache for one in made.values()]
            held = hits(model, caches, bench.question(fact), fact.answer)
            for (name, one), hit in zip(made.items(), held, strict=True):
                mine[name].hits.append(float(hit))
                mine[name].shares.append(one.recomputed / (len(one.ids) - len(bench.header)))
                if ranked:
                    ids = [*bench.question(fact), *model.ids(fact.opening)]
                    others = [cube.answer for cube in chosen if cube.answer != fact.answer]
                    mine[name].first.append(
                        float(foremost(model, one.cache, ids, fact.answer, others))
                    )
        if prompt < timed:
            for name, way in ways.items():
                mine[name].seconds.append(_seconds(bench, name, way, chosen, asked[0]))
        file.write(prompt, mine)
        for name, gave in mine.items():
            told[name].add(gave)
        if prompt % 5 == 4:
            took = time.perf_counter() - begun
            print(
                f"{cubes} cubes: {prompt + 1} of {prompts} prompts, {took:.0f} s",
                file=sys.stderr,
            )
            so_far = {
                "cubes": cubes,
                "items": len(told["whole"].hits),
                "ways": _figures(told, each),
            }
            print(table([so_far]), file=sys.stderr, flush=True)
    return {"cubes": cubes, "items": len(told["whole"].hits), "ways": _figures(told, each)}


def _seconds(bench: Bench, name: str, way: Way, cubes: Sequence[Fact], asked: Fact) -> float:
    """Seconds to the first token of one prompt: compose and read the question, or read all in one pass."""
    question = bench.question(asked)
    begun = time.perf_counter()
    if name == "whole":
        bench.model.forward([*bench._tokens(cubes), *question])
    else:
        bench.model.forward(question, way(cubes, asked).cache)
    return time.perf_counter() - begun


def _figures(told: Mapping[str, Told], each: int) -> dict[str, dict[str, Any]]:
    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    def by_prompt(values: Sequence[float]) -> list[float]:
        return [mean(values[n : n + each]) for n in range(0, len(values), each)]

    whole, made = told["whole"], {}
    for name, one in told.items():
        apart = paired(by_prompt(one.hits), by_prompt(whole.hits))
        made[name] = {
            "hits": "".join(str(int(hit)) for hit in one.hits),
            "recall": round(100 * mean(one.hits), 1),
            "of_whole": round(100 * mean(one.hits) / (mean(whole.hits) or 1), 1),
            "difference": [round(100 * n, 1) for n in (apart.mean, apart.low, apart.high)],
            "recomputed": round(100 * mean(one.shares), 1),
        }
        if one.first:
            made[name]["rank"] = round(100 * mean(one.first), 1)
        if one.seconds:
            made[name]["first_token_ms"] = round(1000 * median(one.seconds))
    return made


def table(told: Sequence[Mapping[str, Any]]) -> str:
    """The figures for people."""
    rows = []
    for one in told:
        rows.append(f"{one['cubes']} cubes, n = {one['items']}")
        rows.append(
            f"{'way':16} {'recall %':>8} {'of whole':>8}  {'difference [95 %]':22} {'again %':>7} {'ms':>6} "
            f"{'rank %':>6}"
        )
        for name, way in one["ways"].items():
            mean, low, high = way["difference"]
            apart = f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"
            rows.append(
                f"{name:16} {way['recall']:>8} {way['of_whole']:>8}  {apart:22} {way['recomputed']:>7} "
                f"{way.get('first_token_ms', ''):>6} {way.get('rank', ''):>6}"
            )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.compose")
    parser.add_argument("--cubes", default="16", metavar="N,N", help="cubes of a prompt")
    parser.add_argument(
        "--items", type=int, default=300, metavar="N", help="questions of each size"
    )
    parser.add_argument("--timed", type=int, default=10, metavar="N", help="prompts that are timed")
    parser.add_argument("--led", action="store_true", help="cubes read behind a lead as well")
    parser.add_argument("--seed", type=int, default=SEED, help="which prompts are drawn")
    parser.add_argument("--ways", default="", metavar="NAME;NAME", help="only these, and the whole")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rank", action="store_true", help="rank the right answer as well (slow)")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="go on after what is in it")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(given.threads)
    model = LocalModel()
    told = [
        measured(
            model,
            int(n),
            given.items,
            timed=given.timed,
            ranked=given.rank,
            led=given.led,
            seed=given.seed,
            keep=given.keep,
            named=["whole", *given.ways.split(";")] if given.ways else (),
        )
        for n in given.cubes.split(",")
    ]
    print(json.dumps(told, indent=1) if given.json else table(told))


if __name__ == "__main__":
    main()
