"""The health check finds planted faults, tells them apart, and keeps its report."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.engine.health.pictures import checked, dataset, names
from tlstudio.core.health.finding import HealthReport
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.health.check import check_dataset
from tlstudio.engine.health.report_file import stored_report


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    report = checked(dataset(tmp_path))
    assert report.findings == ()
    assert report.checked == 24


def test_copies_are_told_apart_by_where_they_lie(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    shutil.copy(root / "train/ants/0.png", root / "train/ants/copy.png")
    shutil.copy(root / "train/ants/1.png", root / "val/ants/leak.png")
    shutil.copy(root / "train/bees/2.png", root / "train/ants/both.png")
    report = checked(root)
    assert {kind: [names(f) for f in found] for kind, found in report.by_kind.items()} == {
        "exact_copies": [["train/ants/0.png", "train/ants/copy.png"]],
        "leaks": [["train/ants/1.png", "val/ants/leak.png"]],
        "two_classes": [["train/ants/both.png", "train/bees/2.png"]],
    }


def test_a_placeholder_is_none_of_the_copies(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    for number in range(5):
        shutil.copy(root / "train/ants/0.png", root / "train/bees" / f"copy{number}.png")
    shutil.copy(root / "val/ants/0.png", root / "val/bees/imageNotFound.png")
    found = checked(root).by_kind
    assert list(found) == ["placeholders"]
    assert [len(finding.images) for finding in found["placeholders"]] == [6, 2]


def test_the_report_is_there_when_the_dataset_is_opened_again(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    shutil.copy(root / "train/ants/0.png", root / "train/ants/copy.png")
    assert stored_report(open_dataset(root)) is None
    report = checked(root)
    index = open_dataset(root)
    assert stored_report(index) == report
    edited = index.edited(index.manifest.leaving_out(["train/ants/copy.png"]))
    kept = stored_report(edited)
    assert kept == report
    assert kept is not None
    assert kept.open_in(edited).findings == ()
    shutil.copy(root / "train/ants/1.png", root / "train/ants/0.png")  # another content
    assert stored_report(open_dataset(root)) is None


def test_a_stopped_check_ends_without_a_report(tmp_path: Path) -> None:
    index, stop = open_dataset(dataset(tmp_path)), StopToken()
    steps = check_dataset(index, stop)
    next(steps)
    stop.stop()
    assert not any(isinstance(step, HealthReport) for step in steps)
    assert stored_report(index) is None
