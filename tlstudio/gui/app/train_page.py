"""The Train page: a run, and all that helps to decide what it shall be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.run import RunPhase
from tlstudio.gui.state.run_texts import RunTexts
from tlstudio.gui.state.session import Session


class TrainView(StrEnum):
    """The views of the page."""

    RUN = "run"
    PLAN = "plan"
    ADVICE = "advice"
    RATE = "rate"
    RACE = "race"


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """A view of the page: its name, its title in the row above, and its constructor."""

    view: TrainView
    title: str
    make: Callable[[Session], QWidget]


def _run_view(session: Session) -> QWidget:
    from tlstudio.gui.features.training.view import RunView

    return RunView(session)


def _plan_view(session: Session) -> QWidget:
    from tlstudio.gui.features.strategy.plan_view import PlanView

    return PlanView(session)


def _advice_view(session: Session) -> QWidget:
    from tlstudio.gui.features.advice.view import AdviceView

    return AdviceView(session)


def _rate_view(session: Session) -> QWidget:
    from tlstudio.gui.features.rate_finder.view import RateView

    return RateView(session)


def _race_view(session: Session) -> QWidget:
    from tlstudio.gui.features.race.view import RaceView

    return RaceView(session)


VIEWS: tuple[ViewSpec, ...] = (  # left to right
    ViewSpec(TrainView.RUN, QT_TRANSLATE_NOOP("TrainPage", "Run"), _run_view),
    ViewSpec(TrainView.PLAN, QT_TRANSLATE_NOOP("TrainPage", "Plan"), _plan_view),
    ViewSpec(TrainView.ADVICE, QT_TRANSLATE_NOOP("TrainPage", "Advice"), _advice_view),
    ViewSpec(TrainView.RATE, QT_TRANSLATE_NOOP("TrainPage", "Learning rate"), _rate_view),
    ViewSpec(TrainView.RACE, QT_TRANSLATE_NOOP("TrainPage", "Race"), _race_view),
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
        self._built: dict[TrainView, QWidget] = {}
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label("", "title")
        self.tabs = Segmented(self.tr("View"))
        self.tabs.set_options([(spec.view, self.tr(spec.title)) for spec in VIEWS])
        self.tabs.chosen.connect(self.show_view)
        self._stack = PageStack()
        header = QHBoxLayout()
        header.addWidget(self.title)
        header.addStretch()
        header.addWidget(self.tabs)
        layout = QVBoxLayout(self)
        side = 3 * theme.GRID
        layout.setContentsMargins(side, side, side, 2 * theme.GRID)
        layout.setSpacing(2 * theme.GRID)
        layout.addLayout(header)
        layout.addWidget(self._stack, 1)

        run = session.run
        run.phase_changed.connect(self._on_phase_changed)
        run.started.connect(self._show_title)
        run.progressed.connect(self._show_title)
        run.ended.connect(self._show_title)
        self._show_title()
        self.show_view(TrainView(session.train_view or TrainView.RUN))

    def view(self, view: TrainView) -> QWidget:
        """Return a view, built if it has not been yet."""
        if view not in self._built:
            built = self._built[view] = _SPECS[view].make(self._session)
            self._stack.addWidget(built)
            if hasattr(built, "save_weights_requested"):
                built.save_weights_requested.connect(self.save_weights_requested)
        return self._built[view]

    def show_view(self, view: TrainView) -> None:
        """Bring one view to the front."""
        self._session.train_view = view
        self.tabs.set_value(view)
        self._stack.setCurrentWidget(self.view(view))
        self._show_title()

    def _on_phase_changed(self, phase: RunPhase) -> None:
        if phase is RunPhase.PREPARING:
            self.show_view(TrainView.RUN)
        self._show_title()

    def _show_title(self) -> None:
        run = self._session.run
        is_told = run.active or self._session.train_view == TrainView.RUN
        self.title.setText(self._texts.phase_title(run) if is_told else self.tr("Train"))
