"""The window measured: start, smoothness while torch loads, layers, many images, training beside.

    python -m tests.benchmarks.window [--parts start,layers,browsing,training] [--runs 3]
        [--images 100000] [--data DIR] [--epochs 4] [--json FILE]

Prints a table with the target of each figure, and a line of JSON. Every measurement is a fresh
interpreter with byte code at hand, as an installed program has it, and with the studio's folders
in a place of their own. Training with and without the window takes turns (A B A B).
Other programs spoil the figures: the load average is printed with them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 1800

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the table. `limit` is what it must not exceed, or at least be."""

    name: str
    title: str
    unit: str
    limit: float | None = None
    at_least: bool = False

    def is_met(self, value: float) -> bool | None:
        if self.limit is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit


ROWS = (
    Target("painted_s", "first paint", "s", 0.3),
    Target("painted_cpu_s", "computing until then, with the interpreter", "s"),
    Target("usable_s", "all pages there", "s", 0.6),
    Target("engine_ready_s", "torch loaded, models listed", "s"),
    Target("gap_p99_ms", "timer lateness while torch loads, p99", "ms"),
    Target("gap_max_ms", "timer lateness while torch loads, longest", "ms", 100),
    Target("memory_painted_mb", "memory after the first paint", "MB"),
    Target("memory_engine_mb", "memory with torch", "MB"),
    Target("replan_few_ms", "another plan in a tree of 100 modules", "ms"),
    Target("replan_many_ms", "another plan in a tree of 1,000 modules", "ms"),
    Target("replan_ratio", "the second by the first", "", 10),
    Target("first_open_s", "first opening of all images", "s"),
    Target("open_s", "opening from the second time on", "s", 1.0),
    Target("open_gap_p99_ms", "timer lateness meanwhile, p99", "ms"),
    Target("open_gap_max_ms", "timer lateness meanwhile, longest", "ms"),
    Target("open_bystander_max_ms", "a sleeping process beside it, longest", "ms"),
    Target("scroll_cpu_p99_ms", "scrolling, computing for a frame, p99", "ms", 16.7),
    Target("scroll_p50_ms", "scrolling, a frame, p50", "ms"),
    Target("scroll_p99_ms", "scrolling, a frame, p99", "ms", 16.7),
    Target("page_p50_ms", "paging through all, a frame, p50", "ms"),
    Target("page_p99_ms", "paging through all, a frame, p99", "ms", 16.7),
    Target("memory_opened_mb", "memory with all images", "MB"),
    Target("memory_scrolled_mb", "memory after scrolling through all", "MB"),
    Target("late_p50_ms", "timer lateness while training, p50", "ms"),
    Target("late_p99_ms", "timer lateness while training, p99", "ms", 8),
    Target("late_max_ms", "timer lateness while training, longest", "ms", 33),
    Target("bystander_p99_ms", "a sleeping process beside it, p99", "ms"),
    Target("bystander_max_ms", "a sleeping process beside it, longest", "ms"),
    Target("end_late_max_ms", "timer lateness as the run ends, longest", "ms"),
    Target("gui_busy_percent", "share of a core that the window takes", "%"),
    Target("images_per_s", "training with the window", "images/s"),
    Target("headless_images_per_s", "training without a window", "images/s"),
    Target("throughput_percent", "throughput with the window", "%", 95, at_least=True),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default="start,layers,browsing,training")
    parser.add_argument("--runs", type=int, default=3, help="starts, and turns of training")
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--data", type=Path, help="photos to train on; some are drawn if missing")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--one", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_one(*options.one)))
        sys.stdout.flush()
        os._exit(0)  # nothing that a measurement left over is waited for
    with tempfile.TemporaryDirectory(prefix="window.") as folder:
        result = _measure(options, Path(folder))
    _print_table(result)
    print(json.dumps(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    load_before = os.getloadavg()[0]
    figures: Figures = {}
    parts = options.parts.split(",")
    if "start" in parts:
        _child(folder, "start")  # warm: byte code and disk cache
        figures |= _medians([_child(folder, "start") for _ in range(options.runs)])
    if "layers" in parts:
        figures |= _medians([_child(folder, "layers", "") for _ in range(options.runs)])
    if "browsing" in parts:
        from tests.benchmarks.browsing import make_images

        make_images(folder / "many", options.images)
        first = _child(folder, "browsing", str(folder / "many"), "")
        again = _child(folder, "browsing", str(folder / "many"), "scrolls")
        figures |= {**again, "first_open_s": first["open_s"]}
    if "training" in parts:
        figures |= _turns(options, folder)
    return {
        "figures": {name: round(value, 3) for name, value in figures.items()},
        "cores": os.cpu_count(),
        "load_before": round(load_before, 2),
        "load_after": round(os.getloadavg()[0], 2),
    }


def _turns(options: argparse.Namespace, folder: Path) -> Figures:
    """With the window and without, in turn; the ratio is of neighbours."""
    data = options.data
    if data is None:
        from tests.benchmarks.training import make_photos

        data = folder / "photos"
        make_photos(data, 128, 64)
    with_window, without = [], []
    for _ in range(options.runs):
        with_window.append(_child(folder, "window", str(data), str(options.epochs)))
        without.append(_child(folder, "headless", str(data), str(options.epochs)))
    speed = "images_per_s"
    ratios = [w[speed] / h[speed] for w, h in zip(with_window, without, strict=True)]
    return {
        **_medians(with_window),
        "headless_images_per_s": _medians(without)[speed],
        "throughput_percent": 100 * statistics.median(ratios),
    }


def _child(folder: Path, *arguments: str) -> Figures:
    """One measurement in a fresh interpreter."""
    # the start counts from the first line of its own program
    is_start = arguments[0] == "start"
    module = ("tests.benchmarks.start",) if is_start else ("tests.benchmarks.window", "--one")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "TLSTUDIO_HOME": str(folder / "home"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-m", *module, *arguments[is_start:]],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{arguments[0]}: {done.stderr.strip()[-2000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    print(f"  {arguments[0]}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    return figures


def _one(part: str, *arguments: str) -> Figures:
    """In this process, as `python -m tlstudio` would begin."""
    from tlstudio.engine.memory import share_one_heap

    share_one_heap()
    folder = Path(arguments[0])
    if part == "browsing":
        from tests.benchmarks import browsing

        return browsing.measure(folder, scrolls=arguments[1] == "scrolls")
    if part == "layers":
        from tests.benchmarks import layers

        return layers.measure()
    from tests.benchmarks import training

    kinds: dict[str, Callable[[Path, int], Figures]] = {
        "window": training.measure_window,
        "headless": training.measure_headless,
    }
    return kinds[part](folder, int(arguments[1]))


def _medians(rows: list[Figures]) -> Figures:
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def _print_table(result: dict[str, object]) -> None:
    figures = result["figures"]
    assert isinstance(figures, dict)
    print(f"{result['cores']} cores; load {result['load_before']} to {result['load_after']}")
    for row in ROWS:
        if row.name not in figures:
            continue
        value = figures[row.name]
        sign = ">=" if row.at_least else "<="
        target = "" if row.limit is None else f"{sign} {row.limit:g}"
        verdict = {None: "", True: "met", False: "missed"}[row.is_met(value)]
        print(f"{row.title:45} {value:10.4g} {row.unit:9} {target:>8} {verdict}")


if __name__ == "__main__":
    main()
