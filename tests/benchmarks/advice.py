"""Does the advisor's recommendation hold? Each strategy is trained, and compared with the advised.

    python -m tests.benchmarks.advice --out results.jsonl FOLDER:PX [FOLDER:PX ...]

Each folder has ``train/`` and ``val/``; PX is the side of the network's input, 0 for its own size.
`real_digits` and `real_clothes` write two such folders. The runs have the same images, seeds,
epochs, schedule and augmentation (the advised one); what differs is which layers train, and from
scratch the optimizer, which is the one that the advisor takes for random values. Every finished run
is a line of the results file, and is not run again: the benchmark can be stopped and goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlstudio.core.advice import Advice, AdviceFacts, advise
from tlstudio.core.advice.evidence import EvidenceMeasured
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.networks.build_config import build_config
from tlstudio.core.runs.events import (
    EpochEnded,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    StopToken,
)
from tlstudio.core.significance import accuracy_interval, difference

STRATEGIES: dict[str, dict[str, object]] = {
    "feature extraction": {"strategy": "feature_extraction"},
    "partial fine-tuning": {"strategy": "partial"},  # from the last stage of real size
    "fine-tuning": {"strategy": "fine_tuning"},
    "from scratch": {
        "strategy": "from_scratch",
        "initialisation": "random",
        "optimizer": "adam",
        "learning_rate": 0.001,
    },
}
ADVISED = "advised"
COMMON: dict[str, object] = {"optimizer": "sgd", "learning_rate": 0.01, "schedule": "cosine"}
ORDER = ("feature extraction", "partial fine-tuning", ADVISED, "fine-tuning", "from scratch")


@dataclass(frozen=True)
class Subject:
    """One dataset with the advice for it."""

    index: DatasetIndex
    base: RunConfig
    advice: Advice

    @classmethod
    def of(cls, folder: Path, image_px: int, epochs: int) -> Subject:
        from tlstudio.engine.advice.measure import measure_evidence
        from tlstudio.engine.data.glance import glance
        from tlstudio.engine.data.sources import open_dataset
        from tlstudio.engine.models.catalog import get_model
        from tlstudio.engine.models.tree import layer_tree

        index = open_dataset(folder)
        config = RunConfig().changed(image_px=image_px)
        spec = get_model(config.model)
        record = None
        for event in measure_evidence(config, index, StopToken()):
            if isinstance(event, EvidenceMeasured):
                record = event.record
        facts = AdviceFacts.of(
            config,
            layer_tree(spec.name, len(index.classes), build_config(config, spec)),
            index,
            has_weights=True,
            images=glance([sample.image for sample in index.samples_of(Split.TRAIN)]),
            evidence=record,
        )
        advice = advise(facts)
        augmentation = advice.settings["augmentation"]
        base = config.changed(**COMMON, augmentation=augmentation, epochs=epochs)
        return cls(index, base, advice)

    def config(self, name: str, seed: int) -> RunConfig:
        """Of one contestant; the advised one with the benchmark's own number of epochs."""
        own = self.advice.settings if name == ADVISED else STRATEGIES[name]
        return self.base.changed(**{**own, "epochs": self.base.epochs}, seed=seed)


def train_once(config: RunConfig, index: DatasetIndex) -> tuple[str, list[float]]:
    """The answers of the last epoch's weights for the validation images, and every accuracy."""
    from tlstudio.engine.models.build import build_classifier
    from tlstudio.engine.training.trainer import train

    answers, accuracies = "", []
    for event in train(config, index, StopToken(), build_classifier(config, index.classes)):
        if isinstance(event, EpochEnded):
            accuracies.append(event.record.val_accuracy or 0.0)
        elif isinstance(event, PredictionsReady):
            answers = "".join(str(int(bool(row.is_right))) for row in event.predictions)
        elif isinstance(event, RunEnded) and event.reason is not RunEndReason.FINISHED:
            raise SystemExit(f"the run ended early: {event.error}")
    return answers, accuracies


