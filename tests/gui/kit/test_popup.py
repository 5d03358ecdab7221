"""Where a popup opens, and what closes it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tlstudio.gui.kit.popup import Popup


@pytest.fixture
def button(app: QApplication, qtbot: QtBot) -> QPushButton:
    button = QPushButton("More")
    qtbot.addWidget(button)
    button.setGeometry(200, 200, 80, 30)
    with qtbot.waitExposed(button):
        button.show()
    return button


@pytest.mark.parametrize("is_on_button", [True, False])
def test_a_click_beside_it_closes_it_and_its_button_does_not_open_it_again(
    button: QPushButton, qtbot: QtBot, is_on_button: bool
) -> None:
    popup = Popup(button)
    popup.open_at(QRect(200, 240, 100, 100), button)
    place = button.mapToGlobal(button.rect().center()) if is_on_button else QPoint(10, 10)
    qtbot.mousePress(popup, Qt.MouseButton.LeftButton, pos=popup.mapFromGlobal(place))
    assert not popup.isVisible()
    assert popup.testAttribute(Qt.WidgetAttribute.WA_NoMouseReplay) is is_on_button


@pytest.mark.parametrize("corner", [QPoint(-50, -50), QPoint(100_000, 100_000)])
def test_all_of_it_is_on_the_screen(button: QPushButton, corner: QPoint) -> None:
    popup = Popup(button)
    popup.open_at(QRect(corner, button.size()), button)
    assert button.screen().availableGeometry().contains(popup.geometry())
