"""Small pictures of images, made off the GUI thread and kept within bounds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit.tasks import Task, TaskPool

if TYPE_CHECKING:
    import numpy as np

CAPACITY_BYTES = 96 * 1024 * 1024
IN_FLIGHT = 2  # so that a gallery does not starve the others on the pool
WAITING_KEPT = 512
# Pictures are decoded in these sizes only, so that a zoom slider does not decode at every pixel.
SIZES_PX = (128, 192, 256, 384, 512, 768, 1024, 1536)

Key = tuple[ImageRef, int]
Decode = Callable[[ImageRef, int], "np.ndarray[Any, Any]"]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The result of a worker for one image; `image` is None where it cannot be read."""

    ref: ImageRef
    size_px: int
    image: QImage | None
    epoch: int


class ThumbnailCache(QObject):
    """Pictures by image and size. What is asked for last comes first.

    Args:
        pool: threads to decode on; never more than `IN_FLIGHT` of them at once.
        decode: makes uint8 ``[h, w, 3]`` of an image, fitted into a square; called on them.
        capacity_bytes: what is kept in all; what was not used for longest goes first.

    Signals:
        ready(ImageRef): its picture is there, or turned out to be unreadable (`failed`).
    """

    ready = Signal(object)

    def __init__(
        self,
        pool: TaskPool,
        decode: Decode,
        capacity_bytes: int = CAPACITY_BYTES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._decode = decode
        self._capacity_bytes = capacity_bytes
        self._kept: OrderedDict[Key, QPixmap] = OrderedDict()
        self._kept_bytes = 0
        self._waiting: OrderedDict[Key, None] = OrderedDict()
        self._in_flight: set[Key] = set()
        self._stuck: set[Key] = set()  # their drives do not answer
        self._failed: set[ImageRef] = set()
        self._epoch = 0  # `clear` begins a new one; what comes from an older one is not kept
        self._begin = QTimer(self, singleShot=True, interval=0)
        self._begin.timeout.connect(self._on_begin)

    def get(self, ref: ImageRef, size_px: int) -> QPixmap | None:
        """The picture of `ref` for a square of `size_px` device pixels, at once or not at all.

        If it is missing it is asked for, `ready` will tell, and what is there in another size
        stands in meanwhile.
        """
        key = (ref, decoded_size_px(size_px))
        if (pixmap := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return pixmap
        if ref in self._failed:
            return None
        if key not in self._in_flight and key not in self._stuck:
            self._waiting[key] = None
            self._waiting.move_to_end(key)
            if len(self._waiting) > WAITING_KEPT:
                self._waiting.popitem(last=False)
            self._begin.start()
        return self._stand_in(ref)

    def drop(self, ref: ImageRef, size_px: int) -> None:
        """Do not begin to decode an image that is no longer on the screen."""
        self._waiting.pop((ref, decoded_size_px(size_px)), None)

    def failed(self, ref: ImageRef) -> bool:
        """Whether `ref` was tried and cannot be read."""
        return ref in self._failed

    def clear(self) -> None:
        """Forget everything, e.g. because the files changed."""
        self._epoch += 1
        self._kept.clear()
        self._waiting.clear()
        self._in_flight.clear()
        self._stuck.clear()
        self._failed.clear()
        self._kept_bytes = 0

    @property
    def kept_bytes(self) -> int:
        return self._kept_bytes

    def _stand_in(self, ref: ImageRef) -> QPixmap | None:
        for size_px in reversed(SIZES_PX):
            if (pixmap := self._kept.get((ref, size_px))) is not None:
                return pixmap
        return None

    def _on_begin(self) -> None:
        silent = {ref.container for ref, _ in self._stuck}
        for key in [*reversed(self._waiting)]:
            if len(self._in_flight) >= IN_FLIGHT:
                return
            if key[0].container not in silent:
                del self._waiting[key]
                self._in_flight.add(key)
                self._pool.submit(
                    _load,
                    self._decode,
                    *key,
                    self._epoch,
                    done=self._on_loaded,
                    stuck=self._on_stuck,
                )

    def _on_stuck(self, task: Task) -> None:
        """Its place goes to images of other drives; the rest of its own wait for its answer."""
        _, ref, size_px, epoch = task.args
        key = (ref, size_px)
        if epoch == self._epoch:
            self._in_flight.discard(key)
            self._stuck.add(key)
            self._on_begin()

    def _on_loaded(self, loaded: _Loaded) -> None:
        if loaded.epoch == self._epoch:
            key = (loaded.ref, loaded.size_px)
            self._in_flight.discard(key)
            self._stuck.discard(key)
            if loaded.image is None:
                self._failed.add(loaded.ref)
            else:
                self._keep(key, QPixmap.fromImage(loaded.image))
            self._on_begin()
        self.ready.emit(loaded.ref)

    def _keep(self, key: Key, pixmap: QPixmap) -> None:
        if (old := self._kept.pop(key, None)) is not None:
            self._kept_bytes -= _bytes_of(old)
        self._kept[key] = pixmap
        self._kept_bytes += _bytes_of(pixmap)
        while self._kept_bytes > self._capacity_bytes and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._kept_bytes -= _bytes_of(gone)


def decoded_size_px(size_px: int) -> int:
    """The size that is decoded for a square of `size_px`."""
    return next((size for size in SIZES_PX if size >= size_px), SIZES_PX[-1])


def image_from_array(pixels: np.ndarray[Any, Any]) -> QImage:
    """A picture of its own from uint8 ``[h, w, 3]``. May be called on any thread."""
    import numpy as np

    rows = np.ascontiguousarray(pixels)
    height, width = rows.shape[:2]
    image = QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # copies; fast to paint


def _load(decode: Decode, ref: ImageRef, size_px: int, epoch: int) -> _Loaded:
    try:
        image = image_from_array(decode(ref, size_px))
    except Exception:  # the edge of the worker: whatever is wrong with it, it has no picture
        return _Loaded(ref, size_px, None, epoch)
    return _Loaded(ref, size_px, image, epoch)


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * pixmap.depth() // 8
