"""The facts of one ball, beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from tlstudio.gui.features.compare.ball_chart.values import Ball
from tlstudio.gui.kit.basics import label

ROWS = 11


class BallInfo(QFrame):
    """A box that the mouse goes through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setProperty("role", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.title = label()
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.subtitle = label("", "hint")
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setHorizontalSpacing(16)
        layout.setVerticalSpacing(2)
        layout.addWidget(self.title, 0, 0, 1, 2)
        layout.addWidget(self.subtitle, 1, 0, 1, 2)
        layout.setRowMinimumHeight(2, 4)
        self.rows: list[tuple[QLabel, QLabel]] = []
        for row in range(ROWS):
            name, value = label("", "hint"), label("")
            layout.addWidget(name, 3 + row, 0)
            layout.addWidget(value, 3 + row, 1, Qt.AlignmentFlag.AlignRight)
            self.rows.append((name, value))
        self.hide()

    @property
    def texts(self) -> dict[str, str]:
        """The facts that are shown, by name."""
        return {n.text(): v.text() for n, v in self.rows if not n.isHidden()}

    def show_ball(self, ball: Ball, x_px: int, y_px: int, radius_px: int) -> None:
        """Show `ball`, that lies at a point of the parent, without leaving the parent."""
        self.title.setText(ball.title)
        self.subtitle.setText(ball.subtitle)
        for number, (name, value) in enumerate(self.rows):
            has = number < len(ball.facts)
            name.setVisible(has)
            value.setVisible(has)
            if has:
                name.setText(ball.facts[number][0])
                value.setText(ball.facts[number][1])
        self.show()
        self.adjustSize()
        away = radius_px + 12
        x = x_px + away
        if x + self.width() > self._around.width():
            x = x_px - away - self.width()
        y = y_px - self.height() // 2
        self.move(max(0, x), max(0, min(y, self._around.height() - self.height())))
        self.raise_()
