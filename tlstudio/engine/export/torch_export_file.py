"""The form .pt2: the network as torch.export keeps it, for any machine that has PyTorch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import torch

from tlstudio.core.errors import ExportError
from tlstudio.core.export.formats import ExportPart, ExportProgressed
from tlstudio.core.storage import atomic_path
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.wrapped import ExportedNetwork
from tlstudio.engine.onnx.convert import first_line, quiet

METADATA = "metadata.json"  # of the extra files inside


def write_torch_export(job: ExportJob, path: Path) -> Iterator[ExportProgressed]:
    """Write the classifier as ``.pt2``, for batches of any length.

    Raises:
        ExportError: the network cannot be traced.
        StorageError: the file cannot be written.
    """
    yield ExportProgressed(ExportPart.WRITE)
    options = job.options
    module = ExportedNetwork(job.classifier, with_preprocessing=options.with_preprocessing).eval()
    # The file holds the example with its whole storage: no view of something larger
    example = module.example(side=job.classifier.preprocessing.crop_px).clone()
    with quiet():
        try:
            program = torch.export.export(
                module, (example,), dynamic_shapes=({0: torch.export.Dim("batch")},)
            )
        except MemoryError:
            raise
        except Exception as error:  # each of its many layers has errors of its own
            raise ExportError(
                QT_TRANSLATE_NOOP("core", "torch.export cannot trace the network: {why}"),
                QT_TRANSLATE_NOOP("core", "Export it in another form, or choose another model."),
                why=first_line(error),
            ) from error
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            torch.export.save(program, file, extra_files={METADATA: json.dumps(job.metadata)})
