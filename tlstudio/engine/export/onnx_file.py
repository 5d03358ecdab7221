"""The form ONNX: one file, in float32 or in 8-bit integers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tlstudio.core.export.formats import ExportPart, ExportProgressed
from tlstudio.engine.export.int8 import calibration_samples, quantise
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.wrapped import INPUT, ExportedNetwork
from tlstudio.engine.onnx.convert import to_onnx


def write_onnx(job: ExportJob, path: Path) -> Iterator[ExportProgressed]:
    """Write the classifier as ONNX.

    Raises:
        ExportError: it cannot be written so.
        StorageError: the file cannot be written.
    """
    options = job.options
    samples = calibration_samples(job) if options.int8 else ()
    yield ExportProgressed(ExportPart.WRITE)
    module = ExportedNetwork(job.classifier, with_preprocessing=options.with_preprocessing)
    plain = path.with_name(f"float32-{path.name}") if options.int8 else path
    to_onnx(
        module,
        module.example(side=job.classifier.preprocessing.crop_px),
        plain,
        opset=options.opset,
        input_names=(INPUT,),
        output_names=module.output_names,
        metadata=job.metadata,
    )
    if options.int8 and not job.stop.stopped:
        yield from quantise(job, samples, plain, path)
        plain.unlink()
