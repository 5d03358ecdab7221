"""Looking into the images of a dataset, each once as long as it does not change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.values import UNSETTLED
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.archive_scan import container_of
from tlstudio.engine.data.checked_files import CheckedFiles, Verdict
from tlstudio.engine.data.files import FolderImages
from tlstudio.engine.data.images import DEEP, FINE, look_into
from tlstudio.engine.data.sources.indexing import ProgressReport, raise_if_stopped
from tlstudio.engine.data.sources.source import Progress

Checked = list[tuple[ImageRef, str]]


def checked_blocks(
    root: Path,
    blocks: Sequence[FolderImages],
    stop: StopToken | None,
    on_progress: Progress | None,
) -> Iterator[Checked]:
    """The images of each block, each with the reason why it cannot be used, or an empty one.

    What is known from before is not opened again.

    Args:
        root: the folder or archive around all blocks.
        blocks: no folder twice, or its memory holds the last block only.
        stop: ends it early.
        on_progress: called with (images looked at, images) every now and then.

    Raises:
        DatasetError: `stop` said so.
    """
    progress = ProgressReport(sum(len(block.names) for block in blocks), on_progress)
    checked, container = CheckedFiles(root), container_of(root)
    try:
        for block in blocks:
            verdicts, images = checked.verdicts(block), block.images_in(container, root)
            try:
                _fill(verdicts, images, stop, progress)
            finally:
                checked.remember(block, verdicts)
            yield list(map(_settled, images, verdicts))
    finally:
        checked.save()


def _settled(image: ImageRef, verdict: Verdict) -> tuple[ImageRef, str]:
    if verdict == DEEP:
        return image.shown_in(UNSETTLED), FINE
    return image, verdict or FINE


def _fill(
    verdicts: list[Verdict],
    images: Sequence[ImageRef],
    stop: StopToken | None,
    progress: ProgressReport,
) -> None:
    """Look into the images whose verdict is open."""
    raise_if_stopped(stop)
    if None not in verdicts:
        progress.add(len(verdicts))
        return
    for i, verdict in enumerate(verdicts):
        raise_if_stopped(stop)
        if verdict is None:
            verdicts[i] = look_into(images[i])
        progress.add(1)
