"""The window of the help: what it lists, finds, shows and remembers, and where links lead."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tlstudio.core import guide
from tlstudio.core.config import FIELD_BY_NAME, FIELDS
from tlstudio.core.guide import Chapter
from tlstudio.core.help import find_help, help_entries, help_entry
from tlstudio.core.lessons.table import find_lesson
from tlstudio.core.preferences import PREFERENCE_BY_NAME, PREFERENCES
from tlstudio.core.storage import resources_dir
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.features.help import pages, pictures
from tlstudio.gui.features.help.pages import (
    LESSON,
    PREFERENCE,
    SETTING,
    all_chapters,
    place_of,
    term_page,
)
from tlstudio.gui.features.help.window import HelpWindow, open_help
from tlstudio.gui.kit import language, theme
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.state.session import Session

LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)]+)\)")
CHAPTERS = (
    Chapter("guide/01-first", "First hour", "# First hour\n\nSee [next](02-next.md).", Path()),
    Chapter(
        "guide/02-next", "Next", "# Next\n\n[Freezing](term:freeze), [web](https://x.y)", Path()
    ),
)


@pytest.fixture
def owner(session: Session, qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def opened(
    session: Session, owner: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> HelpWindow:
    monkeypatch.setattr(pages, "chapters", lambda code: CHAPTERS)
    window = open_help(session, owner)
    qtbot.addWidget(window)
    return window


def test_it_begins_with_the_guide_and_lists_every_entry(opened: HelpWindow) -> None:
    assert opened.place == "guide/01-first"
    assert opened.contents.places[:2] == ["guide/01-first", "guide/02-next"]
    assert len([p for p in opened.contents.places if p.startswith("term/")]) == len(
        help_entries("en")
    )


def test_links_lead_from_page_to_page_and_back(
    opened: HelpWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    browsed: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: browsed.append(url.toString()))
    opened.reader.anchorClicked.emit(QUrl("02-next.md"))
    assert opened.place == "guide/02-next" and browsed == []
    opened.reader.anchorClicked.emit(QUrl("term:freeze"))
    assert opened.place == "term/freeze"
    assert "Freezing" in opened.reader.toPlainText()
    opened.back.click()
    assert opened.place == "guide/02-next" and opened.forward.isEnabled()
    opened.forward.click()
    assert opened.place == "term/freeze"
    opened.reader.anchorClicked.emit(QUrl("https://pytorch.org"))
    opened.reader.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert browsed == ["https://pytorch.org"] and opened.place == "term/freeze"


def test_a_link_to_a_setting_asks_for_it(
    opened: HelpWindow, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.network.field_requested) as asked:
        opened.reader.anchorClicked.emit(QUrl(f"{SETTING}:epochs"))
    assert asked.args == ["epochs"]


@pytest.mark.parametrize("code", ["en", "ko"])
def test_every_link_of_every_page_leads_somewhere(
    session: Session, owner: QWidget, code: str, qtbot: QtBot
) -> None:
    """Those of all entries, and of the chapters that there are."""
    language.install(code)
    known = {chapter.name for chapter in all_chapters()}
    texts = {entry.id: term_page(entry) for entry in help_entries(code)}
    texts |= {chapter.name: chapter.text for chapter in all_chapters()}
    for name, text in texts.items():
        for link in LINK.findall(text):
            if link.startswith((f"{SETTING}:", f"{PREFERENCE}:", "https://", "http://", "#")):
                setting = link.partition(":")[2]
                if link.startswith((SETTING, PREFERENCE)):
                    table = FIELD_BY_NAME if link.startswith(SETTING) else PREFERENCE_BY_NAME
                    assert setting in table, (name, link)
                continue
            if link.startswith(f"{LESSON}:"):
                assert find_lesson(link.partition(":")[2]) is not None, (name, link)
                continue
            place = place_of(link).partition("#")[0]
            kind, _, rest = place.partition("/")
            there = help_entry(rest, code) is not None if kind == "term" else place in known
            assert there, (name, link)
    for chapter in all_chapters():
        for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", chapter.text):
            assert (chapter.folder / path).is_file(), (chapter.name, path)


def test_the_search_finds_while_typing_and_enter_goes_to_the_page(
    opened: HelpWindow, qtbot: QtBot
) -> None:
    opened.activateWindow()
    qtbot.waitUntil(opened.search.hasFocus)
    opened.search.setText("수용영역")
    assert opened.place == "term/receptive-field"
    opened.search.setText("first hour")
    assert "guide/01-first" in opened.contents.places  # by its title
    opened.search.setText("batch")
    first = opened.place
    qtbot.keyClick(opened.search, Qt.Key.Key_Down)
    assert opened.place != first and opened.search.hasFocus()
    qtbot.keyClick(opened.search, Qt.Key.Key_Return)
    assert opened.reader.hasFocus()
    opened.search.setText("xyzzy")
    assert opened.contents.places == [] and opened.reader.toPlainText()


def test_it_remembers_where_it_was(session: Session, owner: QWidget, qtbot: QtBot) -> None:
    first = open_help(session, owner, "term/mixing")
    assert open_help(session, owner) is first
    first.close()
    QApplication.sendPostedEvents(first, QEvent.Type.DeferredDelete)
    second = open_help(session, owner)
    assert second is not first and second.place == "term/mixing"


def test_unknown_places_show_the_first_page(session: Session, owner: QWidget, qtbot: QtBot) -> None:
    window = open_help(session, owner, "guide/99-gone")
    assert window.place == window.contents.places[0]
    window.go_to("term/never-heard-of")
    assert window.place == window.contents.places[0]
    window.go_to("glossary")
    assert window.place.startswith("term/")


@pytest.mark.parametrize("code", ["en", "ko"])
def test_the_words_of_the_window_find_their_entries(app: QApplication, code: str) -> None:
    """Titles of settings and strategies, as the window says them."""
    language.install(code)
    for spec in FIELDS:
        found = find_help(core_text(spec.text.title), code)[:3]
        assert help_entry(f"config.{spec.name}", code) in found, spec.name
    for spec in PREFERENCES:
        assert find_help(core_text(spec.text.title), code), spec.name
    for row in STRATEGIES:
        assert find_help(core_text(row.title), code), row.name


def test_pictures_take_the_colours_of_the_theme(app: QApplication, qtbot: QtBot) -> None:
    light = {value for name, value in asdict(theme.LIGHT).items() if name != "name"}
    for path in (resources_dir() / "help" / "pictures").glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        assert set(re.findall("#[0-9a-fA-F]{3,8}", svg)) <= light, path.name
    bright = pictures.drawing("freeze", 2.0)
    theme.apply(app, theme.Scheme.DARK)
    dark = pictures.drawing("freeze", 2.0)
    theme.apply(app, theme.Scheme.LIGHT)
    assert bright is not None and dark is not None
    assert bright.toImage() != dark.toImage() and bright.devicePixelRatio() == 2.0
    assert bright.deviceIndependentSize().width() == 300


def test_chapters_are_read_in_the_order_of_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "guide" / "en"
    folder.mkdir(parents=True)
    (folder / "02-train.md").write_text("# Train\n", encoding="utf-8")
    (folder / "01-data.md").write_text("# Data\nText.", encoding="utf-8")
    (folder / "notes.txt").write_text("no chapter", encoding="utf-8")
    monkeypatch.setattr(guide, "resources_dir", lambda: tmp_path)
    guide._chapters.cache_clear()
    try:
        found = guide.chapters("ko")  # which has none of its own
        assert [(one.name, one.title) for one in found] == [
            ("guide/01-data", "Data"),
            ("guide/02-train", "Train"),
        ]
        assert guide.whats_new("en") is None and guide.contributing() is None
    finally:
        guide._chapters.cache_clear()
