"""Runs in turn, each in a process of its own, and what their times say of each other."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.job import LIVE, Job
from tests.benchmarks.machine import load_average

_ROOT = Path(__file__).resolve().parents[2]
_REUSES = ("found again in a new process", "once more in that process")


@dataclass(frozen=True, slots=True)
class Contest:
    """One notebook job and the ways in which the studio does it.

    Attributes:
        jobs: the same job with different `views` or `precision`.
        rounds: how often all take their turn.
        reuse: whether each is run again with the features that its first run kept, if it keeps any.
        floor: whether the floor takes its turn, too.
        notebook_epochs: run so many and extrapolate; 0 for all.
        studio_epochs: likewise, where all epochs cost the same (fine-tuning, live views); for the
            floor as well.
    """

    jobs: tuple[Job, ...]
    rounds: int = 2
    reuse: bool = False
    floor: bool = True
    notebook_epochs: int = 0
    studio_epochs: int = 0


def hold(contest: Contest) -> list[dict[str, Any]]:
    """All rounds: notebook, studio, floor, notebook, ...; one row of results for each job."""
    notebook: list[dict[str, Any]] = []
    studio: list[list[dict[str, Any]]] = [[] for _ in contest.jobs]
    floors: list[list[dict[str, Any]]] = [[] for _ in contest.jobs]
    again: list[list[list[dict[str, Any]]]] = [[] for _ in contest.jobs]
    for number in range(1, contest.rounds + 1):
        say(f"round {number} of {contest.rounds}")
        notebook.append(_notebook(contest.jobs[0], contest.notebook_epochs))
        for place, job in enumerate(contest.jobs):
            with tempfile.TemporaryDirectory(prefix="tlstudio-benchmark-") as home:
                studio[place].append(_studio(job, contest.studio_epochs, home))
                if contest.reuse and job.views != LIVE:
                    reused = studio_runs([job] * len(_REUSES), home)
                    again[place].append([_whole(outcome, job.epochs) for outcome in reused])
            if contest.floor and job.strategy != "partial":
                floors[place].append(_floor(job, studio[place][-1], contest.studio_epochs))
    return [
        row
        for place, job in enumerate(contest.jobs)
        for row in _rows(job, notebook, studio[place], floors[place], again[place])
    ]


def studio_runs(jobs: Sequence[Job], home: str) -> list[dict[str, Any]]:
    """Outcomes of several jobs in one new process whose kept things lie in `home`."""
    texts = [job.to_json() for job in jobs]
    outcomes: list[dict[str, Any]] = call("tests.benchmarks.studio_loop", texts, home)
    for outcome in outcomes:
        say(f"  TLStudio {outcome['total_s']:8.2f} s   val {outcome['final_accuracy']:.3f}")
    return outcomes


def notebook_run(job: Job) -> dict[str, Any]:
    """The outcome of the notebook loop in a new process."""
    with tempfile.TemporaryDirectory(prefix="tlstudio-benchmark-") as home:
        outcome: dict[str, Any] = call("tests.benchmarks.notebook_loop", [job.to_json()], home)
    say(f"  notebook {outcome['total_s']:8.2f} s   val {outcome['final_accuracy']:.3f}")
    return outcome


def call(module: str, arguments: Sequence[str], home: str) -> Any:
    """What ``python -m module`` prints in its last line, read as JSON.

    Raises:
        SystemExit: it failed; its own words are shown.
    """
    load = load_average()
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module, *arguments],
        cwd=_ROOT,
        env={**os.environ, "TLSTUDIO_HOME": home},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SystemExit(f"{module} failed:\n{result.stderr[-3000:]}")
    outcome = json.loads(result.stdout.splitlines()[-1])
    for row in outcome if isinstance(outcome, list) else [outcome]:
        row["load"] = load
    return outcome


def ratios(slow: Sequence[float], fast: Sequence[float]) -> dict[str, float]:
    """How many times as fast, round by round."""
    values = [a / b for a, b in zip(slow, fast, strict=True)]
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def say(text: str) -> None:
    """For the person who waits; results go to standard output."""
    print(text, file=sys.stderr, flush=True)


def _notebook(job: Job, epochs: int) -> dict[str, Any]:
    return _whole(notebook_run(_shortened(job, epochs)), job.epochs)


def _studio(job: Job, epochs: int, home: str) -> dict[str, Any]:
    is_even = job.strategy == "fine_tuning" or job.views == LIVE
    outcome = studio_runs([_shortened(job, epochs if is_even else 0)], home)[0]
    return _whole(outcome, job.epochs)


def _floor(job: Job, studio: dict[str, Any], epochs: int) -> dict[str, Any]:
    """In the precision that the studio chose."""
    is_even = job.strategy == "fine_tuning" or job.views == LIVE
    arguments = [
        _shortened(job, epochs if is_even else 0).to_json(),
        str(studio["train_images"]),
        str(studio["val_images"]),
        str(studio["execution"]["precision"]),
    ]
    outcome = _whole(call("tests.benchmarks.floor", arguments, ""), job.epochs)
    say(f"  floor    {outcome['total_s']:8.2f} s")
    return outcome


def _shortened(job: Job, epochs: int) -> Job:
    return job.changed(epochs=min(job.epochs, epochs)) if epochs else job


def _whole(outcome: dict[str, Any], epochs: int) -> dict[str, Any]:
    """With `total_s` for all epochs: those not run cost what those after the first did."""
    ran = outcome["epoch_s"]
    outcome["epochs_run"] = len(ran)
    if len(ran) < epochs:
        later = ran[1:] or ran
        missing_s = (epochs - len(ran)) * statistics.fmean(later)
        outcome["cpu_s"] *= 1 + missing_s / outcome["total_s"]
        outcome["total_s"] += missing_s
    return outcome


def _rows(
    job: Job,
    notebook: list[dict[str, Any]],
    studio: list[dict[str, Any]],
    floors: list[dict[str, Any]],
    again: list[list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    rows = [_row(job, notebook, studio, floors, "")]
    for place, note in enumerate(_REUSES if again else ()):
        rows.append(_row(job, notebook, [runs[place] for runs in again], [], note))
    return rows


def _row(
    job: Job,
    notebook: list[dict[str, Any]],
    studio: list[dict[str, Any]],
    floors: list[dict[str, Any]],
    note: str,
) -> dict[str, Any]:
    studio_s = [outcome["total_s"] for outcome in studio]
    row: dict[str, Any] = {
        "job": {**asdict(job), "data": Path(job.data).name, "weights": Path(job.weights).name},
        "note": note,
        "images": {name: studio[0][f"{name}_images"] for name in ("train", "val")},
        "device": studio[0]["device"],
        "execution": studio[0]["execution"],
        "ratio": ratios([outcome["total_s"] for outcome in notebook], studio_s),
        "cpu_ratio": ratios(
            [outcome["cpu_s"] for outcome in notebook], [outcome["cpu_s"] for outcome in studio]
        ),
        "floor_share": None,
        "notebook": notebook,
        "studio": studio,
        "floor": floors,
    }
    if floors:
        row["floor_share"] = ratios([outcome["total_s"] for outcome in floors], studio_s)
    return row
