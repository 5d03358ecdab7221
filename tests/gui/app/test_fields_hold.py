"""What stands in a field is what trains; what cannot be used holds everything that would run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.fields import type_number
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.windows import show_window
from tlstudio.core.data.dataset import ImagesGlance
from tlstudio.core.needs import RACE, RATE_FINDER, TRAINING, Need
from tlstudio.core.settings import Settings
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.model_page import ModelPage, ModelTab
from tlstudio.gui.features.choose_model.inputs_form import InputsForm
from tlstudio.gui.features.rate_finder.state import RateState
from tlstudio.gui.kit.config_form import FieldRow
from tlstudio.gui.kit.number_field import NumberField
from tlstudio.gui.state.reasons import reason, reason_text
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def window(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> MainWindow:
    """The window with an engine and a dataset: all that training needs."""
    no_engine(monkeypatch)
    window = show_window(session, qtbot, (1280, 800))
    make_ready(session, qtbot)
    session.datasets.index = make_index(tmp_path, make_images(tmp_path))
    session.datasets.changed.emit(session.datasets.index)
    wait_for_plan(session, qtbot)
    session.go_to(Step.MODEL)
    return window


def field_row(window: MainWindow, name: str) -> FieldRow:
    settings = window.inspector.fill().settings
    return {**settings.rows, **settings.popup.rows}[name]


def number_field(window: MainWindow, name: str) -> NumberField:
    editor = field_row(window, name).editor
    assert isinstance(editor, NumberField)
    return editor


@pytest.mark.parametrize("typed", ["0,02", "０，０２", " 0.020 ", "2e-2"])
def test_a_rate_trains_as_it_is_written(
    window: MainWindow, session: Session, qtbot: QtBot, typed: str
) -> None:
    rate = number_field(window, "learning_rate")
    type_number(qtbot, rate, typed)
    assert session.network.config.learning_rate == 0.02  # before the field is left
    assert session.can_train
    qtbot.keyClick(rate.lineEdit(), Qt.Key.Key_Return)
    assert rate.typed == "0.02"


def test_a_fault_holds_all_that_would_run(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    before = session.network.config
    type_number(qtbot, number_field(window, "learning_rate"), "1,000")
    assert session.network.config == before  # not 1, which stood there on the way
    for needs in (TRAINING, RATE_FINDER, RACE):
        assert session.missing(needs) is Need.FIELDS
    assert not window.actions_by_name["train"].isEnabled()
    assert not session.feature(RateState).can_find
    sentence, hint = reason(session, TRAINING)
    assert sentence == "Learning rate: “1,000” cannot be used."
    assert hint == "Write 1000 or 1.0."
    session.train()
    assert not session.run.active
    field = number_field(window, "learning_rate").lineEdit()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert reason(session, TRAINING)[0] == "Learning rate: nothing stands in the field."
    type_number(qtbot, number_field(window, "learning_rate"), "0,05", leaves=True)
    assert session.can_train and window.actions_by_name["train"].isEnabled()
    assert session.network.config.learning_rate == 0.05


def test_a_reset_a_preset_or_another_setting_mends_a_fault(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    network, rate = session.network, number_field(window, "learning_rate")
    present = network.config.learning_rate
    ways = (
        lambda: network.change(learning_rate=present),  # the very value in force
        lambda: network.change(learning_rate=0.5),  # "use this rate"
        lambda: network.set_config(network.config),  # the same settings, brought back
        lambda: network.set_config(network.config.changed(epochs=7, learning_rate=present)),
    )
    for way in ways:
        type_number(qtbot, rate, "fast", leaves=True)
        row = field_row(window, "learning_rate")
        assert not session.can_train and row.problem.text()
        way()
        assert session.can_train and not row.problem.text()
        assert float(rate.typed) == network.config.learning_rate
    type_number(qtbot, rate, "fast", leaves=True)
    network.change(epochs=9)  # has nothing to do with it
    assert not session.can_train and rate.typed == "fast"


def test_a_field_that_matters_no_more_holds_nothing(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.network.change(schedule="step")
    step_size = number_field(window, "step_size")
    type_number(qtbot, step_size, "often", leaves=True)
    assert not session.can_train
    session.network.change(schedule="cosine")
    assert session.can_train
    session.network.change(schedule="step")
    assert step_size.typed == str(session.network.config.step_size)


def test_a_window_of_another_language_shows_what_is_in_force(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    type_number(qtbot, number_field(window, "learning_rate"), "fast", leaves=True)
    assert not session.can_train
    other = MainWindow(session)
    qtbot.addWidget(other, before_close_func=lambda w: setattr(w, "_may_close", True))
    assert session.can_train


def test_a_field_is_found_wherever_it_is(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    step_size = number_field(window, "seed")
    type_number(qtbot, step_size, "x", leaves=True)
    session.preferences.shows_inspector = False
    window.inspector.shown_action.setChecked(False)
    session.go_to(Step.DATA)
    window.header.reason.click()
    assert session.step is Step.MODEL
    QApplication.processEvents()
    assert step_size.isVisible() and window.inspector.isVisible()
    assert not step_size.visibleRegion().isEmpty()
    assert step_size.hasFocus() or window.focusWidget() is step_size


def test_the_size_of_images_is_a_field_as_well(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    page = window.pages[Step.MODEL]
    assert isinstance(page, ModelPage)
    form = page.view(ModelTab.CHOOSE).findChild(InputsForm)
    edit = form.image_px.lineEdit()
    session.network.show_field("image_px")
    edit.selectAll()
    qtbot.keyClicks(edit, "1.000")
    assert session.missing(TRAINING) is Need.FIELDS
    assert "Input size: “1.000” cannot be used. Write 1000 or 1." in reason_text(session, TRAINING)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    page.show_tab(ModelTab.LAYERS)
    session.go_to(Step.DATA)
    session.network.show_field("image_px")
    QApplication.processEvents()
    assert session.step is Step.MODEL and edit.isVisible()
    hint = form.hints["image_px"]
    assert isinstance(hint, QLabel) and "Write 1000 or 1" in hint.text()  # told: it was left
    session.network.change(image_px=96)
    assert session.network.field_problems == {} and edit.text() == "96 px"


def test_a_shortcut_takes_what_is_being_typed(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    page = window.pages[Step.MODEL]
    assert isinstance(page, ModelPage)
    form = page.view(ModelTab.CHOOSE).findChild(InputsForm)
    edit = form.image_px.lineEdit()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    session.network.show_field("image_px")
    edit.selectAll()
    qtbot.keyClicks(edit, "96")
    assert session.network.config.image_px == 0 and session.can_train  # half of it may stand there
    window.actions_by_name["train"].trigger()
    assert session.network.config.image_px == 96
    assert session.run.record.settings is None or session.run.record.settings.config.image_px == 96


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_F5, None])
def test_what_is_half_way_typed_is_what_trains(
    window: MainWindow,
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    key: Qt.Key | None,
) -> None:
    """The cursor is still in the field when a person presses Ctrl+Return, F5 or Train."""
    started: list[Settings] = []
    monkeypatch.setattr(session.run, "start", lambda settings, index: started.append(settings))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    rate = number_field(window, "learning_rate")
    type_number(qtbot, rate, "0,07")
    if key is None:
        qtbot.mouseClick(window.header.action, Qt.MouseButton.LeftButton)
    else:
        with_control = Qt.KeyboardModifier.ControlModifier
        plain = Qt.KeyboardModifier.NoModifier
        qtbot.keyClick(rate.lineEdit(), key, with_control if key == Qt.Key.Key_Return else plain)
    assert [settings.config.learning_rate for settings in started] == [0.07]


def test_what_is_half_way_typed_outlives_news_of_the_dataset(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    rate, epochs = number_field(window, "learning_rate"), number_field(window, "epochs")
    type_number(qtbot, rate, "0.0")
    session.datasets.glance = ImagesGlance(24, False)
    session.datasets.glanced.emit()  # proposes another augmentation, and no other rate
    assert rate.typed == "0.0" and session.missing(TRAINING) is Need.FIELDS
    type_number(qtbot, epochs, "many")
    session.datasets.index = None
    session.datasets.changed.emit(None)  # other epochs are proposed
    assert list(session.network.field_problems) == ["learning_rate"]
    assert epochs.typed == str(session.network.config.epochs)
