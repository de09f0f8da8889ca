"""How many samples a campaign draws, and what it says of them."""

import pytest

from weaklink.campaigns import Specification
from weaklink.campaigns.prepare.data import load_samples
from weaklink.campaigns.prepare.failures import Failures
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent


@pytest.fixture
def drawn(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("text,label\na,0\nb,1\nc,-1\nd,1\n")

    def drawn(**options):
        spec = Specification.of_audit("m", data=str(path), **options)
        return load_samples(spec, [], [], Failures(strict=True), Silent())[str(path)].dataset

    return drawn


def test_fewer_rows_than_asked_for_are_all_drawn_with_a_notice(drawn):
    dataset = drawn()
    assert len(dataset.samples) == 3
    fewer, unlabelled = dataset.notices
    assert "has 3 samples in its split file, where 100 were asked for" in fewer
    assert "1 of 4 rows of" in unlabelled


def test_all_means_all_and_names_are_exchanged(drawn):
    dataset = drawn(samples="all", label_names="0=World,1=Sports")
    assert (len(dataset.samples), dataset.labels) == (3, ("World", "Sports"))
    assert len(dataset.notices) == 1


@pytest.mark.parametrize("names", ["World", "0=", "=x"])
def test_names_of_labels_have_a_form(drawn, names):
    with pytest.raises(WeaklinkError, match="does not say OLD=NEW"):
        drawn(label_names=names)
