"""Many images: nothing is done for each of them on the GUI thread."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.gui.features.dataset.images_view import ImagesView
from tlstudio.gui.features.statistics.state import StatisticsState
from tlstudio.gui.features.statistics.view import StatisticsView
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session

MANY = 400  # in each of the classes


class Touches:
    """Which images are hashed or named on the main thread, and how often folders are compared."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.images: set[str] = set()
        self.folders = 0
        for name in ("__hash__", "__str__"):
            monkeypatch.setattr(ImageRef, name, self._counted(getattr(ImageRef, name)))
        for name in ("__eq__", "__hash__"):
            own = getattr(FolderContainer, name)
            monkeypatch.setattr(FolderContainer, name, self._counted(own))
        own_id = FolderContainer.id.fget  # type: ignore[attr-defined]
        monkeypatch.setattr(FolderContainer, "id", property(self._counted(own_id)))

    def _counted(self, work: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object) -> object:
            if threading.current_thread() is threading.main_thread():
                if isinstance(args[0], ImageRef):
                    self.images.add(args[0].key)
                else:
                    self.folders += 1
            return work(*args)

        return counted

    @contextmanager
    def few(self) -> Iterator[None]:
        """Whatever happens in the block touches fewer images than there are."""
        self.images, self.folders = set(), 0
        yield
        assert len(self.images) < MANY and self.folders < MANY


def show(view: ImagesView | StatisticsView, index: DatasetIndex | None) -> None:
    if index is not None:
        view.set_index(index)


def test_no_step_touches_every_image(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    make_images(folder)
    for file in [path for path in folder.rglob("0.*") if path.is_file()]:
        for number in range(1000, 1000 + MANY):
            os.link(file, file.with_name(f"{number}{file.suffix}"))
    images, statistics = ImagesView(session), StatisticsView(session)
    facts, _ = session.feature(StatisticsState), session.feature(HealthState)
    for view in (images, statistics):
        qtbot.addWidget(view)
        view.resize(320, 260)
        session.datasets.changed.connect(partial(show, view))
        view.show()
    datasets, grid, touches = session.datasets, images.grid, Touches(monkeypatch)
    with touches.few(), qtbot.waitSignal(datasets.changed, timeout=20_000):
        datasets.open(folder)
    with touches.few():
        qtbot.waitUntil(lambda: facts.facts is not None, timeout=20_000)
    with touches.few(), qtbot.waitSignal(datasets.changed, timeout=20_000):
        datasets.reload()
    index = datasets.index
    assert index is not None and len(grid.items) == len(index.samples) > MANY
    with touches.few():
        qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.selected_images) == len(index.samples)
    grid.select(range(20))
    keys = [image.key for image in grid.selected_images]
    with touches.few(), qtbot.waitSignal(datasets.changed):
        datasets.edit(datasets.manifest.leaving_out(keys[:1]))
    assert len(grid.selection) == len(keys) - 1
    with touches.few():
        images.search.setText("1007")
        qtbot.waitUntil(lambda: 0 < len(grid.items) < MANY)
