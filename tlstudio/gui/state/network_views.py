"""Images as the classifier in hand sees them, made on the engine's thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.state.session import Session


@dataclass(frozen=True, slots=True)
class _View:
    image: ImageRef
    pixels: object


class NetworkViews(QObject):
    """Asks for one view at a time; only the last one asked for matters.

    Signals:
        ready(ImageRef, ndarray): uint8 ``[H, W, 3]``, de-normalised.
    """

    ready = Signal(object, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: ImageRef | None = None
        self._busy = False

    def request(self, image: ImageRef) -> None:
        """Ask for the view of one image; without a classifier nothing comes."""
        if self._session.classifier.info is None:
            return
        self._wanted = image
        self._begin()

    def _begin(self) -> None:
        if self._busy or self._wanted is None:
            return
        self._busy = True
        image, self._wanted = self._wanted, None
        self._session.engine_pool.submit(
            self._load, image, done=self._on_loaded, failed=self._on_failed
        )

    def _load(self, image: ImageRef) -> _View:
        return _View(image, self._session.classifier.view_of(image))

    def _on_loaded(self, view: _View) -> None:
        self._busy = False
        if view.pixels is not None:
            self.ready.emit(view.image, view.pixels)
        self._begin()

    def _on_failed(self, error: TLStudioError) -> None:
        """The photo itself says already that it cannot be read."""
        self._busy = False
        self._begin()
