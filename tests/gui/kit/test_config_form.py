"""The form that the table of fields makes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.core.config import FIELDS, RunConfig
from tlstudio.core.config.fields import FieldGroup
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.config_form import ConfigForm
from tlstudio.gui.kit.number_field import NumberField

SPECS = tuple(spec for spec in FIELDS if spec.text.group is not FieldGroup.NETWORK)


@pytest.fixture
def form(app: QApplication, qtbot: QtBot) -> ConfigForm:
    form = ConfigForm(SPECS)
    qtbot.addWidget(form)
    form.show()
    return form


def number(form: ConfigForm, name: str) -> NumberField:
    editor = form.rows[name].editor
    assert isinstance(editor, NumberField)
    return editor


def retype(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.setFocus()
    field.lineEdit().selectAll()
    qtbot.keyClicks(field.lineEdit(), text)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_field_shows_its_default_and_its_help(form: ConfigForm, spec) -> None:  # type: ignore[no-untyped-def]
    row = form.rows[spec.name]
    editor = row.editor
    if isinstance(editor, NumberField):
        assert float(editor.typed) == spec.default
    else:
        assert editor.value == spec.default
    assert editor.toolTip() == spec.text.help
    assert editor.accessibleName() == spec.text.title
    assert row.is_default


def test_typing_is_told_at_once_and_does_not_echo(form: ConfigForm, qtbot: QtBot) -> None:
    told: list[tuple[str, object]] = []
    form.changed.connect(lambda name, value: told.append((name, value)))
    retype(qtbot, number(form, "learning_rate"), "1e-4")
    assert told[-1] == ("learning_rate", 1e-4)
    count = len(told)
    form.set_config(RunConfig(learning_rate=1e-4))
    assert number(form, "learning_rate").typed == "1e-4"
    assert len(told) == count
    assert not form.rows["learning_rate"].is_default


def test_fields_begin_below_each_other_in_a_narrow_form(form: ConfigForm) -> None:
    form.resize(form.minimumSizeHint())
    rows = [row for row in form.rows.values() if row.isVisible()]
    assert len({row.editor.x() for row in rows}) == 1


@pytest.mark.parametrize("typed", ["0", "20", "many", ""])
def test_a_bad_number_is_told_at_the_field(form: ConfigForm, qtbot: QtBot, typed: str) -> None:
    field = number(form, "learning_rate")
    told: list[object] = []
    retype(qtbot, field, "0.01")
    form.set_config(RunConfig(learning_rate=0.01))
    form.changed.connect(lambda name, value: told.append(value))
    if typed:
        retype(qtbot, field, typed)
    else:
        field.lineEdit().clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    row = form.rows["learning_rate"]
    assert row.problem.isVisible() and "at most 10" in row.problem.text()
    assert field.property("problem") is True
    assert field.typed == typed  # never lost silently
    assert not [value for value in told if value in (0, 20)]
    assert not row.is_default
    row.reset()
    assert field.typed == "0.01" and not row.problem.isVisible()


def test_a_refused_value_is_shown_as_it_holds(form: ConfigForm, qtbot: QtBot) -> None:
    retype(qtbot, number(form, "epochs"), "7")
    form.set_config(RunConfig(epochs=25))
    assert number(form, "epochs").typed == "25"


def test_choices_are_made_by_hand_only(form: ConfigForm, qtbot: QtBot) -> None:
    editor = form.rows["optimizer"].editor
    assert isinstance(editor, ChoiceField)
    with qtbot.assertNotEmitted(form.changed):
        form.set_config(RunConfig(optimizer="adamw"))
    assert editor.currentText() == "AdamW"
    with qtbot.waitSignal(form.changed) as told:
        qtbot.keyClick(editor, Qt.Key.Key_Up)
    assert told.args == ["optimizer", "adam"]


def test_what_does_not_matter_is_hidden(form: ConfigForm) -> None:
    assert form.rows["momentum"].isVisible() and form.rows["gamma"].isVisible()
    form.set_config(RunConfig(optimizer="adam", schedule="cosine"))
    assert not form.rows["momentum"].isVisible()
    assert not form.rows["gamma"].isVisible() and not form.rows["step_size"].isVisible()
    assert form.rows["weight_decay"].isVisible()


def test_choices_found_at_run_time(form: ConfigForm) -> None:
    form.set_choices("device", [("auto", "Automatic"), ("cpu", "Processor")])
    form.set_config(RunConfig(device="cuda:1"))  # from a file of another machine
    editor = form.rows["device"].editor
    assert isinstance(editor, ChoiceField)
    assert editor.value == "cuda:1"
    form.set_config(RunConfig(device="cpu"))
    assert editor.currentText() == "Processor"


def test_a_fault_does_not_leave_a_part_of_what_was_typed(form: ConfigForm, qtbot: QtBot) -> None:
    config = RunConfig()

    def take(name: str, value: object) -> None:
        nonlocal config
        config = config.changed(**{name: value})
        form.set_config(config)

    form.changed.connect(take)
    epochs = number(form, "epochs")
    retype(qtbot, epochs, "3000")
    qtbot.keyClick(epochs.lineEdit(), Qt.Key.Key_Return)
    assert config.epochs == RunConfig().epochs
    assert form.rows["epochs"].has_problem
    assert epochs.typed == "3000"
    retype(qtbot, epochs, "30")
    qtbot.keyClick(epochs.lineEdit(), Qt.Key.Key_Return)
    assert config.epochs == 30
    assert not form.rows["epochs"].has_problem
