"""Any sentence-transformers model by name or path."""

import shutil
from importlib import util
from pathlib import Path

import numpy as np
import pytest

from memcubes.graph.index.encoder import TOLERANCE, Encoder, EncoderError
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.minilm import WEIGHTS

if util.find_spec("sentence_transformers") is None:
    pytest.skip("sentence-transformers is not installed", allow_module_level=True)

from memcubes.graph.index.huggingface import HuggingFaceEncoder

from .test_encoder_minilm import REFERENCE


@pytest.fixture(scope="module")
def folder() -> Path:
    if util.find_spec(WEIGHTS.module) is None:
        pytest.skip("no MiniLM weights")
    return WEIGHTS.folder / "model"


def test_keeps_the_contract_from_a_folder(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    encoder = HuggingFaceEncoder(str(folder))
    assert isinstance(encoder, Encoder)
    assert (encoder.dimension, encoder.tokens_limit) == (384, 256)
    texts = ["one", "", "a longer text about dogs " * 20, "三"]
    rows = encoder.encode_passages(texts)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 1, 1], atol=1e-6)
    alone = np.concatenate([encoder.encode_questions([text]) for text in texts])
    assert np.abs(rows - alone).max() <= TOLERANCE
    assert capfd.readouterr() == ("", "")


def test_the_numpy_minilm_equals_it(folder: Path) -> None:
    texts = [*REFERENCE, "one", "don't stop " * 90, "Δοκιμή ΑΣ, ĀĒ 東京タワー 서울 \t x²"]
    light, torch = load_encoder("minilm"), load_encoder(f"hf:{folder}")
    assert np.abs(light.encode_passages(texts) - torch.encode_passages(texts)).max() <= TOLERANCE
    assert torch.tokens_limit == light.tokens_limit


def test_the_fingerprint_follows_the_weights_not_the_place(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "a" / "model"
    shutil.copytree(folder, moved)
    first = HuggingFaceEncoder(str(folder)).fingerprint
    assert HuggingFaceEncoder(str(moved)).fingerprint == first
    weights = moved / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-4] ^= 1
    weights.write_bytes(changed)
    again = HuggingFaceEncoder(str(moved)).fingerprint
    assert again.rpartition("/")[0] == first.rpartition("/")[0]
    assert again != first


def test_declared_prompts_are_used(folder: Path, tmp_path: Path) -> None:
    prompted = tmp_path / "prompted"
    shutil.copytree(folder, prompted)
    (prompted / "config_sentence_transformers.json").write_text(
        '{"prompts": {"query": "search: ", "document": ""}}'
    )
    plain, asking = HuggingFaceEncoder(str(folder)), HuggingFaceEncoder(str(prompted))
    expected = plain.encode_questions(["search: a dog"])
    assert np.abs(asking.encode_questions(["a dog"]) - expected).max() <= TOLERANCE
    assert np.abs(asking.encode_passages(["search: a dog"]) - expected).max() <= TOLERANCE


def test_a_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    encoder = HuggingFaceEncoder(str(tmp_path / "absent"))
    with pytest.raises(EncoderError, match="cannot load encoder 'hf:"):
        encoder.encode_questions(["who?"])
