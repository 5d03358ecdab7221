"""Compares an export with the network that it was made from, on images, in another process."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

import tlstudio
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.diagnostics import processor_flags
from tlstudio.core.errors import ExportError, ImageError
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.export.formats import ExportPart, ExportProgressed
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_view
from tlstudio.engine.evaluation import probabilities
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.readers import COMMAND, ReadingTask
from tlstudio.engine.export.studio_process import NO_WINDOW, studio_command, studio_environment
from tlstudio.engine.export.wrapped import detector_of, limits_of
from tlstudio.engine.probing.pooling import feature_pooler

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 16
_RANDOM_IMAGES = 32  # where there is no dataset
_POLL_S = 0.1


def compare(job: ExportJob, reader: str, path: Path) -> Iterator[ExportProgressed | Receipt]:
    """Yield progress, and the receipt at last; nothing more once the job was stopped.

    Args:
        job: whose classifier is the original.
        reader: which of `readers.READERS` is to open the file.
        path: of the export.

    Raises:
        ExportError: the export cannot be opened, or does not answer.
        StorageError: there is no room for the images.
    """
    with tempfile.TemporaryDirectory(
        prefix="tlstudio-export-", ignore_cleanup_errors=True
    ) as folder:
        place = Path(folder)
        original = _Original(job, place)
        total = 2 * len(original.images)
        for done in original.answer():
            yield ExportProgressed(ExportPart.COMPARE, done, total)
        if job.stop.stopped:
            return
        count = len(original.probabilities)
        task = ReadingTask(reader, str(path.absolute()), folder, count, tuple(original.files))
        for done in _in_another_process(task, job):
            yield ExportProgressed(ExportPart.COMPARE, total // 2 + done, total)
        if not task.answers.exists():  # stopped meanwhile
            return
        yield _receipt(job, reader, path, original, task)


@dataclass
class _Original:
    """The answers of the original for the images that the export will be asked about.

    Attributes:
        images: with their classes, -1 where they are not known.
        probabilities: ``[N][C]`` of those that could be read; likewise the following.
        distances: to the training images, where that is told.
        targets: class indices.
        files: a file of each image.
    """

    job: ExportJob
    place: Path
    images: list[tuple[ImageRef, int]] = field(init=False)
    probabilities: list[list[float]] = field(default_factory=list)
    distances: list[float] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.images = [(sample.image, sample.class_index) for sample in self.job.validation]
        if not self.images:
            side = self.job.classifier.preprocessing.resize_px
            self.images = [(image, -1) for image in _random_images(self.place, side)]

    @torch.no_grad()
    def answer(self) -> Iterator[int]:
        """Yield how many images are done."""
        own = self.job.classifier.preprocessing
        network, detector = self.job.classifier.network, detector_of(self.job.classifier)
        pooler = feature_pooler(network, own) if detector is not None else None
        shape = (len(self.images), 3, own.crop_px, own.crop_px)
        views = np.lib.format.open_memmap(self.place / "views.npy", "w+", np.uint8, shape)
        for start in range(0, len(self.images), _BATCH):
            if self.job.stop.stopped:
                return
            batch = list(self._readable(self.images[start : start + _BATCH]))
            if batch:
                first = len(self.probabilities)
                views[first : first + len(batch)] = torch.stack(batch).numpy()
                inputs = stack(batch, own)
                if pooler is None or detector is None:
                    logits = network(inputs)
                else:
                    logits, vectors = pooler.with_logits(inputs)
                    self.distances += detector.distances(vectors.numpy()).tolist()
                rows = probabilities(logits.float(), self.job.classifier.temperature)
                self.probabilities += rows
            yield min(start + _BATCH, len(self.images))
        views.flush()

    def _readable(self, images: Sequence[tuple[ImageRef, int]]) -> Iterator[torch.Tensor]:
        for image, target in images:
            try:
                view = read_view(image, self.job.classifier.preprocessing)
                self.files.append(str(_file_of(image, self.place, len(self.files))))
            except (ImageError, OSError):
                continue
            self.targets.append(target)
            yield view


def _file_of(image: ImageRef, place: Path, number: int) -> Path:
    """The file of an image; a copy of it where it lies in something else."""
    if image.path is not None:
        return image.path.absolute()
    path = place / f"{number:06d}{image.suffix}"
    with image.open() as source:
        path.write_bytes(source.read())
    return path


def _random_images(place: Path, side: int) -> Iterator[ImageRef]:
    """Pictures of random colours, coarse and fine, always the same ones."""
    generator = np.random.default_rng(0)
    for number in range(_RANDOM_IMAGES):
        cells = 2 + number
        pixels = generator.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        wide = side + side // 4
        picture = Image.fromarray(pixels).resize((wide, side), Image.Resampling.BICUBIC)
        path = place / f"random-{number:02d}.png"
        picture.save(path)
        yield ImageRef.of_file(path)


def _in_another_process(task: ReadingTask, job: ExportJob) -> Iterator[int]:
    """Yield how many images are done; ends the process where the job is stopped."""
    command = [*studio_command(), COMMAND, str(task.write())]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=studio_environment(),
        creationflags=NO_WINDOW,
    )
    try:
        while process.poll() is None:
            if job.stop.stopped:
                return
            yield _number_in(task.done)
            time.sleep(_POLL_S)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    if job.stop.stopped:  # Ctrl+C reaches both
        return
    if process.returncode != 0 or not task.answers.exists():
        raise ExportError(
            QT_TRANSLATE_NOOP("core", "The export cannot be used by {runtime}: {why}"),
            QT_TRANSLATE_NOOP("core", "Export it in another form, or choose another model."),
            runtime=task.reader,
            why=_failure(task, process.returncode),
        )


def _number_in(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # nothing yet, or half written
        return 0


def _failure(task: ReadingTask, code: int) -> str:
    with contextlib.suppress(OSError):
        lines = task.failure.read_text(encoding="utf-8").splitlines()
        if lines:
            return lines[0][:300]
    return f"exit code {code}"


def _receipt(
    job: ExportJob, reader: str, path: Path, original: _Original, task: ReadingTask
) -> Receipt:
    with np.load(task.answers) as answers:
        told: dict[str, Any] = json.loads(str(answers["told"]))
        columns = [answers[f"arr_{number}"] for number in range(len(answers.files) - 1)]
    if tuple(told["classes"]) != job.classifier.classes:
        raise ExportError(QT_TRANSLATE_NOOP("core", "The export names other classes."))
    before, after = np.array(original.probabilities), columns[0].astype(np.float64)
    asked, given = before.argmax(axis=1), after.argmax(axis=1)
    distances = columns[1].astype(np.float64) if len(columns) > 1 else None
    own = np.array(original.distances)
    targets = np.array(original.targets)
    is_known = bool((targets >= 0).all()) and len(targets) > 0
    right, still = asked == targets, given == targets
    model = path / "model.onnx" if path.is_dir() else path
    limits = limits_of(job.classifier)
    return Receipt(
        format=job.options.format,
        file=path.name,
        sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
        runtime=reader if reader in told["versions"] else next(iter(told["versions"])),
        versions={
            **told["versions"],
            "written by torch": torch.__version__,
            "studio": tlstudio.__version__,
        },
        cpu_flags=processor_flags(),
        int8=job.options.int8,
        dataset=job.index.name if job.index is not None and is_known else "",
        images=len(before),
        same=int((asked == given).sum()),
        largest_difference=_largest(before, after),
        largest_distance_difference=None if distances is None else _largest(own, distances),
        same_known=_same_known(limits, (asked, own), (given, distances)),
        accuracy_before=Share(int(right.sum()), len(right)) if is_known else None,
        accuracy_after=Share(int(still.sum()), len(still)) if is_known else None,
        lost=int((right & ~still).sum()) if is_known else 0,
        gained=int((still & ~right).sum()) if is_known else 0,
    )


def _largest(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """The largest difference; infinite where there is no number, or another number of them."""
    if before.shape != after.shape or not np.isfinite(after).all():
        return float("inf")
    return float(np.abs(before - after).max(initial=0.0))


def _same_known(
    limits: tuple[float, ...] | None,
    before: tuple[NDArray[Any], NDArray[Any]],
    after: tuple[NDArray[Any], NDArray[Any] | None],
) -> int | None:
    """Of how many images both say "none of these", or both do not."""
    if limits is None or after[1] is None:
        return None
    least = np.array(limits)
    return int(((before[1] <= least[before[0]]) == (after[1] <= least[after[0]])).sum())
