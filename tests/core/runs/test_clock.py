"""The clock of a run counts what a run could use."""

from __future__ import annotations

from tlstudio.core.runs.clock import RunClock


class Machine:
    """Time as a test has it."""

    def __init__(self, *, is_paused: bool = False) -> None:
        self.now, self.computed = 1000.0, 50.0
        self.clock = RunClock(lambda: self.now, lambda: self.computed, is_paused=is_paused)

    def go(self, seconds: float, computed: float) -> float:
        """Let `seconds` pass; returns what the clock says."""
        self.now += seconds
        self.computed += computed
        return self.clock.elapsed_s


def test_a_gap_counts_as_long_as_it_was_computed_in() -> None:
    machine = Machine()
    assert machine.go(10, 20) == 10
    assert machine.go(7200, 3) == 13, "the lid was closed"
    assert machine.go(10, 20) == 23


def test_long_work_and_short_waits_are_no_gaps() -> None:
    machine = Machine()
    assert machine.go(600, 500) == 600, "a batch may take long"
    assert machine.go(20, 0) == 620, "a disk may wake up"


def test_a_pause_does_not_count_whatever_is_asked_in_it() -> None:
    machine = Machine(is_paused=True)
    assert machine.go(100, 100) == 0
    machine.clock.resume()
    assert machine.go(5, 5) == 5
    machine.clock.pause()
    assert machine.go(100, 0) == 5
    machine.clock.resume()
    assert machine.go(1, 1) == 6


def test_a_run_that_goes_on_counts_from_where_it_was() -> None:
    machine = Machine()
    machine.go(7, 7)
    machine.clock.go_on_from(300)
    assert machine.go(2, 2) == 302
