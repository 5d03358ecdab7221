"""Runs ONNX files by onnxruntime, on the processor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.errors import ExportError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_ERRORS_ONLY = 3


def session(model: Path | bytes, threads: int | None = None) -> InferenceSession:
    """Open an ONNX file, or one in memory, quietly and without telemetry.

    Args:
        model: the file, or what it holds.
        threads: that one call computes with; None for as many as there are cores.

    Raises:
        ExportError: onnxruntime cannot open it.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    # threads that wait in a loop take the processor from whatever else computes
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if threads is not None:
        options.intra_op_num_threads = threads
    try:
        return onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model),
            options,
            providers=["CPUExecutionProvider"],
        )
    except Exception as error:  # its own errors share no base class
        raise ExportError(
            QT_TRANSLATE_NOOP("core", "onnxruntime cannot open “{name}”: {why}"),
            QT_TRANSLATE_NOOP("core", "The file may be damaged, or be no ONNX; export it again."),
            name=model.name if isinstance(model, Path) else "ONNX",
            why=str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
        ) from error
