"""What the list of runs says of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.kept import CURVE_POINTS, RunEntry, RunMarks, thinned
from tlstudio.core.significance import wilson


@pytest.mark.parametrize(
    ("end", "is_running", "interrupted", "continues", "extends"),
    [
        (None, True, False, False, False),
        (None, False, True, True, True),
        (RunEndReason.STOPPED, False, False, True, True),
        (RunEndReason.FAILED, False, False, True, True),
        (RunEndReason.FINISHED, False, False, False, True),
        (RunEndReason.EARLY, False, False, False, True),
    ],
)
def test_what_can_be_done_with_a_run(
    end: RunEndReason | None, is_running: bool, interrupted: bool, continues: bool, extends: bool
) -> None:
    entry = RunEntry("a", Path("a"), end=end, is_running=is_running, has_checkpoint=True)
    assert (entry.is_interrupted, entry.can_continue, entry.can_extend) == (
        interrupted,
        continues,
        extends,
    )
    assert not RunEntry("a", Path("a"), end=end).can_extend


def test_name_and_interval() -> None:
    entry = RunEntry("a", Path("a"), RunMarks("mine"), right=42, images=47)
    assert entry.name == "mine"
    assert entry.interval == wilson(42, 47)
    assert RunEntry("a", Path("a")).interval is None


def test_a_long_curve_keeps_its_ends() -> None:
    values = [float(number) for number in range(1000)]
    few = thinned(values)
    assert len(few) == CURVE_POINTS
    assert (few[0], few[-1]) == (0.0, 999.0)
    assert thinned(values[:5]) == tuple(values[:5])
