"""The GUI thread never asks the disk that photos lie on, from the start to the end of the studio.

A process of its own is driven through the window. Questions of Python are recorded everywhere,
those of Qt where a library can be compiled and loaded before libc.
"""

from __future__ import annotations

import builtins
import io
import os
import shutil
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.dead_drive import build
from tests.helpers import make_photos

LIMIT_S = 600
ASKING = ("stat", "lstat", "access", "scandir", "listdir", "readlink", "open", "mkdir", "unlink")


@pytest.mark.skipif(sys.platform == "win32", reason="paths are asked for in other ways there")
def test_the_gui_thread_asks_nothing_of_the_drive(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    make_photos(drive / "photos", ("lime", "plum", "sand"), 6)
    log = tmp_path / "asked"
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "TLSTUDIO_HOME": str(tmp_path / "home"),
        "DEAD_DRIVE": str(drive),
        "DEAD_LOG": str(log),
    }
    if sys.platform == "linux" and shutil.which(os.environ.get("CC", "cc")):
        environment["LD_PRELOAD"] = str(build(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.test_disk_guard", str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    asked = log.read_text().splitlines() if log.exists() else []
    assert [line for line in asked if line.startswith("main ")] == []
    if "LD_PRELOAD" in environment:
        assert any(line.startswith("other ") for line in asked)  # it does record
    assert done.stdout.splitlines()[-1] == "asked: []", done.stdout[-3000:]


@contextmanager
def recorded(drive: Path, into: list[str]) -> Iterator[None]:
    """Note what Python code of this thread asks of paths below `drive`."""
    watched = threading.get_ident()

    def noting(name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def note(path: Any = ".", *arguments: Any, **options: Any) -> Any:
            is_path = isinstance(path, str | os.PathLike)
            if threading.get_ident() == watched and is_path and str(path).startswith(str(drive)):
                into.append(f"{name} {path}")
                traceback.print_stack(file=sys.stdout)
            return ask(path, *arguments, **options)

        return note

    places = [(os, name) for name in ASKING] + [(builtins, "open"), (io, "open")]
    kept = [(place, name, getattr(place, name)) for place, name in places]
    for place, name, ask in kept:
        setattr(place, name, noting(name, ask))
    try:
        yield
    finally:
        for place, name, ask in kept:
            setattr(place, name, ask)


def drive_the_window(folder: Path) -> list[str]:
    """Start, open, browse, set, train, look, ask, offer to save, change dress, end."""
    from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
    from PySide6.QtGui import QDragEnterEvent, QDropEvent
    from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

    from tests.benchmarks.driving import run_until
    from tlstudio.gui.app import Studio
    from tlstudio.gui.kit.preferences import Preferences
    from tlstudio.gui.kit.theme import Scheme
    from tlstudio.gui.state.session import Step

    drive, asked = folder / "drive", []
    photos = drive / "photos"
    app = QApplication([])

    def wait(reached: Callable[[], object]) -> None:
        run_until(app, lambda: bool(reached()), LIMIT_S)

    def rest() -> None:
        """Let everybody do what follows of itself."""
        rested: list[bool] = []
        QTimer.singleShot(300, lambda: rested.append(True))
        wait(lambda: rested)

    def drop(widget: QWidget, path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        app.sendEvent(widget, QDragEnterEvent(QPoint(40, 40), copy, data, left, none))
        app.sendEvent(widget, QDropEvent(QPointF(40, 40), copy, data, left, none))

    def offered(command: Callable[[], object]) -> None:
        command()
        wait(lambda: studio.window.findChild(QFileDialog))
        rest()
        dialog = studio.window.findChild(QFileDialog)
        dialog.close()
        wait(lambda: not studio.window.findChild(QFileDialog))

    preferences = Preferences(folder / "preferences.ini")
    preferences.language = "en"
    for name in ("gone", "photos"):
        preferences.add_recent_dataset(drive / name)
    with recorded(drive, asked):
        studio = Studio(app, preferences)
        session = studio.session
        studio.show()
        wait(lambda: session.network.is_ready)
        wait(lambda: session.datasets.unreachable)
        drop(studio.window, photos)
        wait(lambda: session.datasets.index and session.network.plan)
        browser: Any = studio.window.pages[Step.DATA].browser  # type: ignore[attr-defined]
        browser.images.grid.set_current_index(2)
        browser.images._open_large()
        browser.images.search.setText("plum")
        browser.classes.chart.choose_class(1)
        browser.tabs.setCurrentIndex(1)
        rest()
        for step in Step:
            session.go_to(step)
            rest()
        session.network.change(epochs=1, batch_size=8)
        session.train()
        wait(lambda: session.run.record.end)
        session.go_to(Step.RESULTS)
        rest()
        results: Any = studio.window.pages[Step.RESULTS]
        results.gallery.open_viewer(0)
        rest()
        image = session.datasets.index.samples[0].image.path
        drop(studio.window, image)
        wait(lambda: session.classifier.answers)
        offered(studio.window.commands.save_weights)
        offered(studio.window.commands.save_model)
        offered(browser.classes.chart.export.ask_csv)
        studio.set_scheme(Scheme.DARK)
        rest()
        studio.set_language("ko")
        rest()
        session.datasets.reload()
        wait(lambda: not session.datasets.loading)
        (photos / "new").mkdir()
        rest()
        session.datasets.close()
        rest()
        start: Any = studio.window.pages[Step.DATA].start  # type: ignore[attr-defined]
        session.go_to(Step.DATA)
        start.recent.rows[0].click()
        wait(lambda: session.datasets.index)
        studio.window.close()
    return [line for line in asked if line != f"mkdir {photos / 'new'}"]


if __name__ == "__main__":
    sys.stdout.write(f"asked: {drive_the_window(Path(sys.argv[1]))}\n")
    sys.stdout.flush()
    os._exit(0)
