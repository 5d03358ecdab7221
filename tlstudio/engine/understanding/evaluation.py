"""Evaluates a classifier on a split of a dataset, a folder with class folders, or any images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, ExcludedFile, Split
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.evaluation.evaluation import (
    Evaluation,
    EvaluationProgressed,
    EvaluationTarget,
)
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderScan, name_of
from tlstudio.engine.data.sources.folder_layout import listed
from tlstudio.engine.data.sources.folder_names import class_key
from tlstudio.engine.inference import predict
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.understanding.lookalikes import find_lookalikes
from tlstudio.engine.understanding.scores import scores
from tlstudio.engine.understanding.test_looks import count_test_look

_MISSING_SPLIT = {
    Split.VAL: QT_TRANSLATE_NOOP("core", "“{name}” has no validation images."),
    Split.TEST: QT_TRANSLATE_NOOP("core", "“{name}” has no test images."),
}
_NAMED = 5  # classes in a sentence


@dataclass(frozen=True)
class _Asked:
    """Images by the class names of the dataset; None where the class is not known."""

    name: str
    images: tuple[tuple[ImageRef, str | None], ...]
    excluded: tuple[ExcludedFile, ...] = ()


def evaluate_on(
    classifier: Classifier,
    target: EvaluationTarget,
    index: DatasetIndex | None = None,
    stop: StopToken | None = None,
) -> Iterator[EvaluationProgressed | Evaluation]:
    """Yield progress, and the evaluation at last; of the images done so far if stopped.

    Classes are matched by name. Images of classes that the classifier does not know are left out,
    and a note says so. A look at the test split is counted once its answers are there.

    Args:
        classifier: works on a copy, so it may go on training meanwhile.
        target: what to ask about.
        index: the dataset that splits are taken from; its training images are what those of the
            evaluation are compared with, to tell the accuracy without images that are in both.
        stop: read between images.

    Raises:
        DatasetError: there is nothing to ask about, or not one class in common.
    """
    asked = _asked(target, index)
    images, classes, notes = _matched(classifier.classes, asked)
    told: list[PredictionRecord] = []
    excluded = list(asked.excluded)
    yield EvaluationProgressed(0, len(images))
    answers = predict(classifier, images, stop=stop)
    for done, (answer, target_index) in enumerate(zip(answers, classes, strict=False), 1):
        if isinstance(answer, ExcludedFile):
            excluded.append(answer)
        else:
            told.append(replace(answer, target=target_index))
        yield EvaluationProgressed(done, len(images))
    is_whole = stop is None or not stop.stopped
    if is_whole and not told:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "No image in “{name}” can be read."),
            QT_TRANSLATE_NOOP(
                "core", "The images must be JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF or the like."
            ),
            name=asked.name,
        )
    same = None
    if index is not None and any(row.target is not None for row in told):
        training = [sample.image for sample in index.by_split[Split.TRAIN]]
        same = find_lookalikes([row.image for row in told], training, stop)
    looks = None
    if index is not None and target.split is Split.TEST and told:
        looks = count_test_look(index.fingerprint)
    yield Evaluation(
        target,
        asked.name,
        classifier.classes,
        tuple(told),
        scores(told, classifier.classes, lookalikes=same),
        classifier.temperature,
        tuple(excluded),
        notes,
        looks,
        is_whole,
    )


def _asked(target: EvaluationTarget, index: DatasetIndex | None) -> _Asked:
    split = target.split
    if split is not None:
        if index is None:
            raise ValueError("a split is one of a dataset")
        rows = tuple((s.image, index.classes[s.class_index]) for s in index.by_split[split])
        if not rows:
            raise DatasetError(
                _MISSING_SPLIT[split],
                QT_TRANSLATE_NOOP(
                    "core",
                    "Put them into a folder “{split}” beside “train”, or let the studio split off "
                    "a part of the images.",
                ),
                name=index.name,
                split=split.value,
            )
        return _Asked(index.name, rows, tuple(index.excluded))
    if target.folder is not None:
        return _Asked(name_of(target.folder), tuple(_in_folder(target.folder)))
    return _Asked("", tuple((image, None) for image in target.images))


def _in_folder(folder: Path) -> Iterator[tuple[ImageRef, str]]:
    """The images of each class folder; one class is enough here."""
    scan, container = FolderScan(), FolderContainer(folder)
    class_folders = [(inner, inner) for inner in scan.folders_in(folder)]
    found = listed(scan, {Split.TEST: class_folders}).files[Split.TEST]
    if not any(found.values()):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There are no class folders with images in “{name}”."),
            QT_TRANSLATE_NOOP("core", "Choose a folder that holds one folder of images per class."),
            name=folder,
        )
    for name, blocks in found.items():
        for block in blocks:
            yield from ((image, name) for image in block.images_in(container, folder))


def _matched(
    known: Sequence[str], asked: _Asked
) -> tuple[list[ImageRef], list[int | None], tuple[Note, ...]]:
    """Images with the class indices of the classifier, and what there is to say about classes."""
    places = {class_key(name): index for index, name in enumerate(known)}
    kept = [
        (image, None if name is None else places[class_key(name)])
        for image, name in asked.images
        if name is None or class_key(name) in places
    ]
    names = {class_key(name): name for _, name in asked.images if name is not None}
    strange = sorted(name for key, name in names.items() if key not in places)
    if strange and not kept:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” and the network have no class in common."),
            QT_TRANSLATE_NOOP(
                "core", "There the classes are {found}; the network tells {known} apart."
            ),
            name=asked.name,
            found=_some(strange),
            known=_some(known),
        )
    notes = []
    if strange:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Classes that the network does not know: {names}. Their images ({count}) are "
                    "left out.",
                ),
                {"names": _some(strange), "count": len(asked.images) - len(kept)},
            )
        )
    missing = [name for name in known if class_key(name) not in names]
    if missing and names:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP("core", "Classes of the network without images here: {names}."),
                {"names": _some(missing)},
            )
        )
    return [image for image, _ in kept], [index for _, index in kept], tuple(notes)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" … (+{more})" if more > 0 else "")
