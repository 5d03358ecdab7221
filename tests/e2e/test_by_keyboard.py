"""The whole way by keyboard alone: every key goes through the real window, as a person's would."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.clipping import chain
from tests.gui.spoken import is_stop
from tlstudio.core.storage import resources_dir
from tlstudio.gui.app import Studio
from tlstudio.gui.features.dataset.sample_cards import SampleCard
from tlstudio.gui.features.results.page import ResultsPage
from tlstudio.gui.kit.drop_zone import DropZone
from tlstudio.gui.kit.number_field import NumberField
from tlstudio.gui.state import jobs
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Step

MOST_STOPS = 60  # of a page
FEW = 6  # images of each class and split: it is not the training that is tried here


class Hands:
    """Two hands on a keyboard, and eyes that look for the focus."""

    def __init__(self, studio: Studio) -> None:
        self._window = studio.window

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each as in “Ctrl+Shift+S”."""
        for key in keys:
            pressed = QKeySequence(key)[0]
            window = QGuiApplication.focusWindow()
            assert window is not None, f"no window has the keyboard before {key}"
            QTest.keyClick(window, pressed.key(), pressed.keyboardModifiers())
            QApplication.processEvents()

    @property
    def at(self) -> QWidget:
        """What has the keyboard, in sight."""
        focused = QApplication.focusWidget()
        assert focused is not None, "the focus was lost"
        assert focused.isVisible(), f"{chain(focused)} has the focus out of sight"
        return focused

    def tab(self) -> QWidget:
        """Go to the next stop; the one before has shown that it had the focus, and let go."""
        before, picture = self.at, look(self.at)
        self.press("Tab")
        assert self.at is not before, f"{chain(before)} does not let go"
        is_shown = look(before) != picture or not is_stop(before)  # a page has no ring
        assert is_shown, f"{chain(before)} did not show that it had the focus"
        return self.at

    def tab_to(self, is_there: Callable[[QWidget], bool]) -> QWidget:
        """Go on from stop to stop until one is right."""
        stops = [self.at]
        while not is_there(self.at):
            stops.append(self.tab())
            assert len(stops) < MOST_STOPS, "\n".join(map(chain, stops))
        return self.at

    def round(self) -> None:
        """Once around the window: every stop shows the focus, part by part and none twice."""
        stops = [self.at if is_stop(self.at) else self.tab()]
        while (stop := self.tab()) is not stops[0]:
            assert stop not in stops and len(stops) < MOST_STOPS, "\n".join(map(chain, stops))
            stops.append(stop)
        parts = [part for part, _ in groupby(stops, self._part)]
        if len(parts) > 1 and parts[0] == parts[-1]:
            parts.pop()
        assert len(parts) == len(set(parts)), "\n".join(map(chain, stops))

    def _part(self, stop: QWidget) -> str:
        window = self._window
        parts: dict[str, QWidget] = {
            "rail": window.rail,
            "header": window.header,
            "inspector": window.inspector,
        }
        for name, part in parts.items():
            if part is stop or part.isAncestorOf(stop):
                return name
        return "page"


def look(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.fixture
def hands(studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hands:
    """On a window of a usual size; the samples have few images."""
    sample = tmp_path / "sample"
    for folder in (resources_dir() / "samples" / "autumn_table").glob("*/*"):
        target = sample / folder.parent.name / folder.name
        target.mkdir(parents=True)
        for image in sorted(folder.iterdir())[:FEW]:
            shutil.copy(image, target)
    monkeypatch.setattr(jobs, "sample_dataset_folder", lambda name: sample)
    studio.window.resize(1280, 800)
    studio.window.activateWindow()
    return Hands(studio)


def test_from_the_start_page_to_saved_weights(
    studio: Studio,
    hands: Hands,
    qtbot: QtBot,
    tmp_path: Path,
    accept_file: Callable[..., None],
) -> None:
    session, window = studio.session, studio.window
    network, run = session.network, session.run

    # sample data, from the start page
    hands.press("Tab")
    hands.round()
    hands.tab_to(lambda at: isinstance(at, SampleCard))
    hands.press("Return")
    qtbot.waitUntil(lambda: session.datasets.index is not None)
    qtbot.waitUntil(lambda: session.can_train)
    hands.round()

    # a network, by the search of the page; a strategy, a number, a layer
    hands.press("Ctrl+2", "Ctrl+F", *"lite0", "Down", "Return")
    assert network.config.model == "tf_efficientnet_lite0"
    hands.round()
    inspector = window.inspector.fill()
    hands.tab_to(lambda at: at is inspector.settings.strategies)
    hands.press("End", "Up")
    assert network.config.strategy != "feature_extraction"
    hands.tab_to(lambda at: isinstance(at, NumberField) and at.accessibleName() == "Epochs")
    hands.press("Ctrl+A", "1")
    assert network.config.epochs == 1
    layers = inspector.layers.view
    hands.tab_to(lambda at: at is layers)
    hands.press("Home", "Space")
    assert network.config.strategy == "custom"
    qtbot.waitUntil(lambda: session.can_train)

    # the run, by the mnemonics of its menu; what is seen of it
    hands.press("Alt+T", "T")
    qtbot.waitUntil(lambda: run.record.end is not None and run.status is RunStatus.IDLE)
    assert session.step is Step.TRAIN
    hands.round()

    # a cell of the matrix, its images, one of them and why
    hands.press("Ctrl+4")
    page = window.pages[Step.RESULTS]
    assert isinstance(page, ResultsPage)
    hands.round()
    hands.tab_to(lambda at: at is page.matrix.view)
    hands.press("Right", "Return")
    assert len(page.gallery.grid.items) < len(run.record.shown_predictions.predictions)
    hands.press("Escape")
    hands.tab_to(lambda at: at is page.gallery.grid)
    hands.press("Right", "Return")
    assert page.gallery.viewing
    viewer = page.gallery.viewer
    hands.round()
    hands.tab_to(lambda at: at in viewer.why.choice.buttons())
    hands.press("Right")
    qtbot.waitUntil(lambda: viewer.why.save_button.isEnabled())
    hands.tab_to(lambda at: at is viewer.why.strength)
    hands.press("Left")
    hands.press("Escape")
    assert hands.at is page.gallery.grid and not page.gallery.viewing

    # the run among all runs; other images
    hands.press("Ctrl+6")
    hands.round()
    hands.press("Ctrl+5")
    [photo] = sorted(tmp_path.rglob("*.jpg"))[:1]
    accept_file(photo)
    hands.tab_to(lambda at: isinstance(at, DropZone))
    hands.press("Return")
    answers = session.classifier
    qtbot.waitUntil(lambda: bool(answers.answers) and not answers.predicting)  # nothing moves then
    QApplication.processEvents()
    hands.round()

    # the weights, and out
    target = tmp_path / "weights.pth"
    accept_file(target)
    with qtbot.waitSignal(session.classifier.saved):
        hands.press("Ctrl+S")
    assert target.exists()
    with qtbot.waitSignal(window.closed):
        hands.press("Ctrl+Q")
