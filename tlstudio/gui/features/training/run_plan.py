"""The card that says what a run would do, and the button that starts it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, set_property
from tlstudio.gui.kit.fact_list import FactList

WIDTH_PX = 520


class RunPlan(QWidget):
    """The facts of a run before it begins, and what keeps it from beginning.

    Signals:
        train_clicked()
        remedy_clicked(): the button beside the problem.
        code_clicked(): a person wants to see the run as code.
    """

    train_clicked = Signal()
    remedy_clicked = Signal()
    code_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("", "title")
        self.facts = FactList()
        self.train_button = IconButton(
            self.tr("Train"), "play", "primary", clicked=self.train_clicked.emit
        )
        self.remedy_button = IconButton("", clicked=self.remedy_clicked.emit)
        self.code_button = IconButton(
            self.tr("Show me the PyTorch"), "code", "quiet", clicked=self.code_clicked.emit
        )
        self._problem_icon = IconLabel("info")
        self.problem = label("", wrap=True)
        self.hint = label("", "hint", wrap=True)

        card = QFrame()
        card.setObjectName("run_plan_card")
        card.setFixedWidth(WIDTH_PX)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.problem)
        words.addWidget(self.hint)
        self._problem_row = QWidget()
        problem_layout = QHBoxLayout(self._problem_row)
        problem_layout.setContentsMargins(0, 0, 0, 0)
        problem_layout.setSpacing(theme.GRID)
        problem_layout.addWidget(self._problem_icon, alignment=Qt.AlignmentFlag.AlignTop)
        problem_layout.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GRID)
        buttons.addWidget(self.train_button)
        buttons.addWidget(self.remedy_button)
        buttons.addWidget(self.code_button)
        buttons.addStretch()

        content = QVBoxLayout(card)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(theme.GRID * 2)
        content.addWidget(IconLabel("train", 48, "text_faint"))
        content.addWidget(self.title)
        content.addWidget(self.facts)
        content.addWidget(self._problem_row)
        content.addLayout(buttons)

        middle = QHBoxLayout()  # an alignment would give the card less height than its words need
        middle.addStretch()
        middle.addWidget(card)
        middle.addStretch()
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(middle)
        layout.addStretch(3)
        self.show_problem("", "")

    def show_plan(self, title: str, facts: Iterable[tuple[str, str]], *, can_train: bool) -> None:
        """Show what a run would do."""
        self.title.setText(title)
        self.facts.set_facts(facts)
        self.train_button.setEnabled(can_train)

    def show_problem(
        self, problem: str, hint: str, remedy: str = "", *, is_error: bool = False
    ) -> None:
        """Say why a run cannot begin, or why the last one failed; empty for nothing to say."""
        self._problem_row.setVisible(bool(problem))
        self._problem_icon.set_icon(
            "error" if is_error else "info", "wrong" if is_error else "text_soft"
        )
        set_property(self.problem, "tone", "wrong" if is_error else "")
        self.problem.setText(problem)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.remedy_button.setText(remedy)
        self.remedy_button.setVisible(bool(remedy))
