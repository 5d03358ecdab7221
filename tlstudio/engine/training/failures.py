"""Turns failures of computing into sentences for a person."""

from __future__ import annotations

import gc
import logging
import math
import traceback

import torch

from tlstudio.core.errors import DeviceError, TLStudioError, TrainingError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_log = logging.getLogger(__name__)

_OUT_OF_MEMORY_SIGNS = ("out of memory", "not enough memory", "can't allocate memory")


def explain(error: Exception, device: torch.device | None = None) -> TLStudioError:
    """The error to show for `error`, which becomes its cause; tensors that it holds are let go.

    An exception keeps the frames that it passed through, and those keep their tensors: after
    running out of memory the next try would fail as well. So the frames are cleared.
    """
    text = str(error)
    shown: TLStudioError
    if isinstance(error, TLStudioError):
        shown = error
    elif is_out_of_memory(error):
        shown = DeviceError(
            QT_TRANSLATE_NOOP("core", "The device “{device}” ran out of memory."),
            QT_TRANSLATE_NOOP("core", "Choose a smaller batch size or a smaller model."),
            device=device or "cpu",
        )
    elif "Expected more than 1 value per channel" in text:
        shown = TrainingError(
            QT_TRANSLATE_NOOP("core", "A normalisation layer cannot train on a single image."),
            QT_TRANSLATE_NOOP(
                "core", "Choose a batch size of 2 or more, or freeze the normalisation layers."
            ),
        )
    else:
        _log.error("unexpected failure", exc_info=error)
        shown = TrainingError(
            QT_TRANSLATE_NOOP("core", "Training broke off: {why}."),
            QT_TRANSLATE_NOOP("core", "The log has the details; please report it."),
            why=f"{type(error).__name__}: {text.strip().splitlines()[0] if text.strip() else '?'}",
        )
    traceback.clear_frames(error.__traceback__)
    if shown is not error:
        shown.__cause__ = error
    if gc.isenabled():  # a window collects on its own thread alone
        gc.collect()
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
    return shown


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, of whichever device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(sign in text for sign in _OUT_OF_MEMORY_SIGNS)


def finite(loss: float) -> float:
    """Return the loss if it is finite.

    Raises:
        TrainingError: it is NaN or infinite.
    """
    if math.isfinite(loss):
        return loss
    raise diverged()


def diverged() -> TrainingError:
    """The error of a run whose loss or weights are no longer finite."""
    return TrainingError(
        QT_TRANSLATE_NOOP("core", "The loss is no longer a finite number, so training stopped."),
        QT_TRANSLATE_NOOP("core", "Choose a smaller learning rate, a tenth of it for example."),
    )
