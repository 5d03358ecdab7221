"""Garbage is collected on the GUI thread, and not while Qt dresses its widgets."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tlstudio.gui.app.garbage import GarbageCollector

# In a process of its own: with Python's own collection it ends within ten changes of the theme.
SCRIPT = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from tlstudio.gui.app import Studio
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.preferences import Preferences


class Word(QLabel):
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.made = [[] for _ in range(50)]


class Page(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.itself = self
        layout = QVBoxLayout(self)
        for _ in range(20):
            layout.addWidget(Word(self))
        self.destroyed.connect(
            lambda: threads.add(threading.current_thread()), Qt.ConnectionType.DirectConnection
        )


threads = set()
app = QApplication([])
studio = Studio(app, Preferences(Path(sys.argv[1])))
for number in range(10):
    for _ in range(10):
        Page()
    studio.set_scheme(theme.Scheme.LIGHT if number % 2 else theme.Scheme.DARK)
    worker = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    worker.start()
    worker.join()
assert not threads, threads
studio._garbage.make_next_full()
studio._garbage.collect_due()
assert threads == {threading.main_thread()}, threads
assert studio.session.close(60_000)
"""


def test_windows_and_threads_leave_widgets_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", SCRIPT, str(tmp_path / "p.ini")],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr


class Knot:
    """Refers to itself, so that only a collection ends it."""

    def __init__(self) -> None:
        self.itself = self


def test_nothing_is_looked_through_while_the_program_starts(app: QApplication) -> None:
    is_starting = True
    collector = GarbageCollector(is_starting=lambda: is_starting)
    try:
        gc.collect()
        gone = weakref.ref(Knot())
        kept: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
        collector.collect_due()
        assert gone() is not None and gc.get_count()[0] < len(kept)
        is_starting = False
        collector.make_next_full()
        collector.collect_due()
        assert gone() is None
    finally:
        collector.deleteLater()


def test_it_waits_for_enough_of_it_unless_something_large_has_ended(app: QApplication) -> None:
    collector = GarbageCollector()
    try:
        assert not gc.isenabled()
        gc.collect()
        gone = weakref.ref(Knot())
        collector.collect_due()
        assert gone() is not None
        kept: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
        collector.collect_due()
        assert gone() is None and kept
        old = Knot()
        gc.collect()
        gone = weakref.ref(old)
        del old
        collector.make_next_full()
        collector.collect_due()
        assert gone() is None
    finally:
        collector.deleteLater()
