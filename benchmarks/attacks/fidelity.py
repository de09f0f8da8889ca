"""Success of every attack with its defaults, beside the figures of the papers.

Each attack runs on samples of Rotten Tomatoes that the model was not trained on.

    python -m benchmarks.attacks.fidelity MODEL [--samples 100] [--sentences 30] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import weaklink
from weaklink.measures.results import Scenario

SLOW = ("scpn", "gan")


@dataclass(frozen=True)
class Published:
    """Figures of a paper in the setting that is nearest to ours; None where it gives none.

    Attributes:
        setting: Victim and data.
        success: Share of the correctly classified samples that fell.
        queries: Mean number.
        changed: Mean share of words changed.
        similarity: Mean similarity in the paper's own encoder.
    """

    setting: str
    success: float | None
    queries: float | None = None
    changed: float | None = None
    similarity: float | None = None


PUBLISHED = {
    "textfooler": Published("BERT, Rotten Tomatoes: 86.0 to 11.5 %", 0.866, 166, 0.167, 0.65),
    "pwws": Published("Bi-LSTM, IMDB: 84.86 to 2.00 %", 0.976, None, 0.0338),
    "textbugger": Published("LSTM, Rotten Tomatoes, white-box", 0.802, None, 0.102),
    "hotflip": Published("CharCNN-LSTM, AG's News", 0.982),
    "scpn": Published("Bi-LSTM, SST, broken", 0.418),
    "gan": Published("none given for classification", None),
}

NONE = Published("none given on its own", None)


def attack(model: str, name: str, variant: str | None, samples: int) -> Scenario:
    """Return the figures of one attack on unseen samples."""
    with TemporaryDirectory() as folder:
        result = weaklink.audit(
            model,
            data="rotten_tomatoes",
            samples=samples,
            unseen=True,
            attacks=(name,),
            parameters={name: {"variant": variant}} if variant else {},
            repetitions=1,
            language_model=None,
            store=Path(folder) / "audit.db",
        )
        (scenario,) = result.results.scenarios
        return scenario


def row(name: str, found: Scenario, samples: int, published: Published) -> str:
    """Return a line of the table."""
    correct = found.asr_correct
    ours = [
        f"{correct.value:.2f} ({correct.low:.2f} to {correct.high:.2f})" if correct else "",
        shown(found.queries_mean, "{:.0f}"),
        shown(found.words_changed_mean, "{:.0%}"),
        shown(found.similarity_mean, "{:.2f}"),
    ]
    theirs = [
        shown(published.success, "{:.2f}"),
        shown(published.queries, "{:.0f}"),
        shown(published.changed, "{:.0%}"),
        shown(published.similarity, "{:.2f}"),
    ]
    return f"| {' | '.join([name, str(samples), *ours, *theirs, published.setting])} |"


def shown(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--sentences", type=int, default=30, help="samples of SCPN and GAN")
    parser.add_argument("--attacks", default=",".join(["textfooler:strict", *PUBLISHED]))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print("| attack | n | asr_correct (95 %) | queries | words changed | similarity "
          "| published: success | queries | words changed | similarity | setting |")  # fmt: skip
    print("| --- " * 11 + "|")
    found = []
    for named in options.attacks.split(","):
        name, _, variant = named.partition(":")
        samples = options.sentences if name in SLOW else options.samples
        scenario = attack(options.model, name, variant or None, samples)
        published = PUBLISHED.get(name, NONE)
        print(row(named, scenario, samples, published), flush=True)
        found.append(scenario.model_dump(mode="json") | {"published": asdict(published)})
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
