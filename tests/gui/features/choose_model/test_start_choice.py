"""What a run starts from: the library's weights, a kept run, or a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.loadings import PATH, make_report, reads
from tlstudio.core.runs.kept import RunEntry, RunMarks
from tlstudio.gui.features.choose_model.start_choice import StartChoice
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.state.session import Session

RUN = RunEntry(
    "id1", Path("runs/id1"), RunMarks("leaves 3"), model="resnet18", accuracy=0.5, has_weights=True
)
EMPTY = RunEntry("id2", Path("runs/id2"), RunMarks("leaves 4"), model="resnet18")


@pytest.fixture
def choice(session: Session, qtbot: QtBot) -> StartChoice:
    session.runs.entries = (EMPTY, RUN)
    choice = StartChoice(session)
    qtbot.addWidget(choice)
    return choice


def titles(choice: StartChoice) -> list[str]:
    choice.menu.aboutToShow.emit()
    return [action.text() for action in choice.menu.actions() if not action.isSeparator()]


def choose(choice: StartChoice, part: str) -> None:
    choice.menu.aboutToShow.emit()
    next(action for action in choice.menu.actions() if part in action.text()).trigger()


def test_runs_with_weights_are_offered_the_one_in_hand_first(
    choice: StartChoice, session: Session
) -> None:
    assert titles(choice) == ["Pretrained weights", "leaves 3 · 50.0%", "Choose file…"]
    session.runs._set_current(RUN)
    assert titles(choice)[1] == "This run: leaves 3 · 50.0%"


def test_a_run_brings_its_network_along_and_can_be_undone(
    choice: StartChoice, session: Session
) -> None:
    session.network.change(epochs=3)
    before = session.network.config
    choose(choice, "leaves 3")
    config = session.network.config
    assert (config.model, config.initialisation) == ("resnet18", "file")
    assert config.start_from == str(RUN.folder)
    assert choice.source.text == "Starts from leaves 3"
    session.undo.undo()
    changed = {
        n: (getattr(before, n), v) for n, v in session.network.config if v != getattr(before, n)
    }
    assert changed == {}
    assert choice.source.text == "Starts from these weights"


def test_a_file_and_back(
    choice: StartChoice, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_dialogs, "ask_files", lambda *given, **_: given[4]([PATH]))
    reads(monkeypatch, make_report())
    with qtbot.waitSignal(session.network.settings_changed):
        choose(choice, "Choose file")
    assert session.network.config.start_from == str(PATH)
    assert choice.source.text == "Starts from last.ckpt"
    choose(choice, "Pretrained")
    assert session.network.config.initialisation == "pretrained"
    assert session.network.config.start_from == ""
