"""A person's whole way through the real window: open, freeze, train, stop, save, load, ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.e2e.conftest import COLORS, draw_photo
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.app import Studio
from tlstudio.gui.app.main_window import LEARN_DIALOG
from tlstudio.gui.state import run_jobs
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Step

TIMEOUT_MS = 120_000
# not over before somebody acts, however long the machine keeps them waiting
ENDLESS: dict[str, Any] = {"epochs": 1000, "batch_size": 4, "strategy": "fine_tuning"}


def click(qtbot: QtBot, button: QAbstractButton) -> None:
    assert button.isVisible() and button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def drop(widget: QWidget, *paths: Path) -> None:
    """Drop files on `widget` as a file manager would."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = QPoint(40, 40), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(at, copy, data, buttons, keys))
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), copy, data, buttons, keys))


def open_photos(qtbot: QtBot, studio: Studio, photos: Path) -> None:
    with qtbot.waitSignal(studio.session.datasets.changed, timeout=TIMEOUT_MS):
        drop(studio.window, photos)
    qtbot.waitUntil(lambda: studio.session.network.tree is not None, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: studio.session.network.tree.num_classes == 3, timeout=TIMEOUT_MS)


def train(qtbot: QtBot, studio: Studio, **settings: object) -> None:
    studio.session.network.change(**settings)
    with qtbot.waitSignal(studio.session.run.ended, timeout=TIMEOUT_MS):
        click(qtbot, studio.window.header.action)


def test_from_photos_to_saved_and_loaded_weights(
    qtbot: QtBot,
    studio: Studio,
    photos: Path,
    tmp_path: Path,
    accept_file: Callable[..., None],
) -> None:
    session, window = studio.session, studio.window

    open_photos(qtbot, studio, photos)
    index = session.datasets.index
    assert index is not None
    assert index.classes == tuple(COLORS)
    assert [e.image.name for e in index.excluded] == ["broken.jpg"]

    train(qtbot, studio, epochs=2, batch_size=8, learning_rate=0.01)
    assert session.step is Step.TRAIN
    assert session.run.record.end is not None
    assert session.run.record.end.reason is RunEndReason.FINISHED
    assert len(session.run.record.history.epochs) == 2
    assert len(session.run.record.shown_predictions.predictions) == 9

    click(qtbot, window.rail.buttons[Step.RESULTS])
    assert window.pages[Step.RESULTS].isVisible()

    target = tmp_path / "weights.pth"
    accept_file(target)
    with qtbot.waitSignal(session.classifier.saved, timeout=TIMEOUT_MS):
        window.actions_by_name["save_weights"].trigger()
    plain = timm.create_model("tf_efficientnet_lite0", num_classes=3)
    plain.load_state_dict(torch.load(target, weights_only=True))

    accept_file(target)
    with qtbot.waitSignal(session.classifier.changed, timeout=TIMEOUT_MS):
        window.actions_by_name["load_weights"].trigger()
    info = session.classifier.info
    assert info is not None
    assert info.source == "weights.pth"
    assert info.classes == tuple(COLORS)

    other = tmp_path / "other.png"
    draw_photo(other, COLORS["plum"], seed=99)
    with qtbot.waitSignal(session.classifier.answers_changed, timeout=TIMEOUT_MS):
        drop(window, other)
    assert session.step is Step.USE
    [answer] = session.classifier.answers
    assert answer.image.path == other
    assert sum(answer.probabilities) == pytest.approx(1, abs=1e-5)


def test_ticks_and_presets_are_the_same_boxes(qtbot: QtBot, studio: Studio, photos: Path) -> None:
    session = studio.session
    open_photos(qtbot, studio, photos)
    assert session.network.plan is not None
    assert session.network.plan.trainable == {"classifier"}

    session.network.tick({"classifier", "conv_head"})
    assert session.network.config.strategy == "custom"
    session.network.set_strategy("fine_tuning")
    assert session.network.plan.trainable_parameters == session.network.plan.total_parameters
    session.network.train_from("blocks.6")
    assert session.network.config.strategy == "partial"
    assert "conv_stem" not in session.network.plan.trainable
    assert "blocks.6.0.bn1" in session.network.plan.trainable


def test_pause_stop_and_keep_what_was_learned(qtbot: QtBot, studio: Studio, photos: Path) -> None:
    session, window = studio.session, studio.window
    open_photos(qtbot, studio, photos)
    session.network.change(**ENDLESS)
    with qtbot.waitSignal(session.run.started, timeout=TIMEOUT_MS):
        click(qtbot, window.header.action)
    qtbot.waitUntil(lambda: bool(session.run.record.history.epochs), timeout=TIMEOUT_MS)
    running_s = session.run.elapsed_s
    window.actions_by_name["pause"].trigger()
    assert session.run.status is RunStatus.PAUSED
    paused_s = session.run.elapsed_s
    assert paused_s >= running_s
    qtbot.wait(200)
    assert session.run.elapsed_s == paused_s
    window.actions_by_name["pause"].trigger()
    assert session.run.status is RunStatus.RUNNING
    assert session.run.elapsed_s >= paused_s
    with qtbot.waitSignal(session.run.ended, timeout=TIMEOUT_MS):
        window.actions_by_name["stop"].trigger()
    assert session.run.record.end is not None
    assert session.run.record.end.reason is RunEndReason.STOPPED
    assert session.classifier.info is not None


