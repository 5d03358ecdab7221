"""Evidence as a value: accuracies, paired comparisons, the way to a file and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.advice.samples import answers, record, row
from tlstudio.core.advice.evidence import EVIDENCE_VERSION, EvidenceRecord
from tlstudio.core.storage import read_record, write_record


def test_a_row_knows_its_accuracy_and_interval() -> None:
    stage = row("a", 80)
    assert stage.probe_accuracy == pytest.approx(0.8)
    interval = stage.interval
    assert interval is not None
    low, value, high = interval
    assert low < value < high
    assert (low, high) == pytest.approx((0.7112, 0.8666), abs=1e-3)  # Wilson, 80 of 100
    unprobed = row("b", 0, images=0)
    assert unprobed.interval is None and unprobed.probe_accuracy is None


def test_gains_are_paired() -> None:
    """The same two accuracies, once over the same mistakes and once over others."""
    better, worse = row("a", 90), row("b", 80)
    sure = better.gain_over(worse)
    assert sure.difference == pytest.approx(0.1)
    assert sure.p_value < 0.01
    scattered = row("c", 0, text=answers(80)[::-1])
    unsure = better.gain_over(scattered)
    assert unsure.difference == pytest.approx(0.1)
    assert unsure.p_value > sure.p_value
    assert worse.gain_over(better).difference == pytest.approx(-0.1)


def test_to_a_file_and_back(tmp_path: Path) -> None:
    one = record(pixels=50, stages=(60, 70, 75), head=78)
    write_record(tmp_path / "one.json", one, EVIDENCE_VERSION)
    again = read_record(tmp_path / "one.json", EvidenceRecord, EVIDENCE_VERSION)
    assert again is not None and again == one
    assert again.best == one.head
    assert list(again.by_path) == [*(stage.path for stage in one.stages), "head"]
