"""Writes a module as ONNX."""

from __future__ import annotations

import contextlib
import copy
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tlstudio.core.errors import ExportError
from tlstudio.core.export.formats import DEFAULT_OPSET
from tlstudio.core.storage import atomic_path
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.tracing import ONE_AT_A_TIME

BATCH = "batch"  # name of the axis that may have any length

_MOST_BYTES = 2**31 - 1  # of one protobuf message
_TALKATIVE = ("torch.onnx", "onnxscript", "onnx_ir", "torch.export", "torch.fx")


def to_onnx(
    module: nn.Module,
    example: torch.Tensor,
    path: Path,
    *,
    opset: int | None = None,
    input_names: Sequence[str] = ("input",),
    output_names: Sequence[str] = ("output",),
    dynamic_batch: bool = True,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write `module` as one ONNX file, whole or not at all, and check it with onnx's own checker.

    Args:
        module: takes one tensor; in the mode in which it is to be written. It stays as it is.
        example: any input of the right shape, on the module's device; its first axis is the batch.
        path: of the file.
        opset: version of ONNX's operators; None for `DEFAULT_OPSET`.
        dynamic_batch: whether the file takes batches of any length, or only of the example's.
        metadata: goes into the file's ``metadata_props``.

    Raises:
        ExportError: the module cannot be written as ONNX.
        StorageError: the file cannot be written.
    """
    import onnx

    if dynamic_batch and len(example) < 2:  # torch.export takes lengths of 0 and 1 for constants
        example = example.expand(2, *example.shape[1:]).clone()
    with quiet():
        try:
            program = _exported(
                module, example, opset or DEFAULT_OPSET, input_names, output_names, dynamic_batch
            )
            model = program.model_proto
            for key, value in (metadata or {}).items():
                model.metadata_props.add(key=key, value=value)
            if model.ByteSize() > _MOST_BYTES:
                raise ValueError("more than 2 GB, which no single file of ONNX holds")
            onnx.checker.check_model(model, full_check=True)
        except MemoryError:
            raise
        except Exception as error:  # each of its many layers has errors of its own
            raise ExportError(
                QT_TRANSLATE_NOOP("core", "The network cannot be written as ONNX: {why}"),
                QT_TRANSLATE_NOOP("core", "Export it in another form, or choose another model."),
                why=first_line(error),
            ) from error
    data = model.SerializeToString()
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def _exported(
    module: nn.Module,
    example: torch.Tensor,
    opset: int,
    input_names: Sequence[str],
    output_names: Sequence[str],
    dynamic_batch: bool,
) -> Any:
    axes = {0: torch.export.Dim(BATCH)} if dynamic_batch else None
    # Tracing lays things down in some modules (positions, masks); one that trains goes on meanwhile
    return torch.onnx.export(
        copy.deepcopy(module),
        (example,),
        None,
        dynamo=True,
        verbose=False,
        opset_version=opset,
        input_names=list(input_names),
        output_names=list(output_names),
        dynamic_shapes=(axes,) if dynamic_batch else None,
        external_data=False,
    )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what tracing and exporting say to themselves; nothing else is traced meanwhile.

    Their warnings and log lines say nothing to a person, and its filters are one for all threads.
    """
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        levels = [logger.level for logger in loggers]
        try:
            for logger in loggers:
                logger.setLevel(logging.CRITICAL)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


def first_line(error: BaseException) -> str:
    """What the innermost reason says, on one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    return text if len(text) <= 200 else text[:199] + "…"
