"""Finds images that are also among those of training: an accuracy on them is too good."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.digests import ContentDigests


def find_lookalikes(
    images: Iterable[ImageRef], training: Iterable[ImageRef], stop: StopToken | None = None
) -> frozenset[ImageRef]:
    """Return those of `images` whose bytes are those of an image of `training`.

    Only files of equal size are read, and of those none twice (`ContentDigests`). What cannot be
    read is like nothing; stopped early, what was not looked at is like nothing as well.
    """
    asked = _by_size(images, stop)
    same = {size: found for size, found in _by_size(training, stop).items() if size in asked}
    if not same:
        return frozenset()
    with ContentDigests() as digests:
        seen = {d for d, _ in _digests(digests, same, stop)}
        rows = _digests(digests, {size: asked[size] for size in same}, stop)
        return frozenset(image for digest, image in rows if digest in seen)


def _by_size(images: Iterable[ImageRef], stop: StopToken | None) -> dict[int, list[ImageRef]]:
    found: dict[int, list[ImageRef]] = {}
    for image in images:
        if stop is not None and stop.stopped:
            break
        with contextlib.suppress(OSError):
            found.setdefault(image.stat().size_bytes, []).append(image)
    return found


def _digests(
    digests: ContentDigests, by_size: dict[int, list[ImageRef]], stop: StopToken | None
) -> list[tuple[bytes, ImageRef]]:
    found = []
    for image in (image for images in by_size.values() for image in images):
        if stop is not None and stop.stopped:
            break
        with contextlib.suppress(OSError):
            found.append((digests.of(image).content, image))
    return found
