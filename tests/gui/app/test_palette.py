"""The command palette over a real window, by keys and by mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from tests.gui.fakes import make_images, make_index, play
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.windows import show_window
from tlstudio.core.config import FIELDS
from tlstudio.core.runs.kept import RunEntry, RunMarks
from tlstudio.gui.app.actions import ACTIONS, why_not
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.model_page import ModelTab
from tlstudio.gui.app.palette import Palette
from tlstudio.gui.app.palette_sources import SOURCES, PaletteContext
from tlstudio.gui.app.train_page import TrainTab
from tlstudio.gui.features.help.window import HelpWindow
from tlstudio.gui.kit import language
from tlstudio.gui.kit.theme import Scheme
from tlstudio.gui.state.session import Session, Step

NAMES = ("Cats & Dogs <i>v2</i>", "acorn", "도토리")


@pytest.fixture
def window(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> MainWindow:
    no_engine(monkeypatch)
    window = show_window(session, qtbot)
    make_ready(session, qtbot)
    index = make_index(tmp_path, make_images(tmp_path))
    session.datasets.index = index.__class__(
        index.root, index.name, index.layout, NAMES, index.samples
    )
    session.datasets.changed.emit(session.datasets.index)
    wait_for_plan(session, qtbot)
    return window


@pytest.fixture
def palette(window: MainWindow, qtbot: QtBot) -> Palette:
    return opened(window, qtbot)


def opened(window: MainWindow, qtbot: QtBot) -> Palette:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    shown = [palette for palette in window.findChildren(Palette) if palette.isVisible()]
    assert len(shown) == 1
    qtbot.waitUntil(shown[0].search.hasFocus)
    return shown[0]


def found(palette: Palette) -> list[tuple[str, str]]:
    return [(row.source.kind, row.entry.title) for row in palette.model.found]


def choose(palette: Palette, qtbot: QtBot, text: str) -> None:
    """Type, and press Enter."""
    qtbot.keyClicks(palette.search, text)
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)


def test_it_is_centred_at_the_top_and_takes_the_keyboard(
    window: MainWindow, palette: Palette
) -> None:
    frame = palette.frame.geometry()
    assert 560 <= frame.width() <= 640
    assert abs(frame.center().x() - window.rect().center().x()) <= 1
    assert frame.top() < window.height() / 4
    assert palette.frame.isVisible() and palette.list.isVisible()
    window.resize(960, 600)
    assert palette.rect().contains(palette.frame.geometry())
    assert palette.rect() == window.rect()


def test_a_setting_is_found_by_its_initials(
    session: Session, palette: Palette, qtbot: QtBot
) -> None:
    qtbot.keyClicks(palette.search, "lr")
    assert found(palette)[0] == ("setting", "Learning rate")
    with qtbot.waitSignal(session.network.field_requested) as asked:
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert asked.args == ["learning_rate"]
    assert session.step is Step.MODEL
    assert not palette.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None and focused.accessibleName() == "Learning rate"


@pytest.mark.parametrize(("query", "name"), [("colours", "Colours"), ("stem", "Stem")])
def test_a_setting_of_the_model_is_shown_where_models_are_chosen(
    session: Session, palette: Palette, qtbot: QtBot, query: str, name: str
) -> None:
    session.model_tab = ModelTab.PICTURE
    choose(palette, qtbot, query)
    assert (session.step, session.model_tab) == (Step.MODEL, ModelTab.CHOOSE)
    focused = QApplication.focusWidget()
    assert focused is not None and focused.accessibleName() == name


def test_a_model_is_chosen(session: Session, palette: Palette, qtbot: QtBot) -> None:
    choose(palette, qtbot, "resnet 18")
    assert session.network.config.model == "resnet18"
    assert session.step is Step.MODEL


def test_no_model_is_chosen_while_a_run_goes_on(
    session: Session, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(session.run), "active", property(lambda run: True))
    before = session.network.config.model
    palette = opened(window, qtbot)
    choose(palette, qtbot, "resnet 18")
    assert palette.isVisible()
    assert "run" in palette.model.found[0].entry.detail
    assert session.network.config.model == before


def test_a_layer_is_selected(session: Session, palette: Palette, qtbot: QtBot) -> None:
    choose(palette, qtbot, "body.1.conv")
    assert session.network.selected_layer == "body.1.conv"
    assert (session.step, session.model_tab) == (Step.MODEL, ModelTab.LAYERS)


def test_a_view_and_a_page(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    choose(opened(window, qtbot), qtbot, "advice")
    assert (session.step, session.train_tab) == (Step.TRAIN, TrainTab.ADVICE)
    choose(opened(window, qtbot), qtbot, "results")
    assert session.step is Step.RESULTS


def test_a_class_filters_the_images_and_its_name_is_no_markup(
    window: MainWindow, session: Session, palette: Palette, qtbot: QtBot
) -> None:
    qtbot.keyClicks(palette.search, "cats dogs")
    assert found(palette)[0] == ("class", "Cats & Dogs <i>v2</i>")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert session.step is Step.DATA
    browser = window.pages[Step.DATA].browser  # type: ignore[attr-defined]
    assert browser.classes.chart.chosen_class == 0
    assert {item.key.class_index for item in browser.images.grid.items} == {0}


def test_a_class_is_shown_among_the_results_where_they_are_looked_at(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    index = session.datasets.index
    assert index is not None
    play(session, index)
    session.go_to(Step.RESULTS)
    choose(opened(window, qtbot), qtbot, "acorn")
    assert session.step is Step.RESULTS
    assert window.pages[Step.RESULTS].filter.true_class == 1  # type: ignore[attr-defined]


def test_classes_are_those_of_what_is_looked_at(
    window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    earlier = make_index(tmp_path / "earlier", make_images(tmp_path / "earlier"))
    play(session, earlier)
    record = session.run.record
    session.datasets.index = make_index(tmp_path, [tmp_path / "earlier" / "x" / "1.png"])
    session.datasets.changed.emit(session.datasets.index)
    session.run.show(record)  # gone back to, while another dataset is open
    session.go_to(Step.RESULTS)
    palette = opened(window, qtbot)
    assert [row.entry.title for row in palette.model.found if row.source.kind == "class"] == []
    choose(palette, qtbot, "mushroom")
    assert window.pages[Step.RESULTS].filter.true_class == 2  # type: ignore[attr-defined]


def test_a_command_says_its_shortcut_or_why_it_cannot_be_used(
    window: MainWindow, session: Session, palette: Palette, qtbot: QtBot
) -> None:
    qtbot.keyClicks(palette.search, "open dataset folder")
    assert palette.model.found[0].entry.detail == "Ctrl+O"
    palette.search.clear()
    qtbot.keyClicks(palette.search, "save weights")
    first = palette.model.found[0].entry
    assert not first.is_enabled
    assert first.detail == "There is no model yet: train or load one."
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()  # nothing happened


def test_every_command_that_is_grey_has_a_reason(window: MainWindow, session: Session) -> None:
    session.datasets.index = None
    for spec in ACTIONS:
        assert bool(why_not(spec, session)) is not spec.can(session), spec.name


def test_keys_move_and_close(
    window: MainWindow, session: Session, palette: Palette, qtbot: QtBot
) -> None:
    last = palette.model.rowCount() - 1
    for key, row in (
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, last),
        (Qt.Key.Key_Tab, 0),
        (Qt.Key.Key_PageUp, 0),
        (Qt.Key.Key_PageDown, palette.list.height() // 34 - 1),
    ):
        qtbot.keyClick(palette.search, key)
        assert palette.list.currentIndex().row() == row
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_keyboard_goes_back_to_where_it_was(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.go_to(Step.MODEL)
    field = next(f for f in window.pages[Step.MODEL].findChildren(QLineEdit) if f.isVisible())
    field.setFocus()
    palette = opened(window, qtbot)
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is field
    palette = opened(window, qtbot)
    qtbot.keyClick(palette.search, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert not palette.isVisible()


def test_what_had_the_keyboard_may_be_gone(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    field = QLineEdit(window)  # as in a list that has been filled anew
    field.show()
    field.setFocus()
    palette = opened(window, qtbot)
    delete(field)
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_mouse_chooses_and_a_click_beside_closes(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    button = window.rail.find_button
    assert button.text() == "Find" and button.toolTip() == "Find anything (Ctrl+K)"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    palette = next(p for p in window.findChildren(Palette) if p.isVisible())
    qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(5, palette.height() - 5))
    assert not palette.isVisible()
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.search, "race")
    row = palette.list.visualRect(palette.model.index(0)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert (session.step, session.train_tab) == (Step.TRAIN, TrainTab.RACE)


def test_a_row_follows_a_mouse_that_moves(palette: Palette, qtbot: QtBot) -> None:
    viewport, rows = palette.list.viewport(), palette.list
    qtbot.mouseMove(viewport, rows.visualRect(palette.model.index(3)).center())
    qtbot.waitUntil(lambda: rows.currentIndex().row() == 3)
    qtbot.keyClick(palette.search, Qt.Key.Key_PageDown)
    there = rows.currentIndex().row()
    for _ in range(palette.model.rowCount()):  # it scrolls below the mouse
        qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    assert rows.currentIndex().row() == there


def test_nothing_found(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.search, "qqqq")
    assert palette.nothing.isVisible() and not palette.list.isVisible()
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.search.clear()
    assert palette.list.isVisible() and not palette.nothing.isVisible()


def test_what_was_used_comes_first(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    choose(opened(window, qtbot), qtbot, "race")
    choose(opened(window, qtbot), qtbot, "resnet 18")
    palette = opened(window, qtbot)
    assert found(palette)[:2] == [("model", "ResNet-18"), ("view", "Race")]
    assert found(palette)[2][0] == "action"
    assert len(set(found(palette))) == len(found(palette))


def test_a_syllable_is_found_while_it_is_composed(palette: Palette, qtbot: QtBot) -> None:
    QApplication.sendEvent(palette.search, QInputMethodEvent("도ㅌ", []))
    assert found(palette)[0] == ("class", "도토리")


def test_settings_are_found_in_korean_and_in_english(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    language.install("ko")
    palette = opened(window, qtbot)
    for text in ("학습률", "learning rate", "ㅎㅅㄹ"):
        palette.search.setText(text)
        assert ("setting", "학습률") in found(palette)[:3], text
    language.install("en")


def test_a_term_is_found_by_its_synonyms_in_either_language(
    window: MainWindow, palette: Palette, qtbot: QtBot
) -> None:
    palette.search.setText("파인튜닝")
    assert found(palette)[0] == ("term", "Fine-tuning")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    opened = window.findChild(HelpWindow)
    assert isinstance(opened, HelpWindow) and opened.place == "term/fine-tuning"


def test_every_row_of_the_sources_has_entries_of_its_own(
    window: MainWindow, session: Session
) -> None:
    run = RunEntry("id1", Path("runs/id1"), RunMarks("leaves 1"), has_weights=True)
    session.runs.entries = (run,)
    context = PaletteContext(session, window.actions_by_name, window.pages)
    assert len({source.kind for source in SOURCES}) == len(SOURCES)
    for source in SOURCES:
        names = [entry.name for entry in source.entries(context)]
        assert names and len(set(names)) == len(names), source.kind
    kinds = {source.kind: list(source.entries(context)) for source in SOURCES}
    assert {entry.name for entry in kinds["setting"]} == {spec.name for spec in FIELDS}
    assert len(kinds["model"]) == len(session.network.models)
    assert len(kinds["action"]) == len(ACTIONS) - 1


def test_appearance_and_language_are_found_and_chosen(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    palette = opened(window, qtbot)
    palette.search.setText("한국어")
    assert found(palette)[0] == ("choice", "한국어")
    palette.search.setText("dark")
    with qtbot.waitSignal(session.preferences.changed):
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert session.preferences.scheme is Scheme.DARK


def test_a_large_catalog_is_only_painted_where_it_is_seen(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    from tests.gui.networks import make_spec

    session.network.models = tuple(make_spec(f"net{n}", f"Net {n}") for n in range(3000))
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.search, "net 29")
    assert palette.model.rowCount() == 60
    assert found(palette)[0] == ("model", "Net 29")
