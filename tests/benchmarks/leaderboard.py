"""Does the leaderboard, made before any training, order networks as full training does?

Every candidate is ranked on the training split; then all of its layers are trained, and the last
epoch is asked about the validation split, which the leaderboard never saw. Small images, so that
it takes minutes on two cores:

    python -m tests.benchmarks.leaderboard ~/food4 --random tf_efficientnet_lite0 resnet18
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.rank import Candidate, LeaderboardRecord, RankEnded, RankRow, RowFailed
from tlstudio.core.runs.events import PredictionsReady, RunEnded, RunEndReason, StopToken
from tlstudio.core.significance import accuracy_interval, difference, mcnemar

ALPHA = 0.05
RATES = {"pretrained": ("sgd", 0.01), "random": ("adam", 0.001)}  # as the studio suggests them


@dataclass(frozen=True)
class Outcome:
    """One candidate before and after training.

    `right` tells for each seed and each validation image whether it is told rightly.
    """

    row: RankRow
    right: tuple[tuple[bool, ...], ...]
    elapsed_s: float

    @property
    def accuracy(self) -> float:
        return sum(map(sum, self.right)) / sum(map(len, self.right))

    @property
    def name(self) -> str:
        candidate = self.row.candidate
        return f"{candidate.model} ({candidate.initialisation})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a folder, or the name of a sample dataset")
    parser.add_argument("--models", nargs="*", help="pretrained; all that are there otherwise")
    parser.add_argument("--random", nargs="*", default=["tf_efficientnet_lite0", "resnet18"])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--image-px", type=int, default=96)
    parser.add_argument("--seeds", type=int, default=1, help="runs of each")
    arguments = parser.parse_args()
    os.environ.setdefault("TLSTUDIO_HOME", tempfile.mkdtemp())
    index = _dataset(arguments.data)
    from tlstudio.engine.rank.leaderboard import ready_candidates

    ready = ready_candidates()
    wanted = arguments.models
    candidates = [c for c in ready if wanted is None or c.model in wanted]
    candidates += [Candidate(model, initialisation="random") for model in arguments.random]
    config = RunConfig(image_px=arguments.image_px)
    record = _ranked(candidates, config, index)
    outcomes = []
    for row in record.ordered:
        if row.candidate not in candidates:  # known from an earlier call
            continue
        outcomes.append(_trained(row, config, index, arguments.epochs, arguments.seeds))
        print(f"trained {outcomes[-1].name}: {outcomes[-1].accuracy:.3f}", flush=True)
    print(_table(outcomes, record, index, arguments))


def _dataset(data: Path) -> DatasetIndex:
    from tlstudio.engine.data.samples import SAMPLE_DATASETS, sample_dataset_folder
    from tlstudio.engine.data.sources import open_dataset

    if not data.exists() and str(data) in {row.name for row in SAMPLE_DATASETS}:
        data = sample_dataset_folder(str(data))
    return open_dataset(data)


def _ranked(
    candidates: Sequence[Candidate], config: RunConfig, index: DatasetIndex
) -> LeaderboardRecord:
    from tlstudio.engine.rank.leaderboard import rank

    begin = time.perf_counter()
    for event in rank(candidates, config, index, StopToken()):
        if isinstance(event, RowFailed):
            raise event.failure.error
    assert isinstance(event, RankEnded)
    print(f"ranked {len(candidates)} networks in {time.perf_counter() - begin:.0f} s", flush=True)
    return event.record


def _trained(
    row: RankRow, config: RunConfig, index: DatasetIndex, epochs: int, seeds: int
) -> Outcome:
    """Trains all layers; the answers are those of the last epoch, which nobody chose."""
    from tlstudio.engine.models.build import build_classifier
    from tlstudio.engine.training.trainer import train

    optimizer, rate = RATES[row.candidate.initialisation]
    strategy = "from_scratch" if row.candidate.is_random else "fine_tuning"
    begin, right = time.perf_counter(), list[tuple[bool, ...]]()
    for seed in range(seeds):
        run = row.candidate.applied_to(config).changed(
            strategy=strategy,
            optimizer=optimizer,
            learning_rate=rate,
            schedule="cosine",
            epochs=epochs,
            batch_size=16,
            seed=seed,
        )
        classifier = build_classifier(run, index.classes)
        for event in train(run, index, StopToken(), classifier):
            if isinstance(event, PredictionsReady):
                last = event
            elif isinstance(event, RunEnded) and event.reason is not RunEndReason.FINISHED:
                raise RuntimeError(f"{row.title}: {event.error}")
        assert last.epoch == epochs
        right.append(tuple(bool(prediction.is_right) for prediction in last.predictions))
    return Outcome(row, tuple(right), time.perf_counter() - begin)


def _table(
    outcomes: list[Outcome],
    record: LeaderboardRecord,
    index: DatasetIndex,
    arguments: argparse.Namespace,
) -> str:
    from scipy.stats import kendalltau, spearmanr  # type: ignore[import-untyped]

    lines = [
        "| network | probe | 95 % | LogME | k-NN | after training | 95 % | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for outcome in outcomes:
        low, accuracy, high = outcome.row.interval
        after = accuracy_interval(outcome.right)
        lines.append(
            f"| {outcome.name} | {accuracy:.3f} | {low:.3f}–{high:.3f} | {outcome.row.logme:.3f} "
            f"| {outcome.row.knn_accuracy:.3f} | {outcome.accuracy:.3f} "
            f"| {after.low:.3f}–{after.high:.3f} | {outcome.row.elapsed_s:.0f}, "
            f"{outcome.elapsed_s:.0f} |"
        )
    trained = [outcome.accuracy for outcome in outcomes]
    lines.append("")
    for name, values in (
        ("probe", [o.row.accuracy for o in outcomes]),
        ("LogME", [o.row.logme for o in outcomes]),
        ("k-NN", [o.row.knn_accuracy for o in outcomes]),
    ):
        rho, tau = spearmanr(values, trained).statistic, kendalltau(values, trained).statistic
        lines.append(f"{name}: Spearman {rho:.2f}, Kendall {tau:.2f} with accuracy after training")
    lines += _pairs(outcomes)
    counts = [len(index.by_split[split]) for split in (Split.TRAIN, Split.VAL)]
    lines.append(
        f"{index.name}: {counts[0]} + {counts[1]} images of {arguments.image_px} px, "
        f"{arguments.epochs} epochs, {arguments.seeds} seed(s), last epoch"
    )
    return "\n".join(lines)


def _pairs(outcomes: list[Outcome]) -> list[str]:
    """Of the pairs that training tells apart, how many the leaderboard had in that order.

    What the leaderboard itself cannot tell apart, it does not claim to have in any order.
    """
    told, same, claimed, against = 0, 0, 0, []
    for first, second in combinations(outcomes, 2):  # in the order of the leaderboard
        found = difference(first.right, second.right)
        if found.p_value >= ALPHA:
            continue
        is_claimed = mcnemar(*first.row.discordant(second.row)) < ALPHA
        told, same, claimed = told + 1, same + (found.mean > 0), claimed + is_claimed
        if found.mean < 0:
            how = "significantly" if is_claimed else "not significantly"
            against.append(f"  against it: {first.name}, {how} above {second.name}")
    total = len(outcomes) * (len(outcomes) - 1) // 2
    text = f"{told} of {total} pairs differ significantly after training; {same} in this order. "
    return [f"{text}The leaderboard tells {claimed} of them apart.", *against]


if __name__ == "__main__":
    main()
