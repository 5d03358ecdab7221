"""The Train page: a run, and all that helps to decide what it shall be."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app.parts import TabSpec, shown_tabs
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.later import later
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.run_texts import RunTexts
from tlstudio.gui.state.session import Session

LOW_PX = 420  # a lower page has no room for margins above and below


class TrainTab(StrEnum):
    """The views of the page."""

    RUN = "run"
    PLAN = "plan"
    ADVICE = "advice"
    RATE = "rate"
    RACE = "race"
    FOLDS = "folds"


VIEWS = (  # left to right
    TabSpec(
        TrainTab.RUN,
        QT_TRANSLATE_NOOP("TrainPage", "Run"),
        later("tlstudio.gui.features.training.view", "RunView"),
    ),
    TabSpec(
        TrainTab.PLAN,
        QT_TRANSLATE_NOOP("TrainPage", "Plan"),
        later("tlstudio.gui.features.strategy.plan_view", "PlanView"),
        is_expert=True,
    ),
    TabSpec(
        TrainTab.ADVICE,
        QT_TRANSLATE_NOOP("TrainPage", "Advice"),
        later("tlstudio.gui.features.advice.view", "AdviceView"),
    ),
    TabSpec(
        TrainTab.RATE,
        QT_TRANSLATE_NOOP("TrainPage", "Learning rate"),
        later("tlstudio.gui.features.rate_finder.view", "RateView"),
        is_expert=True,
    ),
    TabSpec(
        TrainTab.RACE,
        QT_TRANSLATE_NOOP("TrainPage", "Race"),
        later("tlstudio.gui.features.race.view", "RaceView"),
        is_expert=True,
    ),
    TabSpec(
        TrainTab.FOLDS,
        QT_TRANSLATE_NOOP("TrainPage", "Folds"),
        later("tlstudio.gui.features.folds.view", "FoldsView"),
        is_expert=True,
    ),
)
_SPECS = {spec.view: spec for spec in VIEWS}


class TrainPage(QWidget):
    """A row of views above the one that is shown; a view is built when it is first wanted.

    The title tells of the run; beside views that are about the next one only while it goes on.

    Signals:
        save_weights_requested(): a person wants the weights in a file.
    """

    save_weights_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._texts = RunTexts(self)
        self._built: dict[TrainTab, QWidget] = {}
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label("", "title")
        self.tabs = Segmented(self.tr("View"))
        self.tabs.chosen.connect(self.show_tab)
        self._stack = ScrolledPages()
        header = hstack(self.title, Stretch(), self.tabs)
        self._column = vstack(header, (self._stack, 1), parent=self)

        run = session.run
        run.status_changed.connect(self._on_status_changed)
        run.started.connect(self._show_title)
        run.progressed.connect(self._show_title)
        run.ended.connect(self._show_title)
        self._show_title()
        session.simple_changed.connect(self._show_tabs)
        self._show_tabs()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low page has no room for margins above and below."""
        super().resizeEvent(event)
        side, is_low = 3 * theme.GRID, self.height() < LOW_PX
        above, below = (theme.GRID, theme.GRID) if is_low else (side, 2 * theme.GRID)
        self._column.setContentsMargins(side, above, side, below)
        self._column.setSpacing(below)

    def view(self, view: TrainTab) -> QWidget:
        """Return a view, built if it has not been yet."""
        if view not in self._built:
            built = self._built[view] = _SPECS[view].make(self._session, self._stack.holder)
            self._stack.addWidget(built)
            if hasattr(built, "save_weights_requested"):
                built.save_weights_requested.connect(self.save_weights_requested)
        return self._built[view]

    def _show_tabs(self) -> None:
        """Offer the views, and show the one that was shown, or the first if it is left out."""
        shown = shown_tabs(VIEWS, self._session)
        self.tabs.set_options([(spec.view, self.tr(spec.title)) for spec in shown])
        view = TrainTab(self._session.train_tab or TrainTab.RUN)
        self.show_tab(view if view in [spec.view for spec in shown] else TrainTab.RUN)

    def show_tab(self, view: TrainTab) -> None:
        """Bring one view to the front; one that the simple view leaves out brings the others."""
        self._session.train_tab = view
        if _SPECS[view].is_expert:
            self._session.set_simple(False)
        self.tabs.set_value(view)
        self._stack.setCurrentWidget(self.view(view))
        self._show_title()

    def _on_status_changed(self, status: RunStatus) -> None:
        if status is RunStatus.PREPARING:
            self.show_tab(TrainTab.RUN)
        self._show_title()

    def _show_title(self) -> None:
        run = self._session.run
        is_told = run.active or self._session.train_tab == TrainTab.RUN
        self.title.setText(self._texts.phase_title(run) if is_told else self.tr("Train"))
