"""Images as the classifier in hand sees them, made on the engine's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.state.session import Session


@dataclass(frozen=True, slots=True)
class _View:
    path: Path
    pixels: object


class NetworkViews(QObject):
    """Asks for one view at a time; only the last one asked for matters.

    Signals:
        ready(Path, ndarray): uint8 ``[H, W, 3]``, de-normalised.
    """

    ready = Signal(object, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: Path | None = None
        self._busy = False

    def request(self, path: Path) -> None:
        """Ask for the view of one image; without a classifier nothing comes."""
        if self._session.classifier.info is None:
            return
        self._wanted = path
        self._begin()

    def _begin(self) -> None:
        if self._busy or self._wanted is None:
            return
        self._busy = True
        path, self._wanted = self._wanted, None
        self._session.engine_pool.submit(
            self._load, path, done=self._on_loaded, failed=self._on_failed
        )

    def _load(self, path: Path) -> _View:
        return _View(path, self._session.classifier.view_of(path))

    def _on_loaded(self, view: _View) -> None:
        self._busy = False
        if view.pixels is not None:
            self.ready.emit(view.path, view.pixels)
        self._begin()

    def _on_failed(self, error: TLStudioError) -> None:
        """The photo itself says already that it cannot be read."""
        self._busy = False
        self._begin()
