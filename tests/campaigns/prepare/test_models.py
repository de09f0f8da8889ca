"""The models that the settings name."""

import numpy as np
import pytest

from weaklink.campaigns.prepare.resources import load_models, load_resources
from weaklink.campaigns.specification import Settings
from weaklink.progress import Silent
from weaklink.testing import ToyLexicon

TEXTS = ["a fine film", "the train to Leeds was late"]


@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_a_search_in_bf16_has_an_encoder_of_its_own(precision):
    models = load_models(Settings(precision=precision), "cpu")
    exact, *searching = models.encoders
    digests = load_resources(["encoder"], ToyLexicon(), models, Silent())
    assert (digests["encoder"] == exact.digest) == (precision == "float32")
    assert len(searching) == (precision == "bf16")
    for encoder in searching:
        batch = encoder.encode(TEXTS)
        assert (encoder.forward(batch) != exact.forward(batch)).any()
        np.testing.assert_array_equal(encoder.exact(batch), exact.exact(batch))
