"""Where in the tour a person is. It outlives the window, which a change of language rebuilds."""

from __future__ import annotations

from PySide6.QtCore import Signal

from tlstudio.gui.features.tour.steps import STEP_BY_NAME, STEPS, TourStep
from tlstudio.gui.state.session import FeatureState, Session


class TourState(FeatureState):
    """The step of the tour; a step that a person does by hand is followed by the next.

    Signals:
        changed(): another step, or other words for it.
        ended()
    """

    changed = Signal()
    ended = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._was_done = False
        for signal in (
            session.step_changed,
            session.datasets.changed,
            session.datasets.loading_changed,
            session.run.status_changed,
            session.run.predictions_changed,
            session.classifier.changed,
            session.classifier.answers_changed,
        ):
            signal.connect(self._follow)

    @property
    def step(self) -> TourStep | None:
        """None while no tour is taken."""
        return STEP_BY_NAME.get(self._session.tour_step)

    @property
    def place(self) -> int:
        """Which step it is, from 0 on."""
        return STEPS.index(self.step) if self.step is not None else 0

    def begin(self) -> None:
        """Start with the first step, on its page; a tour that is being taken goes on."""
        if self.step is None:
            self._enter(0)
            self._session.go_to(STEPS[0].page)

    def next(self) -> None:
        """Show the next step, on its page; behind the last one the tour is over."""
        if self.place + 1 == len(STEPS):
            self.end(for_good=True)
        else:
            self._enter(self.place + 1)
            self._session.go_to(STEPS[self.place].page)

    def back(self) -> None:
        self._enter(max(0, self.place - 1))
        self._session.go_to(STEPS[self.place].page)

    def end(self, *, for_good: bool = False) -> None:
        """Take the card away.

        Args:
            for_good: the start page does not offer the tour again; the Help menu does.
        """
        if for_good:
            self._session.preferences.offers_tour = False
        self._session.tour_step = ""
        self.ended.emit()

    def _enter(self, place: int) -> None:
        self._session.tour_step = STEPS[place].name
        self._was_done = STEPS[place].done(self._session)  # then it says so, and waits for Next
        self.changed.emit()

    def _follow(self) -> None:
        step = self.step
        if step is None:
            return
        if step.done(self._session) and not self._was_done and self.place + 1 < len(STEPS):
            self._enter(self.place + 1)  # the page stays: the card shows the way to the next
        else:
            self._was_done = self._was_done and step.done(self._session)
            self.changed.emit()