def run_all(
    folders: Sequence[tuple[Path, int]], seeds: Sequence[int], epochs: int, out: Path
) -> list[dict[str, Any]]:
    """Train whatever the results file lacks; returns all its lines."""
    done = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    for folder, image_px in folders:
        subject = Subject.of(folder, image_px, epochs)
        say(f"{folder.name}: {subject.advice.case}, {subject.advice.settings}")
        for seed in seeds:
            for name in ORDER:
                config = subject.config(name, seed)
                about = {
                    "data": folder.name,
                    "name": name,
                    "seed": seed,
                    "config": config.to_json(),
                }
                if any({key: row[key] for key in about} == about for row in done):
                    continue
                same = [row for row in done if row["config"] == about["config"]]
                same = [row for row in same if row["data"] == folder.name]
                if same:  # the advice is one of the four strategies
                    row = {**same[0], **about}
                else:
                    answers, accuracies = train_once(config, subject.index)
                    row = {**about, "answers": answers, "accuracies": accuracies}
                done.append(row)
                with out.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                say(f"  {name}, seed {seed}: {row['answers'].count('1') / len(row['answers']):.3f}")
    return done


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Markdown: each strategy with its 95 % interval, and what the advised one is to it."""
    lines = [
        "| Dataset | Strategy | Val accuracy | 95% interval | Advised minus this | p |",
        "|---|---|---|---|---|---|",
    ]
    for data in dict.fromkeys(row["data"] for row in rows):
        own = {name: _answers(rows, data, name) for name in ORDER}
        own = {name: answers for name, answers in own.items() if answers}
        if ADVISED not in own:
            continue
        best = max(_share(answers) for answers in own.values())
        for name, answers in own.items():
            interval = accuracy_interval(answers)
            share = _share(answers)
            cells = [data, name, f"{'**' if share == best else ''}{100 * share:.1f}%"]
            cells[-1] += "**" if share == best else ""
            cells.append(f"{100 * interval.low:.1f} to {100 * interval.high:.1f}")
            if name == ADVISED or len(answers) != len(own[ADVISED]):
                cells += ["", ""]
            else:
                found = difference(own[ADVISED], answers)
                cells += [f"{100 * found.mean:+.1f}", f"{found.p_value:.3f}"]
            lines.append("| " + " | ".join(cells) + " |")
        lines += [f"| {data} | | | | {_verdict(own)} | |"]
    return "\n".join(lines)


def _verdict(own: dict[str, list[list[bool]]]) -> str:
    shares = {name: _share(answers) for name, answers in own.items()}
    best, worst = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    interval = accuracy_interval(own[best])
    is_near = interval.low <= shares[ADVISED] <= interval.high
    is_clear = difference(own[ADVISED], own[worst]).p_value < 0.05
    return (
        f"{'within' if is_near else 'outside'} the interval of the best ({best}), "
        f"{'significantly' if is_clear else 'not significantly'} better than the worst ({worst})"
    )


def _answers(rows: Sequence[dict[str, Any]], data: str, name: str) -> list[list[bool]]:
    found = {row["seed"]: row for row in rows if (row["data"], row["name"]) == (data, name)}
    return [[a == "1" for a in found[seed]["answers"]] for seed in sorted(found)]


def _share(answers: list[list[bool]]) -> float:
    return sum(map(sum, answers)) / sum(map(len, answers))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _folder(text: str) -> tuple[Path, int]:
    path, _, side = text.rpartition(":")
    return (Path(path), int(side)) if path else (Path(side), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=_folder, metavar="FOLDER:PX")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines; to be gone on with")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=1, help="how many, from 0 on")
    options = parser.parse_args()
    rows = run_all(options.folders, range(options.seeds), options.epochs, options.out)
    print(table(rows))


if __name__ == "__main__":
    main()
