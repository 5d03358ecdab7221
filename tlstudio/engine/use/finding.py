"""The images that a person asks about, and what their folders say of their classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.storage import is_there
from tlstudio.engine.data import files
from tlstudio.engine.data.archive_scan import container_of, scan_of
from tlstudio.engine.data.archives import is_archive
from tlstudio.engine.data.sources.folder_names import class_key


def find_images(asked: Iterable[ImageRef | Path], stop: StopToken | None = None) -> list[ImageRef]:
    """Images as they are given, folders and archives replaced by the images in and below them.

    What is missing or not an image stays in the list: reading it says why.

    Raises:
        DatasetError: an archive is damaged, locked, or larger than can be unpacked here.
    """
    found: list[ImageRef] = []
    for one in asked:
        if isinstance(one, ImageRef) or not is_archive(one) or not is_there(one):
            found += [one] if isinstance(one, ImageRef) else files.find_images([one])
            continue
        container = container_of(one)
        for block in scan_of(one, stop).images_below(one, with_masks=True):
            found += block.images_in(container, one)
    return found


class FolderTruth:
    """What the names of folders say of the images in them.

    Args:
        classes: of the classifier; names are matched as those of datasets are, so that case,
            Unicode forms and spaces around do not matter.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self._places = {class_key(name): index for index, name in enumerate(classes)}

    def of(self, image: ImageRef) -> int | None:
        """The class index of the innermost folder that is called like a class; None without one.

        Of the folder that was asked about, its own name counts too; not those around it.
        """
        inner = PurePosixPath(image.key).parent.parts
        container = image.container
        own = (container.folder.name,) if isinstance(container, FolderContainer) else ()
        names = reversed((*own, *inner))
        found = (self._places.get(class_key(name)) for name in names if name)
        return next((place for place in found if place is not None), None)


def with_truth(
    answers: Iterable[PredictionRecord | ExcludedFile], classes: Sequence[str]
) -> Iterator[PredictionRecord | ExcludedFile]:
    """The answers, with the true class of those whose folder says it."""
    truth = FolderTruth(classes)
    for answer in answers:
        if isinstance(answer, PredictionRecord):
            yield replace(answer, target=truth.of(answer.image))
        else:
            yield answer
