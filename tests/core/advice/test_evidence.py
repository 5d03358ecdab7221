"""Evidence as a value: accuracies, paired comparisons, the way to a file and back."""

from __future__ import annotations

import json

import pytest

from tests.core.advice.samples import answers, record, row
from tlstudio.core.advice.evidence import EvidenceRecord


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


def test_to_a_file_and_back() -> None:
    one = record(pixels=50, stages=(60, 70, 75), head=78)
    again = EvidenceRecord.from_dict(json.loads(json.dumps(one.to_dict())))
    assert again == one
    assert again.best == one.head
    assert list(again.by_path) == [*(stage.path for stage in one.stages), "head"]


@pytest.mark.parametrize("broken", [None, [], {"version": 1}, {"version": 0}, "text"])
def test_other_files_are_no_evidence(broken: object) -> None:
    assert EvidenceRecord.from_dict(broken) is None
    values = record(pixels=50, stages=(60,), head=70).to_dict()
    assert EvidenceRecord.from_dict({**values, "stages": [{"path": 1}]}) is None
    assert EvidenceRecord.from_dict({**values, "version": 99}) is None
