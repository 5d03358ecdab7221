"""Tests hold no wall-clock times: the machine may be slow, busy or both.

Times are measured by `tests.benchmarks`. A test counts what takes the time instead. Time-outs of
waits end nothing but a test that hangs, and are so long that no machine needs them.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
CLOCKS = frozenset(
    name + suffix
    for name in (
        "perf_counter",
        "monotonic",
        "process_time",
        "thread_time",
        "time",
        "clock_gettime",
    )
    for suffix in ("", "_ns")
)
TIMERS = frozenset({"QElapsedTimer", "QDeadlineTimer", "timeit", "times", "getrusage"})
NOW = frozenset({"now", "utcnow"})
SECONDS = ("elapsed", "seconds", "duration", "wall_s", "cpu_s", "took", "deadline")
WAITS = frozenset(
    {
        *("waitSignal", "waitSignals", "waitUntil", "waitExposed", "waitActive", "waitCallback"),
        *("communicate", "run", "check_output", "check_call"),
    }
)
BLOCKS = frozenset({"wait", "join", "waitForDone"})  # of threads, processes and pools
LEAST_S = 10

# What may stay, and why.
ALLOWED = {
    "engine/features/test_blocks.py: time.time": "ages a file",
    "engine/features/test_blocks.py: time.sleep": "kills writers at some moment or other",
    "engine/data/test_ahead.py: time.sleep": "gives what must not begin the time to do so",
    "engine/training/test_trainer.py: limit: end.elapsed_s < 1000": "by a watch of the test's own",
    "e2e/test_whole_way.py: qtbot.wait": "time passes, and a paused run does not count it",
    "e2e/test_nothing_is_lost.py: short time-out: is_deleting.wait(0.5)": "let it overtake",
}


def complaints(source: str) -> Iterator[str]:
    """What in the source of a test depends on how fast the machine is.

    Clocks by their name (``time.perf_counter``), fixed pauses, comparisons of measured seconds
    with a number, and time-outs too short for a slow machine.
    """
    tree = ast.parse(source)
    modules, names = _imported(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                module = modules.get(owner, "")
                if module == "time" and name in CLOCKS:
                    yield f"time.{name}"
                elif module in ("timeit", "resource") or (module == "os" and name in TIMERS):
                    yield f"{module}.{name}"
                elif owner == "datetime" and name in NOW:
                    yield f"{owner}.{name}"
                elif module == "time" and name == "sleep":
                    yield "time.sleep"
            case ast.Name(id=name, ctx=ast.Load()) if name in names:
                yield names[name]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="qtbot"), attr="wait")):
                yield "qtbot.wait"
            case ast.Compare() if _is_limit(node):
                yield f"limit: {ast.unparse(node)}"
            case ast.Call() if (short := _short_timeout(node)) is not None:
                yield f"short time-out: {short}"


def _imported(tree: ast.AST) -> tuple[dict[str, str], dict[str, str]]:
    """Local names of modules, and of clocks and timers out of modules."""
    modules: dict[str, str] = {}
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                is_clock = node.module == "time" and alias.name in CLOCKS | {"sleep"}
                if is_clock or (alias.name in TIMERS and node.module != "tlstudio"):
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return modules, names


def _is_limit(node: ast.Compare) -> bool:
    """Whether measured seconds must be less than a number, as in ``elapsed_s < 2``."""
    sides = [node.left, *node.comparators]
    for (left, right), operator in zip(itertools.pairwise(sides), node.ops, strict=True):
        match operator:
            case ast.Lt() | ast.LtE():
                less, more = left, right
            case ast.Gt() | ast.GtE():
                less, more = right, left
            case _:
                continue
        if _is_seconds(less) and any(isinstance(n, ast.Constant) for n in ast.walk(more)):
            return True
    return False


def _is_seconds(node: ast.expr) -> bool:
    found = (n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(node) if _is_name(n))
    return any(word in name for name in found for word in SECONDS)


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _short_timeout(node: ast.Call) -> str | None:
    """The call, where it gives real work less than `LEAST_S`.

    Waits below a tenth of a second are of loops that look again, or of what must not happen.
    """
    if not isinstance(node.func, ast.Attribute):
        return None
    name, limits = node.func.attr, [k.value for k in node.keywords if k.arg == "timeout"]
    if name in BLOCKS and not limits:
        limits = node.args[:1]
    if name not in WAITS | BLOCKS or not limits:
        return None
    is_qt = name.startswith("wait") and name != "wait"
    for limit in limits:
        if isinstance(limit, ast.Constant) and isinstance(limit.value, int | float):
            seconds = limit.value / 1000 if is_qt else limit.value
            if 0.1 <= seconds < LEAST_S:
                return ast.unparse(node)
    return None


def sources() -> Iterator[Path]:
    return (path for path in TESTS.rglob("*.py") if "benchmarks" not in path.parts)


def test_no_test_holds_a_time() -> None:
    found = {
        f"{path.relative_to(TESTS).as_posix()}: {complaint}"
        for path in sources()
        for complaint in complaints(path.read_text(encoding="utf-8"))
    }
    assert sorted(found - ALLOWED.keys()) == []
    assert sorted(ALLOWED.keys() - found) == [], "no longer needed"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import time\nbegin = time.perf_counter()", "time.perf_counter"),
        ("import time as t\nt.monotonic_ns()", "time.monotonic_ns"),
        ("from time import process_time as now\nnow()", "time.process_time"),
        ("def test():\n    import time\n    assert time.time() - begin < 3", "time.time"),
        ("import time\ntime.sleep(0.2)", "time.sleep"),
        ("import timeit\ntimeit.timeit(work)", "timeit.timeit"),
        ("import os\nos.times()", "os.times"),
        ("import resource\nresource.getrusage(0)", "resource.getrusage"),
        ("from PySide6.QtCore import QElapsedTimer\nQElapsedTimer()", "PySide6.QtCore.QElapsed"),
        ("from datetime import datetime\ndatetime.now()", "datetime.now"),
        ("qtbot.wait(50)", "qtbot.wait"),
        ("assert end.elapsed_s < 2", "limit"),
        ("assert 0.5 >= wall_s - before", "limit"),
        ("assert reports <= 2 + 10 * elapsed_s < 5", "limit"),
        ("with qtbot.waitSignal(done, timeout=5000):\n    work()", "short time-out"),
        ("qtbot.waitUntil(done, timeout=2_000)", "short time-out"),
        ("process.communicate(timeout=5)", "short time-out"),
        ("subprocess.run([], timeout=9.5)", "short time-out"),
        ("thread.join(5)", "short time-out"),
        ("pool.waitForDone(500)", "short time-out"),
    ],
)
def test_times_are_found(source: str, words: str) -> None:
    assert any(complaint.startswith(words) for complaint in complaints(source)), source


@pytest.mark.parametrize(
    "source",
    [
        "from tlstudio.engine.progress import RunClock\nRunClock().elapsed_s",
        "assert record.elapsed_s > 0",
        "assert session.run.elapsed_s >= paused_s",
        "assert steps < 10",
        "with qtbot.waitSignal(done):\n    work()",
        "qtbot.waitUntil(done, timeout=60_000)",
        "subprocess.run([], timeout=300)",
        "thread.join(60)",
        "thread.join(0.05)\nassert thread.is_alive()",
        "while not go.wait(0.01):\n    look()",
        "''.join(words)",
    ],
)
def test_what_any_machine_keeps_is_left_alone(source: str) -> None:
    assert list(complaints(source)) == []
