"""Items of every kind land in the layout as Qt's own calls would put them there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tlstudio.gui.kit.layout import Stretch, hstack, vstack


def facts(box: QBoxLayout) -> list[object]:
    """All that decides where the items of `box` go."""
    items = []
    for place in range(box.count()):
        item = box.itemAt(place)
        child = item.widget() or item.layout()
        space = None if child else item.sizeHint().toTuple()
        items.append((child, space, box.stretch(place), item.alignment()))
    return [items, box.spacing(), box.contentsMargins()]


@pytest.mark.parametrize(("stack", "kind"), [(hstack, QHBoxLayout), (vstack, QVBoxLayout)])
def test_items_of_every_kind(qtbot: QtBot, stack: type, kind: type) -> None:
    top = Qt.AlignmentFlag.AlignTop
    widgets = [QLabel() for _ in range(4)]
    inner = QHBoxLayout(), QVBoxLayout()
    expected_on, on = QWidget(), QWidget()
    for widget in (*widgets, expected_on, on):
        qtbot.addWidget(widget)

    box = stack(
        widgets[0],
        (widgets[1], 2),
        (widgets[2], top),
        (widgets[3], 1, top | Qt.AlignmentFlag.AlignLeft),
        8,
        Stretch(),
        Stretch(3),
        inner[0],
        (inner[1], 5),
        spacing=4,
        margins=(1, 2, 3, 4),
        parent=on,
    )
    assert type(box) is kind
    assert on.layout() is box
    said = facts(box)
    while box.count():
        box.takeAt(0)
    for layout in inner:
        layout.setParent(None)

    plain = kind(expected_on)
    plain.addWidget(widgets[0])
    plain.addWidget(widgets[1], 2)
    plain.addWidget(widgets[2], alignment=top)
    plain.addWidget(widgets[3], 1, top | Qt.AlignmentFlag.AlignLeft)
    plain.addSpacing(8)
    plain.addStretch()
    plain.addStretch(3)
    plain.addLayout(inner[0])
    plain.addLayout(inner[1], 5)
    plain.setSpacing(4)
    plain.setContentsMargins(1, 2, 3, 4)
    assert said == facts(plain)


def test_margins_are_none_unless_said_and_the_styles_on_request(qtbot: QtBot) -> None:
    widgets = [QWidget() for _ in range(4)]
    for widget in widgets:
        qtbot.addWidget(widget)
    styled = QHBoxLayout(widgets[0]).contentsMargins()
    assert hstack(parent=widgets[1]).contentsMargins().isNull()
    assert hstack(margins=None, parent=widgets[2]).contentsMargins() == styled
    margins = hstack(margins=8, parent=widgets[3]).contentsMargins()
    assert {margins.left(), margins.top(), margins.right(), margins.bottom()} == {8}
