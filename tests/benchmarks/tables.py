"""Results as tables: for the terminal and, in Markdown, for the README."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from tests.benchmarks.job import LIVE, NO_AUGMENTATION

_HEADINGS = (
    "Job",
    "Model",
    "Precision",
    "Notebook, s",
    "TLStudio, s",
    "Times as fast (min–max)",
    "In CPU time",
    "Share of the floor",
    "Val accuracy: notebook / TLStudio",
)
RULE = (
    "Seconds of a whole training run, from before the first image is read until the best weights "
    "are back in the network, validation included; importing libraries, listing the folder and "
    "building the network are left out on both sides. Each run is a process of its own, notebook "
    "and TLStudio in turn; the studio's caches begin empty."
)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Markdown that is easy to read as plain text, too."""
    cells = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADINGS))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([*lines, *_footnotes(rows)])


def views_text(row: dict[str, Any]) -> str:
    """What the job is, in words."""
    job = row["job"]
    name = str(job["strategy"]).replace("_", " ")
    if job["strategy"] == "fine_tuning":
        return name
    views = {LIVE: "live augmentation", NO_AUGMENTATION: "no augmentation"}.get(
        job["views"], f"{job['views']} cached views"
    )
    return ", ".join(part for part in (name, views, row["note"]) if part)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    ratio, share = row["ratio"], row["floor_share"]
    notebook, studio = row["notebook"], row["studio"]
    return (
        views_text(row),
        row["job"]["model"],
        " ".join((row["execution"]["precision"], row["execution"]["engine"])),
        _seconds(notebook, row),
        _seconds(studio, row),
        f"{_short(ratio['median'])}x ({_short(ratio['min'])}–{_short(ratio['max'])})",
        f"{_short(row['cpu_ratio']['median'])}x",
        f"{share['median']:.0%}" if share else "",
        f"{_accuracy(notebook, row)} / {_accuracy(studio, row)}",
    )


def _seconds(outcomes: list[dict[str, Any]], row: dict[str, Any]) -> str:
    value = statistics.median(outcome["total_s"] for outcome in outcomes)
    text = f"{value:.2f}" if value < 10 else f"{value:.1f}"
    return text + ("*" if outcomes[0]["epochs_run"] < row["job"]["epochs"] else "")


def _accuracy(outcomes: list[dict[str, Any]], row: dict[str, Any]) -> str:
    if outcomes[0]["epochs_run"] < row["job"]["epochs"]:
        return "–"  # fewer epochs tell another accuracy
    return f"{statistics.fmean(outcome['best_accuracy'] for outcome in outcomes):.3f}"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _footnotes(rows: Sequence[dict[str, Any]]) -> list[str]:
    cut = sorted(
        {
            (outcome["epochs_run"], row["job"]["epochs"])
            for row in rows
            for outcome in (*row["notebook"], *row["studio"])
            if outcome["epochs_run"] < row["job"]["epochs"]
        }
    )
    texts = [f"{ran} of {epochs} epochs" for ran, epochs in cut]
    loads = [o["load"] for row in rows for o in (*row["notebook"], *row["studio"])]
    known = [load for load in loads if load is not None]
    notes = [f"\\* extrapolated from {', '.join(texts)}."] if texts else []
    images = sorted({(row["images"]["train"], row["images"]["val"]) for row in rows})
    counts = ", ".join(f"{train} + {val}" for train, val in images)
    notes.append(f"{counts} images, {rows[0]['job']['epochs']} epochs, best of them by validation.")
    if known:
        notes.append(f"Load average before the runs: {min(known)} to {max(known)}.")
    return ["", *notes]
