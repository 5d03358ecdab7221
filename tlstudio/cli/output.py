"""The output of a command: sentences or JSON lines on stdout, errors on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO, assert_never

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.reading import AmbiguousDatasetError
from tlstudio.core.errors import DatasetError, TLStudioError
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.runs.metrics import Unit


class Output:
    """Standard output and standard error of one command.

    A reader that goes away (``| head``) or a full disk is no reason for a traceback: `is_broken` is
    set and what follows is swallowed. What standard error does not take is lost.

    Args:
        as_json: only `record` writes to standard output, else only `line` and `progress`.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.is_broken = False
        self._has_progress = False

    def line(self, text: str = "") -> None:
        """Print a line for people."""
        if not self.as_json:
            self._clear_progress()
            self._write(f"{printable(text)}\n")

    def progress(self, text: str) -> None:
        """A line that the next one takes the place of; only on a terminal."""
        if self.as_json or self.is_broken or not sys.stdout.isatty():
            return
        width = shutil.get_terminal_size().columns - 1
        shown = printable(text, kept="")[:width]
        self._write(f"\r\x1b[K{shown}")
        self._has_progress = True

    def record(self, **values: object) -> None:
        """Print a JSON object on a line of its own."""
        if self.as_json:
            self._write(json.dumps(values, ensure_ascii=False, allow_nan=False) + "\n")

    def note(self, text: str) -> None:
        """A line on standard error, whoever reads."""
        self._clear_progress()
        with contextlib.suppress(OSError):
            _write_to(sys.stderr, f"{printable(text)}\n")

    def note_from_signal(self, text: str) -> None:
        """`note` for signal handlers: a stream may be in the middle of writing when they come."""
        start = "\n" if self._has_progress else ""
        with contextlib.suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), f"{start}{text}\n".encode())

    def error(self, error: TLStudioError) -> None:
        """The sentence and the hint, of every problem that `error` stands for.

        Where a dataset can be read in several ways or lies elsewhere, what to type instead follows.
        """
        for problem in error.problems:
            hint = f" {problem.hint_text}" if problem.hint else ""
            self.note(f"tlstudio: {problem}{hint}")
            if isinstance(problem, DatasetError):
                for line in _ways_out(problem):
                    self.note(line)

    def _clear_progress(self) -> None:
        if self._has_progress:
            self._has_progress = False
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self.is_broken:
            return
        try:
            _write_to(sys.stdout, text)
        except OSError:
            self.is_broken = True
            _silence_stdout()


def _ways_out(error: DatasetError) -> list[str]:
    if error.instead is not None:
        return [f"  open this instead: {error.instead}"]
    if not isinstance(error, AmbiguousDatasetError):
        return []
    width = max((len(reading.id) for reading in error.readings), default=0)
    lines = []
    for reading in error.readings:
        counts = ", ".join(f"{count:,} {split.value}" for split, count in reading.splits.items())
        if set(reading.splits) == {Split.TRAIN}:
            counts = f"{reading.splits[Split.TRAIN]:,}, which the studio splits"
        lines.append(f"  --read-as {reading.id:<{width}}  {reading.title}")
        lines.append(f"  {'':{width + 12}}Classes: {some_of(reading.classes)}; images: {counts}")
    return lines


def some_of(names: Sequence[str], most: int = 20) -> str:
    """The first of some names, and how many more there are."""
    more = f" … and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def prepare_streams() -> None:
    """Let paths of any script through, on any system; odd bytes are escaped, as JSON does.

    Streams that are closed, or missing as in a windowed program, become ones that lead nowhere.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - stays open
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - stays open
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _write_to(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def _silence_stdout() -> None:
    """Python flushes standard output once more at its end; let that go nowhere."""
    try:
        handle = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, handle)
    os.close(nowhere)


def printable(text: str, kept: str = "\n\t") -> str:
    """`text` with control characters spelled out, so that no name of a file steers the terminal.

    Args:
        kept: control characters that may stay.
    """
    return "".join(
        c if c in kept or unicodedata.category(c) != "Cc" else f"\\x{ord(c):02x}" for c in text
    )


def duration(seconds: float) -> str:
    """Format seconds as ``0:07``, ``12:30`` or ``1:02:03``."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def megabytes(size_bytes: int) -> str:
    """Return a size, e.g. ``21.3 MB``."""
    return f"{size_bytes / 1e6:,.1f} MB"


def metric(value: float, unit: Unit) -> str:
    """A measured value as its unit wants it."""
    match unit:
        case Unit.FRACTION:
            return f"{percent(value):>7}"
        case Unit.LOSS:
            return f"{value:.4f}"
        case Unit.RATE:
            return f"{value:.2g}"
        case Unit.SECONDS:
            return f"{value:.1f} s"
        case Unit.PER_SECOND:
            return f"{value:.0f}"
        case Unit.NUMBER:
            return f"{value:.4g}"
        case _:
            assert_never(unit)


def percent(fraction: float | None) -> str:
    """Format a fraction as per cent."""
    return "–" if fraction is None else f"{fraction * 100:.1f} %"


def share_text(share: Share) -> str:
    """``64.0 % (51–75)``: a share with its interval."""
    interval = share.interval
    if interval is None:
        return percent(None)
    return f"{percent(share.value)} ({100 * interval.low:.0f}–{100 * interval.high:.0f})"
