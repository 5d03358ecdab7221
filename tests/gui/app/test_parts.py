"""The rows of pages: the rail, the keys and the worker that imports go by them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from tlstudio.gui.app import rail, shortcuts
from tlstudio.gui.app.actions import make_actions
from tlstudio.gui.app.inspector_dock import MAKE
from tlstudio.gui.app.parts import PAGES, Pages
from tlstudio.gui.kit import icons
from tlstudio.gui.state.session import Session, Step

BUILDING = """
import json
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tlstudio.gui.app import Studio
from tlstudio.gui.app.inspector_dock import MAKE
from tlstudio.gui.app.parts import Pages, import_parts
from tlstudio.gui.kit.preferences import Preferences
app = QApplication([])
session = Studio(app, Preferences(Path(sys.argv[1]))).session
early = set(sys.modules)
import_parts()
known = set(sys.modules)
pages = Pages(session, lambda page: None)
for step in pages:
    if hasattr(pages[step], "prepare"):
        pages[step].prepare()
MAKE(session)
print(json.dumps([sorted(early), sorted(known), sorted(set(sys.modules) - known)]))
session.close()
"""


def test_every_step_has_its_page_in_the_order_of_the_rail() -> None:
    assert [page.step for page in PAGES] == list(Step)
    assert {page.icon for page in PAGES} <= icons.NAMES.keys()
    for make in (*(page.make for page in PAGES), MAKE):
        assert issubclass(make.load(), QWidget)


def test_a_page_that_is_no_step_is_never_told_as_undone(qtbot: QtBot) -> None:
    found = rail.Rail()
    qtbot.addWidget(found)
    assert found.buttons[Step.DATA].accessibleName() == "Data, not yet"
    assert found.buttons[Step.RUNS].accessibleName() == "Runs"
    assert found.buttons[Step.RUNS].mark is None


def test_the_rail_and_the_shortcuts_follow_the_rows(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer = PAGES[1:]
    monkeypatch.setattr(rail, "PAGES", fewer)
    monkeypatch.setattr(shortcuts, "PAGES", fewer)
    window = QMainWindow()
    qtbot.addWidget(window)
    built = rail.Rail(window)
    assert [button.text() for button in built.buttons.values()] == [p.title for p in fewer]
    sheet = shortcuts.open_shortcuts(window, make_actions(window))
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    assert {f"Ctrl+{n}" for n, _ in enumerate(fewer, 1)} <= shown
    assert f"Ctrl+{len(PAGES)}" not in shown


def test_a_page_is_made_where_it_stays(session: Session, qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    parents: list[QWidget | None] = []
    pages = Pages(session, lambda page: parents.append(page.parentWidget()), holder)
    assert all(pages[step] for step in Step)
    assert parents == [holder] * len(Step)


def test_a_start_imports_what_is_seen_and_nothing_twice(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", BUILDING, str(tmp_path / "preferences.ini")],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    early, pages, meanwhile = json.loads(result.stdout.splitlines()[-1])
    features = {name.split(".")[3] for name in early if name.startswith("tlstudio.gui.features.")}
    assert features == {"dataset", "report"}, "before the first paint"
    rare = ("tlstudio.core.lessons", "tlstudio.core.networks.blocks", "tlstudio.gui.features.learn")
    assert [name for name in pages if name.startswith(rare)] == [
        "tlstudio.core.lessons",
        "tlstudio.core.lessons.paper_ids",  # the card of a network names the tables
    ]
    assert not [name for name in meanwhile if name.startswith("tlstudio.gui")], "by the GUI thread"
