"""The camera on the Use page, with a camera that shows what a test gives it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.helpers import tiny_classifier
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.use.pictures import time_of
from tlstudio.gui.features.use import live_state
from tlstudio.gui.features.use.live_state import LiveState
from tlstudio.gui.features.use.page import UsePage, UseView
from tlstudio.gui.kit import frames
from tlstudio.gui.kit.capture import VideoDialog
from tlstudio.gui.kit.frames import FrameSource
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.session import Session


class Frames(FrameSource):
    """Delivers what a test gives it."""

    is_on = False

    def start(self) -> None:
        self.is_on = True

    def stop(self) -> None:
        self.is_on = False


def shot(value: int) -> QImage:
    image = QImage(33, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(value, 90, 10))
    return image


@pytest.fixture
def page(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> UsePage:
    monkeypatch.setattr(live_state, "LEAST_S", 0.0)
    classifier = tiny_classifier(("green", "red"))
    session.classifier.take(classifier, ClassifierInfo("tiny", classifier.classes))
    page = UsePage(session)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


def choose(page: UsePage, view: UseView) -> None:
    page.view_choice.set_value(view)
    page._on_view_chosen(view)


def test_what_the_camera_sees_is_named(page: UsePage, session: Session, qtbot: QtBot) -> None:
    source, view = Frames(), page.live_view
    view.names_of, view.make_source = (lambda: ["one"]), (lambda name: source)
    choose(page, UseView.CAMERA)
    assert source.is_on and not view.keep_button.isEnabled()
    state = session.feature(LiveState)

    def seen() -> bool:
        source.frame.emit(shot(200), 0.0)
        return state.answer is not None

    qtbot.waitUntil(seen)
    assert view.answer.text().split()[0] in ("green", "red")
    assert len(view.bars.rows) == 2
    asked: list[ImageRef] = []
    session.classifier.predict = asked.extend  # type: ignore[method-assign,assignment]
    qtbot.mouseClick(view.keep_button, Qt.MouseButton.LeftButton)
    assert [image.name for image in asked] == ["Camera 1.jpg"]
    assert not source.is_on  # it goes off with the view
    other = tiny_classifier(("a", "b"))
    session.classifier.take(other, ClassifierInfo("other", other.classes))
    assert state.answer is None and view.answer.text() == ""


def test_only_one_picture_is_looked_at_at_a_time(
    page: UsePage, session: Session, qtbot: QtBot
) -> None:
    state = session.feature(LiveState)
    state.offer(shot(1))  # the network is copied first
    qtbot.waitUntil(lambda: not state._is_busy)
    assert [state.offer(shot(value)) for value in (1, 2, 3)] == [True, False, False]
    qtbot.waitUntil(lambda: not state._is_busy)
    assert state.offer(shot(4))
    qtbot.waitUntil(lambda: not state._is_busy)


@pytest.mark.parametrize(("names", "words"), [(None, "tlstudio[camera]"), ((), "Plug one in")])
def test_without_a_camera_it_says_what_to_do(
    page: UsePage, names: Sequence[str] | None, words: str
) -> None:
    page.live_view.names_of = lambda: names
    choose(page, UseView.CAMERA)
    assert page.live_view.empty.isVisible() and words in page.live_view.empty.text.text()


def test_frames_of_a_video_are_asked_about_with_their_times(
    page: UsePage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "clip.gif"
    shots = [Image.new("RGB", (40, 40), (value, 0, 0)) for value in (0, 80, 160, 240)]
    shots[0].save(path, save_all=True, append_images=shots[1:], duration=500)
    page._open_video(path)
    [dialog] = page.findChildren(VideoDialog)
    dialog.every.setValue(1.0)
    dialog.start_button.click()
    answers = session.classifier
    qtbot.waitUntil(lambda: len(answers.answers) == 2 and not answers.predicting)
    assert [time_of(answer.image) for answer in answers.answers] == [0.0, 1.0]
    assert not page.gallery.viewing
    header, first, second = page._csv()().splitlines()
    assert header.split(",")[1] == "time_s"
    assert first.startswith(f"{path}/clip 0000.00.jpg,0.000,")
    assert second.split(",")[1] == "1.000"
    dialog.close()


def test_without_multimedia_a_dropped_video_says_what_is_missing(
    page: UsePage, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "has_multimedia", lambda: False)
    page._ask([Path("clip.mp4")])
    assert "tlstudio[camera]" in session.notifications.kept[-1].text
