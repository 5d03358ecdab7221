"""What cannot be seen does no work: one digit in the learning rate, with everything opened."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.windows import show_window
from tlstudio.core.config import RunConfig
from tlstudio.core.forecast.forecast import forecast
from tlstudio.core.strategies import freeze_plan
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.model_page import ModelPage, ModelTab
from tlstudio.gui.app.train_page import TrainPage, TrainTab
from tlstudio.gui.features.strategy.panel import StrategyPanel
from tlstudio.gui.state.session import Session, Step

MOST = {"forecast": 3, "freeze_plan": 2, "validation": 3}


def count(function: Any, calls: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the calls of a function of core, wherever it was imported to."""
    name = function.__name__

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls[name] += 1
        return function(*args, **kwargs)

    for module in list(sys.modules.values()):
        if module.__name__.startswith("tlstudio.") and vars(module).get(name) is function:
            monkeypatch.setattr(module, name, counted)


@pytest.fixture
def window(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[MainWindow]:
    """The window with a dataset and a forecast, after every page and view was opened once."""
    no_engine(monkeypatch)
    window = show_window(session, qtbot, (1280, 800))
    make_ready(session, qtbot)
    session.datasets.index = make_index(tmp_path, make_images(tmp_path))
    session.datasets.changed.emit(session.datasets.index)
    wait_for_plan(session, qtbot)
    for step in Step:
        session.go_to(step)
        page = window.pages[step]
        if isinstance(page, ModelPage):
            views = [view for view in ModelTab if view is not ModelTab.FEATURES]  # has an engine
            for view in views:
                page.show_tab(view)
                QApplication.processEvents()
        if isinstance(page, TrainPage):
            for train_tab in TrainTab:
                page.show_tab(train_tab)
                QApplication.processEvents()
    qtbot.waitUntil(lambda: session.forecasts.forecast is not None)
    qtbot.waitUntil(lambda: bool(session.forecasts._rows))  # else they come while calls are counted
    yield window
    session.go_to(Step.DATA)


@pytest.mark.parametrize("view", [None, *TrainTab])
def test_one_digit_costs_little(
    window: MainWindow,
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    view: TrainTab | None,
) -> None:
    session.go_to(Step.MODEL if view is None else Step.TRAIN)
    page = window.pages[Step.TRAIN]
    assert isinstance(page, TrainPage)
    if view is not None:
        page.show_tab(view)
    panel = window.inspector.findChild(StrategyPanel)
    editor = panel.rows["learning_rate"].editor
    QApplication.processEvents()

    calls: Counter[str] = Counter()
    count(forecast, calls, monkeypatch)
    count(freeze_plan, calls, monkeypatch)
    validate = RunConfig.model_validate

    def model_validate(values: object) -> RunConfig:
        calls["validation"] += 1
        return validate(values)

    monkeypatch.setattr(RunConfig, "model_validate", model_validate)
    before = session.network.config.learning_rate
    editor.lineEdit().setFocus()
    qtbot.keyClicks(editor.lineEdit(), "5")
    for _ in range(3):  # what follows behind timers of no length
        QApplication.processEvents()
    assert session.network.config.learning_rate != before
    assert calls["freeze_plan"] and calls["validation"]  # the counting works
    assert {name: calls[name] for name in MOST if calls[name] > MOST[name]} == {}
