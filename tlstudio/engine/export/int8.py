"""8-bit integers: an ONNX file of float32 numbers quantised as a whole.

The ranges of activations are measured on training images as the network sees them. Weights are
quantised per channel, to 7 bits: processors with AVX2 but without VNNI add two products of 8 bits
in 16 bits, which 255 * 127 * 2 leaves and 255 * 64 * 2 does not
(https://github.com/microsoft/onnxruntime/issues/12072). So a file is right on every processor,
whichever it was made on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlstudio.core.data.dataset import Sample
from tlstudio.core.errors import ExportError, ImageError
from tlstudio.core.export.formats import ExportPart, ExportProgressed
from tlstudio.core.runs.events import Stopped
from tlstudio.core.storage import atomic_path
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_view
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.wrapped import DISTANCE, INPUT, PROBABILITIES
from tlstudio.engine.onnx.convert import first_line, quiet

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

CALIBRATION_IMAGES = 200

# What multiplies: in a quantised file none of it may compute with floats.
_PRODUCTS = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum"})
_POLL_S = 0.2


def calibration_samples(job: ExportJob) -> Sequence[Sample]:
    """The training images that set the ranges of activations.

    Raises:
        ExportError: there are none.
    """
    samples = job.training(CALIBRATION_IMAGES)
    if not samples:
        raise ExportError(
            QT_TRANSLATE_NOOP("core", "8-bit integers need training images, and none are at hand."),
            QT_TRANSLATE_NOOP("core", "Open the dataset that the network was trained on."),
        )
    return samples


def quantise(
    job: ExportJob, samples: Sequence[Sample], plain: Path, path: Path
) -> Iterator[ExportProgressed]:
    """Write an 8-bit copy of an ONNX file.

    Args:
        job: whose network it is.
        samples: that set the ranges.
        plain: the file in float32.
        path: of the copy.

    Raises:
        ExportError: the network is of a kind that stays in floats.
        StorageError: the file cannot be written.
    """
    images = _TrainingImages(job, samples)
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(_quantised, plain, path, images)
        yield from _progress(work, images)
    try:
        work.result()
    except Stopped:
        return
    except (ExportError, MemoryError):
        raise
    except Exception as error:  # onnxruntime's quantiser raises whatever its parts do
        raise ExportError(
            QT_TRANSLATE_NOOP("core", "The network cannot be written in 8-bit integers: {why}"),
            QT_TRANSLATE_NOOP("core", "Export it without them."),
            why=first_line(error),
        ) from error


def _progress(work: Future[None], images: _TrainingImages) -> Iterator[ExportProgressed]:
    while not work.done():
        yield ExportProgressed(ExportPart.CALIBRATE, images.done, len(images.samples))
        try:
            work.exception(_POLL_S)
        except TimeoutError:
            continue


class _TrainingImages:
    """Training images as the file takes them, one after another, as onnxruntime asks for them."""

    def __init__(self, job: ExportJob, samples: Sequence[Sample]) -> None:
        self.samples, self.done = samples, 0
        self._job = job

    def get_next(self) -> dict[str, Any] | None:
        """The next input; None at the end."""
        own = self._job.classifier.preprocessing
        while self.done < len(self.samples):
            self._job.stop.raise_if_stopped()
            image = self.samples[self.done].image
            self.done += 1
            try:
                view = read_view(image, own)
            except ImageError:
                continue
            if self._job.options.with_preprocessing:
                return {INPUT: view[None].numpy()}
            return {INPUT: stack([view], own).numpy()}
        return None


def _quantised(plain: Path, path: Path, images: _TrainingImages) -> None:
    import onnx
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = plain.with_name(f"prepared-{plain.name}")
    with quiet():
        quant_pre_process(plain, prepared, skip_symbolic_shape=True)
        model = onnx.load(prepared)
        left_out = _beside_the_answer(model.graph)
        with atomic_path(path) as temporary:
            quantize_static(
                prepared,
                temporary,
                images,
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                reduce_range=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
                op_types_to_quantize=_op_types(model.graph),
                nodes_to_exclude=sorted(left_out),
            )
            result = onnx.load(temporary)
            _check(result.graph, left_out)
            _say_the_same(plain, result)
            onnx.checker.check_model(result, full_check=True)
            temporary.write_bytes(result.SerializeToString())
    prepared.unlink()


def _op_types(graph: GraphProto) -> list[str]:
    """What is quantised: products, and in convolutional networks what lies between them.

    The sums and gates of transformers have a few values that are far larger than all others, for
    which 8 bits are too coarse; their products alone are quantised.
    """
    found = {node.op_type for node in graph.node}
    if "Softmax" in found and ("LayerNormalization" in found or "Attention" in found):
        return sorted(_PRODUCTS - {"Einsum"})
    between = ("Add", "Relu", "Clip", "MaxPool", "AveragePool", "GlobalAveragePool", "Concat")
    return sorted({*_PRODUCTS, *between} - {"Einsum"})


def _beside_the_answer(graph: GraphProto) -> set[str]:
    """Names of the nodes that only the distance to the training images needs: they stay floats."""
    makers = {name: node for node in graph.node for name in node.output}
    return _needed_for(DISTANCE, makers) - _needed_for(PROBABILITIES, makers)


def _needed_for(output: str, makers: dict[str, NodeProto]) -> set[str]:
    names, waiting, seen = set[str](), [output], set[str]()
    while waiting:
        node = makers.get(waiting.pop())
        if node is None or node.output[0] in seen:
            continue
        seen.add(node.output[0])
        names.add(node.name)
        waiting.extend(node.input)
    return names


def _check(graph: GraphProto, left_out: set[str]) -> None:
    """Raises:
    ExportError: something that multiplies still computes with floats.
    """
    makers = {name: node.op_type for node in graph.node for name in node.output}
    floats = [
        node.name
        for node in graph.node
        if node.op_type in _PRODUCTS
        and node.name not in left_out
        and any(makers.get(name) != "DequantizeLinear" for name in node.input[:2])
    ]
    if floats:
        raise ExportError(
            QT_TRANSLATE_NOOP(
                "core", "{count} layers of the network cannot compute with 8-bit integers: {names}"
            ),
            QT_TRANSLATE_NOOP("core", "Export it without them."),
            count=len(floats),
            names=", ".join(floats[:3]) + (" …" if len(floats) > 3 else ""),
        )


def _say_the_same(plain: Path, model: ModelProto) -> None:
    """Give the copy the metadata of the original."""
    import onnx

    told = onnx.load(plain, load_external_data=False).metadata_props
    del model.metadata_props[:]
    model.metadata_props.extend(told)
