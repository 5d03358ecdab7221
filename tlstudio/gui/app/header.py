"""The bar above the page: what is being worked on, and the one next thing to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.needs import TRAINING
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.app.actions import ACTION_BY_NAME
from tlstudio.gui.app.menus import RunsMenu
from tlstudio.gui.app.next_action import NEXT_ACTIONS, next_action, tip, title
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, no_mnemonic, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import WhatButton, explain
from tlstudio.gui.kit.language import core_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack
from tlstudio.gui.state.reasons import mend, reason, reason_text, remedy_title
from tlstudio.gui.state.runs import run_title
from tlstudio.gui.state.session import Session, Step

if TYPE_CHECKING:
    from tlstudio.gui.state.health import HealthState

HEIGHT_PX = 48
LEAST_HINT_PX = 48  # what is worked on gives way down to this; the reason stays whole


class ReasonLink(IconButton):
    """Why the action is grey, on two lines where one is too short. A click shows where to mend it.

    Where waiting is enough it is plain text.
    """

    def __init__(self) -> None:
        super().__init__("", kind="weblink")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_reason(self, text: str, tip: str, *, can_be_mended: bool) -> None:
        self.setText(text)
        self.setToolTip(plain_tip(tip))
        self.setVisible(bool(text))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not can_be_mended)
        focus = Qt.FocusPolicy.TabFocus if can_be_mended else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(focus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._token = "accent" if can_be_mended else "text_soft"
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()) + theme.GRID
        return QSize(width, HEIGHT_PX - theme.GRID)

    def minimumSizeHint(self) -> QSize:
        """Room for the text on two lines, wherever the break falls."""
        metrics = QFontMetrics(self.font())
        words = self.text().split()
        longest = max((metrics.horizontalAdvance(word) for word in words), default=0)
        width = metrics.horizontalAdvance(self.text()) + theme.GRID
        return QSize(min(width, (width + longest) // 2 + theme.GRID), HEIGHT_PX - theme.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(getattr(theme.current(), self._token)))
        font = self.font()
        font.setUnderline(self.underMouse() and self.isEnabled())
        painter.setFont(font)
        where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        flags = int(where) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self.rect().adjusted(2, 0, -2, 0), flags, self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(0, 4, -1, -5), 4, 4)


class ActionButton(IconButton):
    """The primary button. A double click is one: what is next may be something else by then."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class Header(QWidget):
    """Dataset, model and strategy in one line, and what is next as the window's primary button.

    On the start page without a dataset there is none: its own button is the next thing to press.

    Args:
        actions: the commands of the menus, which the button carries out.
    """

    def __init__(
        self, session: Session, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self.setFixedHeight(HEIGHT_PX)
        self._dataset = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self._model = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self._model.setProperty("role", "hint")
        self.run = IconButton("", "recent", "quiet")
        explain(self.run, "run")
        explain(self._model, "strategy")
        explain(self._dataset, "sample")
        self.run.setMenu(RunsMenu(session, self.run))
        self.run.setToolTip(self.tr("The run that is shown, saved and used; open another one"))
        self.reason = ReasonLink()
        self.reason.clicked.connect(self._on_reason_clicked)
        self.findings = ReasonLink()
        self.findings.clicked.connect(self._on_findings_clicked)
        self._health: HealthState | None = None
        self.action = ActionButton("", "play", "primary", self._on_clicked)
        self.action.setObjectName("header_action")
        self._fit_action()
        self.what = WhatButton()
        middle = Qt.AlignmentFlag.AlignVCenter
        for hint in (self._dataset, self._model):
            hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            hint.setMinimumWidth(LEAST_HINT_PX)
        hstack(
            (IconLabel("data"), middle),
            (self._dataset, middle),
            (IconLabel("next", 12), middle),
            (self._model, middle),
            Stretch(),
            (self.run, middle),
            self.reason,
            self.findings,
            (self.action, middle),
            (self.what, middle),
            spacing=theme.GRID,
            margins=(theme.GRID * 3, 0, theme.GRID * 2, 0),
            parent=self,
        )

        session.datasets.changed.connect(self.refresh)
        session.datasets.loading_changed.connect(self.refresh)
        session.network.settings_changed.connect(self.refresh)
        session.network.field_problems_changed.connect(self.refresh)
        session.network.models_changed.connect(self.refresh)
        session.network.engine_ready.connect(self.refresh)
        session.run.status_changed.connect(self.refresh)
        session.run.predictions_changed.connect(self.refresh)
        session.classifier.changed.connect(self.refresh)
        session.runs.current_changed.connect(self.refresh)
        session.busy_changed.connect(self.refresh)
        session.step_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        session = self._session
        index = session.datasets.index
        self.setVisible(index is not None or session.step is not Step.DATA)
        name = self.tr("No dataset yet")
        if index is not None:
            name = self.tr("{name} · {count} images").format(
                name=shown(index.name), count=formats.count(len(index.samples))
            )
        self._dataset.set_text(name)
        spec = session.network.spec
        model = spec.title if spec else session.network.config.model
        strategy = core_text(STRATEGIES[session.network.config.strategy].title)
        self._model.set_text(f"{model} · {strategy}")
        run, info = session.runs.current, session.classifier.info
        self.run.setVisible(run is not None or info is not None)
        if run is not None:
            self.run.setText(no_mnemonic(run_title(run)))
        elif info is not None:
            self.run.setText(no_mnemonic(info.source or info.model))
        action = next_action(session)
        self.action.setText(title(action))
        self.action.set_icon(action.icon)
        self.action.setEnabled(not action.command or ACTION_BY_NAME[action.command].can(session))
        self.action.setToolTip(plain_tip(tip(action, session)))
        self._show_reason(is_training_next=action.command == "train")

    def _show_reason(self, *, is_training_next: bool) -> None:
        session = self._session
        text, tip = "", ""
        if is_training_next:
            text, tip = reason(session, TRAINING)[0], reason_text(session, TRAINING)
        self.reason.show_reason(
            text, tip, can_be_mended=bool(text and remedy_title(session, TRAINING))
        )
        self._show_findings(is_wanted=is_training_next and not text)

    def _show_findings(self, *, is_wanted: bool) -> None:
        """What is wrong with the data, before it is trained on; it keeps nobody from training."""
        count = self._open_findings() if is_wanted else 0
        text = self.tr("%n finding(s) that change your result", "", count) if count else ""
        self.findings.show_reason(
            text, self.tr("Show what the health check found in the images"), can_be_mended=True
        )

    def _open_findings(self) -> int:
        if self._session.datasets.index is None:
            return 0
        if self._health is None:
            from tlstudio.gui.state.health import HealthState  # not before the first paint

            self._health = self._session.feature(HealthState)
            self._health.changed.connect(self.refresh)
        return self._health.serious_count

    def _fit_action(self) -> None:
        """As wide as its longest title, so that nothing jumps when another is next."""
        widths = []
        for row in NEXT_ACTIONS:
            self.action.setText(title(row))
            widths.append(self.action.sizeHint().width())
        self.action.setMinimumWidth(max(widths))

    def _on_clicked(self) -> None:
        action = next_action(self._session)
        if action.step is not None:
            self._session.go_to(action.step)
        else:
            self._actions[action.command].trigger()

    def _on_reason_clicked(self) -> None:
        mend(self._session, TRAINING)

    def _on_findings_clicked(self) -> None:
        from tlstudio.gui.state.browsing import BrowsingState

        self._session.feature(BrowsingState).show_tab("findings")
