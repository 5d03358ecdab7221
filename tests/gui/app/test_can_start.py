"""Whether something can start: each place asks the same question and says the same sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.windows import show_window
from tlstudio.core.needs import TRAINING, Need, why_missing
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.parts import StepMark
from tlstudio.gui.app.train_page import TrainPage, TrainTab
from tlstudio.gui.features.rate_finder.state import RateState
from tlstudio.gui.features.rate_finder.view import RateView
from tlstudio.gui.features.strategy.plan_view import PlanView
from tlstudio.gui.features.training.view import RunView
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def window(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> MainWindow:
    """The window with an engine and a dataset: all that training needs."""
    no_engine(monkeypatch)
    window = show_window(session, qtbot)
    make_ready(session, qtbot)
    session.datasets.index = make_index(tmp_path, make_images(tmp_path))
    session.datasets.changed.emit(session.datasets.index)
    wait_for_plan(session, qtbot)
    return window


def show_tab(window: MainWindow, session: Session, view: TrainTab) -> object:
    session.go_to(Step.TRAIN)
    page = window.pages[Step.TRAIN]
    assert isinstance(page, TrainPage)
    page.show_tab(view)
    return page.view(view)


def test_with_nothing_ticked_nothing_offers_to_train(window: MainWindow, session: Session) -> None:
    session.go_to(Step.MODEL)
    header, train = window.header, window.actions_by_name["train"]
    assert session.can_train and header.action.isEnabled() and train.isEnabled()
    session.network.tick(())
    why = why_missing(Need.PLAN)
    assert session.missing(TRAINING) is Need.PLAN
    assert not session.can_train and not header.action.isEnabled() and not train.isEnabled()
    assert header.reason.text() == str(why) and str(why) in header.action.toolTip()
    assert window.rail.buttons[Step.MODEL].mark is StepMark.CURRENT

    run = show_tab(window, session, TrainTab.RUN)
    assert isinstance(run, RunView)
    assert not run.plan.train_button.isEnabled()
    assert "Ready" not in run.plan.title.text()
    assert run.plan.problem.text() == str(why) and run.plan.hint.text() == why.hint_text
    plan = show_tab(window, session, TrainTab.PLAN)
    assert isinstance(plan, PlanView)
    assert not plan.train.isEnabled() and plan.train.toolTip() == str(why)
    assert str(why) in plan.nothing.text.text()
    rate = show_tab(window, session, TrainTab.RATE)
    assert isinstance(rate, RateView)
    assert not session.feature(RateState).can_find and not rate.find_button.isEnabled()
    assert str(why) in rate.empty.text.text()
    session.train()
    assert not session.run.active

    session.network.tick({"head"})
    assert session.can_train and train.isEnabled()
    assert window.rail.buttons[Step.MODEL].mark is StepMark.DONE
