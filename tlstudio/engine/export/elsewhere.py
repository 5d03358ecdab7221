"""An export in a process of its own, for the window.

torch.export changes torch for the whole process while it runs: a training on another thread would
end with an odd error. It also keeps Python to itself for seconds, in which no window answers.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from tlstudio.core.errors import ExportError, TLStudioError
from tlstudio.core.export.formats import Exported, ExportOptions, ExportPart, ExportProgressed
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.export.export import export_run, take_away_unfinished
from tlstudio.engine.export.studio_process import NO_WINDOW, studio_command, studio_environment
from tlstudio.engine.models.catalog import has_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.save import save_weights

COMMAND = "make-export"  # of the terminal, by which the studio starts itself for this
_POLL_S = 0.1
_ENDING_S = 2.0  # a window that is closed waits no longer; tracing a network may take longer


@dataclass(frozen=True, slots=True)
class _Task:
    """What the other process is to do; it travels as JSON.

    Attributes:
        source: the folder of a run, or a file of weights.
        options: the values of `ExportOptions`.
        out: the file or folder.
        data: the dataset for a file of weights; empty without one.
    """

    source: str
    options: dict[str, Any]
    out: str
    data: str = ""


def export_elsewhere(
    source: Classifier | str,
    options: ExportOptions,
    out: Path,
    stop: StopToken,
    *,
    data: Path | None = None,
) -> Iterator[ExportProgressed | Exported]:
    """As `export_run`, in another process, which is asked to end when `stop` is set.

    Args:
        source: the folder of a run, which knows its dataset, or a classifier.
        data: the dataset of a classifier; None without one.

    Raises:
        TLStudioError: those of `export_run`.
        ExportError: the process died.
    """
    options.check()
    if not isinstance(source, str) and not has_model(source.model):
        # the library alone could not build it again from a file of weights
        yield from export_run(source, options, out, stop)
        return
    with tempfile.TemporaryDirectory(prefix="tlstudio-", ignore_cleanup_errors=True) as folder:
        if not isinstance(source, str):
            weights = Path(folder) / "weights.safetensors"
            save_weights(source, weights)
            source = str(weights)
        task = Path(folder) / "task.json"
        told = _Task(source, asdict(options), str(out), str(data or ""))
        task.write_text(json.dumps(asdict(told)), encoding="utf-8")
        process = subprocess.Popen(
            [*studio_command(), COMMAND, str(task)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=studio_environment(),
            creationflags=NO_WINDOW,
        )
        try:
            yield from _events(process, stop)
        finally:
            if not _has_ended(process):
                take_away_unfinished(out)


def _events(
    process: subprocess.Popen[bytes], stop: StopToken
) -> Iterator[ExportProgressed | Exported]:
    assert process.stdout is not None
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    while not stop.stopped:
        try:
            line = lines.get(timeout=_POLL_S)
        except queue.Empty:
            continue
        if line is None:
            break
        event = _event(json.loads(line))
        yield event
        if isinstance(event, Exported):
            return
    if not stop.stopped:
        raise ExportError(
            QT_TRANSLATE_NOOP("core", "The export ended early (exit code {code})."),
            QT_TRANSLATE_NOOP("core", "There may be too little memory for it."),
            code=process.wait(),
        )


def _read(pipe: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    for line in pipe:
        lines.put(line)
    lines.put(None)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Ask it to end, by closing what it listens to; returns whether it did so by itself."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    try:
        process.wait(_ENDING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    finally:
        process.stdout.close()
    return process.returncode == 0


def _event(values: dict[str, Any]) -> ExportProgressed | Exported:
    """Read what `run_task` wrote.

    Raises:
        TLStudioError: the export failed so.
    """
    if "error" in values:
        raise TLStudioError.from_values(values["error"])
    if "receipt" in values:
        paths = tuple(map(Path, values["paths"]))
        return Exported(paths, Receipt.from_values(values["receipt"]))
    return ExportProgressed(ExportPart(values["part"]), values["done"], values["total"])


def run_task(path: Path) -> None:
    """In the other process: export, and write what happens as lines of JSON to standard output."""
    task = _Task(**json.loads(path.read_text(encoding="utf-8")))
    stop = StopToken()
    threading.Thread(target=_stop_when_left, args=(stop,), daemon=True).start()

    def tell(**values: object) -> None:
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()

    try:
        _export(task, stop, tell)
    except TLStudioError as error:
        tell(error=error.to_values())


def _export(task: _Task, stop: StopToken, tell: Callable[..., None]) -> None:
    from tlstudio.engine.data.sources import open_dataset

    index = open_dataset(Path(task.data), stop=stop) if task.data else None
    options = ExportOptions(**task.options)
    for event in export_run(task.source, options, Path(task.out), stop, index=index):
        if isinstance(event, Exported):
            paths = [str(path) for path in event.paths]
            tell(paths=paths, receipt=event.receipt.to_values())
        else:
            tell(part=event.part.value, done=event.done, total=event.total)


def _stop_when_left(stop: StopToken) -> None:
    """Nobody waits any more once standard input ends: the window stopped it, or is gone."""
    while os.read(0, 1):
        pass
    stop.stop()
