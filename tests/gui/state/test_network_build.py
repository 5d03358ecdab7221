"""What is made of the chosen network: only while somebody looks, and never of another one."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.gui.networks import wait_for_plan
from tlstudio.core.errors import ModelError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.gui.state.network_build import NetworkBuild
from tlstudio.gui.state.session import Session


class Viewer(QObject):
    """A job that answers with what it was asked, and what came of it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.asked: list[tuple[str, int]] = []
        self.answers: list[object] = []
        self.held = ""  # this model waits for `may_go`
        self.may_go = threading.Event()
        self.error: ModelError | None = None
        self.build = NetworkBuild(session.network, session.engine_pool, self._work, self)
        self.build.built.connect(self._on_built)

    def _work(self, model: str, num_classes: int, build: BuildConfig) -> tuple[str, int]:
        self.asked.append((model, num_classes))
        if model == self.held:
            self.may_go.wait(60)
        if self.error is not None:
            raise self.error
        return model, num_classes

    def _on_built(self, answer: object) -> None:
        self.answers.append(answer)


@pytest.fixture
def viewer(ready_session: Session) -> Viewer:
    return Viewer(ready_session)


def choose(session: Session, qtbot: QtBot, model: str) -> None:
    session.network.set_model(model)
    wait_for_plan(session, qtbot)


def test_nothing_is_asked_for_before_somebody_looks(
    viewer: Viewer, session: Session, qtbot: QtBot
) -> None:
    choose(session, qtbot, "resnet18")
    assert not viewer.asked and not viewer.build.is_current
    viewer.build.watch(True)
    qtbot.waitUntil(lambda: viewer.build.is_current)
    assert viewer.answers == [("resnet18", 1000)]
    viewer.build.watch(False)
    viewer.build.watch(True)
    assert viewer.asked == [("resnet18", 1000)]


def test_what_is_under_way_is_not_asked_for_again(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.held = "tf_efficientnet_lite0"
    viewer.build.watch(True)
    viewer.build.watch(False)
    viewer.build.watch(True)
    viewer.may_go.set()
    qtbot.waitUntil(lambda: viewer.build.is_current)
    assert len(viewer.asked) == 1


def test_what_comes_late_is_dropped(viewer: Viewer, session: Session, qtbot: QtBot) -> None:
    viewer.held = "resnet18"
    viewer.build.watch(True)
    session.network.set_model("resnet18")
    qtbot.waitUntil(lambda: ("resnet18", 1000) in viewer.asked)
    session.network.set_model("alexnet")
    assert not viewer.build.is_current
    viewer.may_go.set()
    qtbot.waitUntil(lambda: viewer.build.is_current)
    assert viewer.answers[-1] == ("alexnet", 1000)
    assert ("resnet18", 1000) not in viewer.answers


def test_after_a_failure_a_person_tries_again(
    viewer: Viewer, session: Session, qtbot: QtBot
) -> None:
    viewer.error = ModelError("It does not fit.")
    viewer.build.watch(True)
    qtbot.waitUntil(lambda: viewer.build.failure is not None)
    viewer.build.watch(True)
    assert len(viewer.asked) == 1
    viewer.error = None
    viewer.build.retry()
    assert viewer.build.failure is None
    qtbot.waitUntil(lambda: viewer.build.is_current)


def test_another_network_may_work(viewer: Viewer, session: Session, qtbot: QtBot) -> None:
    viewer.error = ModelError("It does not fit.")
    viewer.build.watch(True)
    qtbot.waitUntil(lambda: viewer.build.failure is not None)
    viewer.error = None
    choose(session, qtbot, "alexnet")
    qtbot.waitUntil(lambda: viewer.build.is_current)
    assert viewer.build.failure is None


def test_another_head_replaces_what_is_there(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.build.watch(True)
    qtbot.waitUntil(lambda: viewer.build.is_current)
    viewer.build.set_num_classes(5)
    assert viewer.build.is_current  # still shown, until the other one comes
    qtbot.waitUntil(lambda: len(viewer.answers) == 2)
    viewer.build.set_num_classes(None)
    qtbot.waitUntil(lambda: len(viewer.answers) == 3)
    assert [classes for _, classes in viewer.asked] == [1000, 5, 1000]