def test_closing_while_training_asks_and_ends_cleanly(
    qtbot: QtBot, studio: Studio, photos: Path
) -> None:
    session, window = studio.session, studio.window
    open_photos(qtbot, studio, photos)
    session.network.change(**ENDLESS)
    with qtbot.waitSignal(session.run.started, timeout=TIMEOUT_MS):
        click(qtbot, window.header.action)
    assert not window.close()
    assert session.run.active
    [question] = window.findChildren(QMessageBox)
    stop = question.findChild(QAbstractButton, "stop_and_quit")
    with qtbot.waitSignal(window.closed, timeout=TIMEOUT_MS):
        click(qtbot, stop)
    assert not window.isVisible()
    assert not session.run.active


def test_closing_while_training_keeps_the_run(qtbot: QtBot, studio: Studio, photos: Path) -> None:
    session, window = studio.session, studio.window
    open_photos(qtbot, studio, photos)
    session.network.change(**ENDLESS)
    with qtbot.waitSignal(session.run.started, timeout=TIMEOUT_MS):
        click(qtbot, window.header.action)
    qtbot.waitUntil(lambda: bool(session.run.record.history.epochs), timeout=TIMEOUT_MS)
    before = session.run.elapsed_s
    assert before > 0
    after: list[float] = []
    epochs: list[int] = []
    session.run.ended.connect(lambda end: epochs.append(end.epochs))
    session.run.ended.connect(lambda _: after.append(session.run.elapsed_s))
    assert not window.close()
    [question] = window.findChildren(QMessageBox)
    stop = question.findChild(QAbstractButton, "stop_and_quit")
    with qtbot.waitSignal(window.closed, timeout=TIMEOUT_MS):
        click(qtbot, stop)
    assert not window.isVisible()
    assert after[0] >= before
    [kept] = run_jobs.list_runs().entries
    assert [kept.epochs] == epochs and kept.can_continue


def test_a_failing_run_is_one_sentence_and_the_window_works_on(
    qtbot: QtBot, studio: Studio, photos: Path
) -> None:
    session = studio.session
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=3, batch_size=8, learning_rate=10.0, strategy="fine_tuning")
    end = session.run.record.end
    assert end is not None
    if end.reason is RunEndReason.FAILED:  # the loss blew up, as it should at such a rate
        assert session.notifications.kept[-1].hint
    session.go_to(Step.DATA)
    train(qtbot, studio, epochs=1, learning_rate=0.001, strategy="feature_extraction")
    assert session.run.record.end is not None
    assert session.run.record.end.reason is RunEndReason.FINISHED


def test_broken_weights_are_refused_and_the_model_in_hand_stays(
    qtbot: QtBot,
    studio: Studio,
    photos: Path,
    tmp_path: Path,
    accept_file: Callable[..., None],
) -> None:
    session, window = studio.session, studio.window
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    before = session.classifier.info
    broken = tmp_path / "broken.pth"
    broken.write_bytes(b"PK\x03\x04 torn off")
    accept_file(broken)
    with qtbot.waitSignal(session.notifications.posted, timeout=TIMEOUT_MS):
        window.actions_by_name["load_weights"].trigger()
    assert session.classifier.info is before
    assert session.notifications.kept[-1].level == "error"


def test_another_dataset_clears_the_results_and_keeps_the_model(
    qtbot: QtBot, studio: Studio, photos: Path, tmp_path: Path
) -> None:
    session = studio.session
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    assert session.run.record.shown_predictions.predictions
    for number, (name, color) in enumerate(COLORS.items()):
        for i in range(4):
            draw_photo(tmp_path / "other" / name / f"{i}.jpg", color, 50 + 10 * number + i)
    session.go_to(Step.DATA)
    with qtbot.waitSignal(session.datasets.changed, timeout=TIMEOUT_MS):
        drop(studio.window, tmp_path / "other")
    assert not session.run.record.shown_predictions.predictions
    assert not session.run.record.history.epochs
    assert session.classifier.info is not None


def test_train_waits_for_weights(qtbot: QtBot, studio: Studio, photos: Path) -> None:
    open_photos(qtbot, studio, photos)
    network = studio.session.network
    network.set_model("resnet18")
    qtbot.waitUntil(lambda: network.tree is not None)
    assert not studio.window.header.action.isEnabled()
    network.set_strategy("from_scratch")
    assert studio.window.header.action.isEnabled()


def test_the_window_is_rebuilt_in_korean_around_the_same_session(
    qtbot: QtBot, studio: Studio, photos: Path
) -> None:
    open_photos(qtbot, studio, photos)
    index = studio.session.datasets.index
    studio.session.learn("lesson/pooling")
    studio.set_language("ko")
    assert studio.window.isVisible()
    learn = studio.window.findChild(QDialog, LEARN_DIALOG)
    assert learn is not None and learn.windowTitle() == "배우기"
    learn.close()
    assert studio.window.rail.buttons[Step.TRAIN].text() == "학습"
    assert studio.session.datasets.index is index
    studio.set_language("en")
    assert studio.window.rail.buttons[Step.TRAIN].text() == "Train"
