"""Files of weights that were read, without an engine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.notes import Note
from tlstudio.core.weights.report import (
    EntryState,
    HeadState,
    LoadingReport,
    LoadingWay,
    ReportEntry,
    WeightsCopy,
)
from tlstudio.gui.state import jobs

PATH = Path("my/last.ckpt")
BOTH = (LoadingWay.EVERYTHING, LoadingWay.BACKBONE)


def make_report(
    ways: tuple[LoadingWay, ...] = BOTH,
    class_names: tuple[str, ...] = ("a", "b", "c"),
    strange: tuple[EntryState, ...] = (),
    copies: tuple[str, ...] = ("",),
    copy: str = "",
    twins: tuple[str, ...] = (),
    model: str = "resnet18",
) -> LoadingReport:
    """A report of a network with three classes where it can answer."""
    rows = [ReportEntry(state, f"strange.{state}", f"net.{state}", (3, 3)) for state in strange]
    rows += [
        ReportEntry(EntryState.MATCHED, f"layer{n}.weight", f"net.layer{n}.weight", (n, 3), (n, 3))
        for n in range(1, 40)
    ]
    can_answer = LoadingWay.EVERYTHING in ways
    return LoadingReport(
        file=PATH.name,
        source="state_dict",
        model=model,
        twins=twins,
        num_classes=3 if can_answer else 0,
        class_names=class_names if can_answer else (),
        head=HeadState.FITS if can_answer else HeadState.OTHER,
        ways=ways,
        entries=tuple(rows),
        build=BuildConfig(),
        copies=tuple(WeightsCopy(place, "ema" in place) for place in copies),
        copy=copy or copies[0],
        notes=(Note("The prefix “{prefix}” was taken off all names.", {"prefix": "net."}),),
    )


def make_opened(report: LoadingReport) -> Any:
    """What the engine's reader would have returned."""
    fault = None if LoadingWay.EVERYTHING in report.ways else WeightsError("It does not fit.")
    return SimpleNamespace(path=PATH, fault=lambda: fault, read=report)


def reads(monkeypatch: pytest.MonkeyPatch, report: LoadingReport) -> list[tuple[Any, ...]]:
    """Whatever file is opened holds this; returns what is loaded of it."""
    loaded: list[tuple[Any, ...]] = []

    def load(opened: Any, names: tuple[str, ...]) -> Any:
        loaded.append(names)
        raise WeightsError("no network here")

    def chosen(opened: Any, place: str, model: str) -> Any:
        found = make_report(
            copies=tuple(c.place for c in report.copies),
            copy=place,
            twins=report.twins,
            model=model,
        )
        return make_opened(found), found

    monkeypatch.setattr(jobs, "open_weights", lambda path: (make_opened(report), report))
    monkeypatch.setattr(jobs, "chosen_weights", chosen)
    monkeypatch.setattr(jobs, "load_opened", load)
    return loaded
