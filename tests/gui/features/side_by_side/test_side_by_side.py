"""Which networks stand side by side, and by how much they differ."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.beside import PAIR, small_beside
from tests.gui.networks import failing_at_first
from tests.gui.showing import on_screen
from tlstudio.core.networks import sets
from tlstudio.core.networks.sets import NetworkSet
from tlstudio.gui.features.side_by_side import button as button_module
from tlstudio.gui.features.side_by_side.bar import SideBySideBar
from tlstudio.gui.features.side_by_side.button import SideBySideButton
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


@pytest.fixture
def beside(ready_session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(jobs, "side_by_side", small_beside)
    return ready_session


def show(session: Session, qtbot: QtBot, models: tuple[str, ...]) -> None:
    session.beside.show(models)
    qtbot.waitUntil(lambda: session.beside.value is not None)


def test_the_bar_tells_sums_and_differences(beside: Session, qtbot: QtBot) -> None:
    bar = on_screen(SideBySideBar(beside), qtbot, 600, 120)
    show(beside, qtbot, PAIR)
    assert bar.texts()[0] == ["ResNet-18", "AlexNet"]
    assert bar.texts()[1] == ["Depth", "4", "5 (+1)"]
    assert bar.texts()[2] == ["Weight layers", "4", "5 (+1)"]
    assert bar.texts()[3][2].endswith("(=)")


def test_it_says_whose_auxiliary_classifiers_are_not_counted(beside: Session, qtbot: QtBot) -> None:
    bar = on_screen(SideBySideBar(beside), qtbot, 600, 160)
    assert bar.left_out.isHidden()
    show(beside, qtbot, PAIR)
    assert bar.left_out.isHidden()
    show(beside, qtbot, ("googlenet", "inception_v3", "resnet18"))
    assert bar.left_out.isVisible()
    names = [beside.network.title_of(name) for name in ("googlenet", "inception_v3")]
    assert bar.left_out.text().endswith(": " + ", ".join(names))
    beside.beside.end()
    assert bar.left_out.isHidden()


def test_networks_are_added_up_to_six_and_left_out_down_to_two(
    beside: Session, qtbot: QtBot
) -> None:
    bar = on_screen(SideBySideBar(beside), qtbot, 600, 120)
    show(beside, qtbot, PAIR)
    bar.add.click()
    qtbot.keyClicks(bar.search.line, "vgg-11")
    assert [bar.search.list.item(n).text() for n in range(bar.search.list.count())] == ["VGG-11"]
    qtbot.keyClick(bar.search.line, Qt.Key.Key_Return)
    assert beside.beside.models == (*PAIR, "vgg11_bn")
    beside.beside.show(str(n) for n in range(9))
    assert len(beside.beside.models) == 6 and not bar.add.isEnabled()
    beside.beside.show(["resnet18", "resnet18"])
    assert beside.beside.models == ()


def test_another_chosen_network_is_shown_alone(beside: Session, qtbot: QtBot) -> None:
    show(beside, qtbot, PAIR)
    beside.network.change(epochs=3)
    assert beside.beside.models == PAIR
    beside.network.set_model("resnet18")
    assert beside.beside.models == () and beside.beside.value is None


def test_a_failure_can_be_tried_again(
    beside: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "side_by_side", failing_at_first(small_beside, "It is odd."))
    beside.beside.show(PAIR)
    qtbot.waitUntil(lambda: beside.beside.failure is not None)
    beside.beside.retry()
    qtbot.waitUntil(lambda: beside.beside.value is not None)
    assert beside.beside.failure is None


def test_the_menu_offers_sets_that_are_in_the_catalog(
    beside: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (NetworkSet("Both", PAIR), NetworkSet("Unknown", ("vgg_a", "vgg_b")))
    monkeypatch.setattr(button_module, "NETWORK_SETS", rows)
    button = on_screen(SideBySideButton(beside), qtbot, 120, 30)
    button.menu().aboutToShow.emit()
    titles = [action.text() for action in button.menu().actions() if not action.isSeparator()]
    assert titles == ["Both", "EfficientNet-Lite0 and another one…", "Only the chosen network"]
    button.menu().actions()[0].trigger()
    assert beside.beside.models == PAIR
    button.search.chosen.emit("vgg11_bn")
    assert beside.beside.models == ("tf_efficientnet_lite0", "vgg11_bn")


def test_sets_have_two_to_six_networks() -> None:
    assert all(2 <= len(set(row.models)) == len(row.models) <= 6 for row in sets.NETWORK_SETS)
