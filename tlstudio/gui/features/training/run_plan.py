"""The card that says what a run would do, and the button that starts it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, plain_tip, set_property
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import Stretch, hstack, vstack

WIDTH_PX = 520


class RunPlan(QWidget):
    """The facts of a run before it begins, and what keeps it from beginning.

    Signals:
        train_clicked()
        remedy_clicked(): the button beside the problem.
        preset_clicked(): a person wants the settings of the other preset.
        code_clicked(): a person wants to see the run as code.
    """

    train_clicked = Signal()
    remedy_clicked = Signal()
    preset_clicked = Signal()
    code_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "forecast")
        self.title = label("", "title")
        self.facts = FactList()
        self.train_button = IconButton(self.tr("Train"), "play", clicked=self.train_clicked.emit)
        self.remedy_button = IconButton("", clicked=self.remedy_clicked.emit)
        self.preset_button = IconButton("", "reload", "link", self.preset_clicked.emit)
        self.code_button = IconButton(
            self.tr("Show me the PyTorch"), "code", "quiet", clicked=self.code_clicked.emit
        )
        self._problem_icon = IconLabel("info")
        self.problem = label("", wrap=True)
        self.hint = label("", "hint", wrap=True)

        card = QFrame()
        card.setObjectName("run_plan_card")
        card.setFixedWidth(WIDTH_PX)
        words = vstack(self.problem, self.hint, spacing=2)
        self._problem_row = QWidget()
        hstack(
            (self._problem_icon, Qt.AlignmentFlag.AlignTop),
            (words, 1),
            spacing=theme.GRID,
            parent=self._problem_row,
        )
        buttons = hstack(
            self.train_button, self.remedy_button, self.code_button, Stretch(), spacing=theme.GRID
        )

        vstack(
            IconLabel("train", 48, "text_faint"),
            self.title,
            vstack(
                self.facts, (self.preset_button, Qt.AlignmentFlag.AlignLeft), spacing=theme.GRID
            ),
            self._problem_row,
            buttons,
            spacing=theme.GRID * 2,
            parent=card,
        )

        # an alignment would give the card less height than its words need
        middle = hstack(Stretch(), card, Stretch())
        vstack(Stretch(2), middle, Stretch(3), margins=None, parent=self)
        self.show_problem("", "")

    def show_plan(self, title: str, facts: Iterable[tuple[str, str]], *, can_train: bool) -> None:
        """Show what a run would do."""
        self.title.setText(title)
        self.facts.set_facts(facts)
        self.train_button.setEnabled(can_train)

    def show_preset(self, offer: str, tooltip: str) -> None:
        """Offer another preset; empty for none."""
        self.preset_button.setText(offer)
        self.preset_button.setToolTip(plain_tip(tooltip))
        self.preset_button.setVisible(bool(offer))

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
