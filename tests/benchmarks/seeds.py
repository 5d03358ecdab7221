"""Accuracy over seeds: whether a shortcut costs any, as far as so many runs can tell."""

from __future__ import annotations

import math
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.job import Job
from tests.benchmarks.tables import views_text
from tests.benchmarks.turns import notebook_run, say, studio_runs

_CONFIDENCE = 0.95
_MEASURES = ("final_accuracy", "best_accuracy")


def compare(jobs: Sequence[Job], seeds: Iterable[int], *, with_notebook: bool) -> dict[str, Any]:
    """Every job with every seed, held against the first one, and against the notebook.

    A seed decides the head's random values and the studio's order and views, so the studio's jobs
    are compared pairwise; the notebook draws its own chance, so it is compared by Welch's test.
    """
    numbers = list(seeds)
    found: list[dict[str, Any]] = []
    if with_notebook:
        outcomes = [notebook_run(jobs[0].changed(seed=seed)) for seed in numbers]
        found.append(_summary("notebook", jobs[0], outcomes))
    for job in jobs:
        say(_name(job))
        with tempfile.TemporaryDirectory(prefix="tlstudio-benchmark-") as home:
            outcomes = studio_runs([job.changed(seed=seed) for seed in numbers], home)
        found.append(_summary(_name(job), job, outcomes))
    for place, row in enumerate(found):
        row["against"] = {
            base["name"]: {measure: _difference(row, base, measure) for measure in _MEASURES}
            for base in found[: min(place, 1 + with_notebook)]
        }
    return {"seeds": numbers, "confidence": _CONFIDENCE, "rows": found}


def table(compared: dict[str, Any]) -> str:
    """Markdown: mean and spread of each, and the differences with their intervals."""
    rows = compared["rows"]
    lines = [
        "| Run | Final val accuracy | Best | Difference of the final one, 95% interval |",
        "|---|---|---|---|",
    ]
    for row in rows:
        cells = [row["name"], *(_spread(row[measure]) for measure in _MEASURES)]
        against = [
            f"{d['mean']:+.3f} ({d['low']:+.3f} to {d['high']:+.3f}, {d['test']}) from {name}"
            for name, differences in row["against"].items()
            for d in [differences["final_accuracy"]]
        ]
        lines.append("| " + " | ".join([*cells, "; ".join(against)]) + " |")
    job = rows[0]["job"]
    notes = (
        f"{job['model']}, {job['strategy'].replace('_', ' ')}, {job['data']}: "
        f"{rows[0]['images']['train']} + {rows[0]['images']['val']} images, {job['epochs']} "
        f"epochs, learning rate {job['learning_rate']:g}; mean ± standard deviation of "
        f"{len(compared['seeds'])} seeds."
    )
    return "\n".join([*lines, "", notes])


def _name(job: Job) -> str:
    return f"{views_text({'job': asdict(job), 'note': ''})}, {job.precision}"


def _summary(name: str, job: Job, outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    executions = [outcome.get("execution", {}) for outcome in outcomes]
    return {
        "name": name,
        "job": {**asdict(job), "data": Path(job.data).name, "weights": Path(job.weights).name},
        "images": {split: outcomes[0][f"{split}_images"] for split in ("train", "val")},
        "execution": executions[0],
        "total_s": [outcome["total_s"] for outcome in outcomes],
        **{measure: [outcome[measure] for outcome in outcomes] for measure in _MEASURES},
    }


def _difference(row: dict[str, Any], base: dict[str, Any], measure: str) -> dict[str, Any]:
    """Mean difference with its confidence interval; without width where there is no spread."""
    a, b = row[measure], base[measure]
    mean = statistics.fmean(a) - statistics.fmean(b)
    count = len(a)
    if count < 2:
        return {"mean": mean, "low": mean, "high": mean, "test": "one seed tells nothing"}
    if "notebook" in (row["name"], base["name"]):
        parts = [statistics.variance(values) / count for values in (a, b)]
        error = math.sqrt(sum(parts))
        squares = sum(part**2 for part in parts) / (count - 1)
        freedom = sum(parts) ** 2 / squares if squares else 1.0
        test = "Welch"
    else:
        error = statistics.stdev(x - y for x, y in zip(a, b, strict=True)) / math.sqrt(count)
        freedom, test = count - 1.0, "paired"
    half = _t_quantile(freedom) * error
    return {"mean": mean, "low": mean - half, "high": mean + half, "test": test}


def _t_quantile(freedom: float) -> float:
    from scipy.stats import t  # type: ignore[import-untyped]

    return float(t.ppf((1 + _CONFIDENCE) / 2, freedom))


def _spread(values: list[float]) -> str:
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.fmean(values):.3f} ± {deviation:.3f}"
