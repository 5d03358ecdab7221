"""The message that an earlier run was better, and where that may be chance."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlstudio.core.runs.kept import RunEntry, RunMarks
from tlstudio.gui.state.session import Session


def entry(name: str, right: int, images: int) -> RunEntry:
    return RunEntry(
        name,
        Path(name),
        RunMarks(name),
        fingerprint="f0",
        accuracy=right / images,
        right=right,
        images=images,
        has_weights=True,
    )


@pytest.mark.parametrize(
    ("right", "images", "words"),
    [(42, 47, "that may be chance"), (420, 470, "before was better, at 89.4%")],
)
def test_a_better_run_and_one_that_is_higher_by_chance(
    session: Session, right: int, images: int, words: str
) -> None:
    runs = session.runs
    now = entry("now", round(0.8 * images), images)
    runs.entries = (now, entry("before", right, images))
    runs._tell_of_better(now)
    assert words in session.notifications.kept[-1].text
