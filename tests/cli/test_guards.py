"""Audits for those who guard: only texts that are blocked, at a chosen operating point."""

from pathlib import Path

from weaklink.store import open_store
from weaklink.testing import ToyVictim

GUARD = (
    "audit", "toy:classify", "--data", "data.csv", "--attacks", "pwws", "--samples", 8,
    "--from", "LABEL_1", "--to", "LABEL_0", "--references", "none", "--json", "figures.json",
)  # fmt: skip
BARE = ToyVictim({"good": 2.0, "bad": -2.0})


def test_outcomes_of_different_thresholds_never_mix(cli):
    texts = [line.rpartition(",")[0] for line in Path("data.csv").read_text().splitlines()[1:]]
    scores = sorted(BARE.forward(texts)[:, 1])
    thresholds = (0.5, float(scores[-3] + scores[-4]) / 2)
    points = dict[str, float]()
    for number, threshold in enumerate(thresholds):
        result = cli(*GUARD, "--threshold", f"LABEL_1={threshold!r}")
        assert result.status == 0, result.err
        with open_store("audit.db") as store:
            assert len(store.campaigns()) == number + 1
            (victim,) = store.campaigns()[-1].campaign.victims
            points[victim.fingerprint] = threshold
            found = list(store.outcomes())
        assert len(found) == 8 * (number + 1)
    for one in found:
        threshold = points[one.key.victim_fingerprint]
        blocked = bool(BARE.forward([one.original_text])[0, 1] >= threshold)
        assert (one.original_label == "LABEL_1") is blocked
        assert (one.status == "skipped") is not blocked
    assert repr(thresholds[1]) in Path("report.html").read_text()


def test_a_threshold_of_no_label_ends_the_audit_before_any_attack(cli):
    result = cli(*GUARD, "--threshold", "INJECTION=0.9")
    assert result.status != 0
    assert "'INJECTION' is not a label of toy:classify" in result.err
    assert "does not say LABEL=PROBABILITY" in cli(*GUARD, "--threshold", "0.9").err
