"""The real main window on a small dataset of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.gui.app import Studio
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.state import health

SOCKETS = ("socket.__new__", "socket.connect", "socket.getaddrinfo")

_opened: list[tuple[object, ...]] | None = None  # while nobody may ask anything of the internet


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if _opened is not None and event in SOCKETS:
        _opened.append((event, *arguments))


sys.addaudithook(_listen)

COLORS = {"lime": (120, 190, 60), "plum": (110, 50, 110), "sand": (210, 180, 130)}


def draw_photo(path: Path, color: tuple[int, int, int], seed: int) -> None:
    """A blob of `color` somewhere on a noisy ground; never the same twice."""
    random = np.random.default_rng(seed)
    ground = random.integers(90, 160, (120, 150, 3), dtype=np.uint8)
    picture = Image.fromarray(ground)
    x, y, r = random.integers(20, 90), random.integers(20, 70), random.integers(20, 40)
    ImageDraw.Draw(picture).ellipse((x, y, x + r, y + r), fill=color)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=90)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three classes in train/ (6 each) and val/ (3 each), and one file that is no image."""
    root = tmp_path / "정물 photos"
    for split, count in (("train", 6), ("val", 3)):
        for number, (name, color) in enumerate(COLORS.items()):
            for i in range(count):
                seed = 1000 * number + 10 * i + (split == "val")
                draw_photo(root / split / name / f"{name}{i}.jpg", color, seed)
    (root / "train" / "lime" / "broken.jpg").write_bytes(b"\xff\xd8 not a photo")
    return root


@pytest.fixture(autouse=True)
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No dataset is checked by itself, beside what a test looks at."""
    monkeypatch.setattr(health, "IDLE_MS", 10**9)


@pytest.fixture
def no_sockets() -> Iterator[None]:
    """Nothing is sent anywhere: neither by the start nor by whatever the test does."""
    global _opened
    _opened = []
    yield
    opened, _opened = _opened, None
    assert not opened, opened


@pytest.fixture
def studio(qapp: QApplication, qtbot: QtBot, tmp_path: Path, no_sockets: None) -> Iterator[Studio]:
    """The whole studio with its window on the screen and the engine loaded."""
    preferences = Preferences(tmp_path / "preferences.ini")
    preferences.language = "en"
    studio = Studio(qapp, preferences)
    with qtbot.waitSignal(studio.session.network.engine_ready, timeout=120_000):
        studio.show()
    yield studio
    for run in studio.session.runs.unkept:
        studio.session.runs.let_go(run.id)
    studio.session.run.stop()
    qtbot.waitUntil(lambda: not studio.session.run.active, timeout=120_000)
    studio.window.close()
    qtbot.waitUntil(lambda: not studio.window.isVisible(), timeout=120_000)
    studio.window.deleteLater()
    studio.deleteLater()


@pytest.fixture
def accept_file(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the next file dialogs answer with these paths, without a person."""
    from tlstudio.gui.kit import file_dialogs

    def accept(*paths: Path) -> None:
        def answer(dialog: object, preferences: Preferences, chosen: Callable[..., object]) -> None:
            chosen(list(paths))

        monkeypatch.setattr(file_dialogs, "_open", answer)

    return accept
