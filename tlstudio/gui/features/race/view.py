"""The view that compares strategies or networks on the same images, with error bars."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.race.result import RaceResultView
from tlstudio.gui.features.race.setup import RaceSetup
from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.kit.basics import EmptyState, IconButton
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.state.session import Session, Step


class RaceView(QWidget):
    """An empty state, the choice of entries, or what a race comes to."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_choosing = False
        self.empty = EmptyState(
            "award",
            self.tr("Let strategies race"),
            self.tr(
                "Open a dataset first. Two to ten strategies or networks are then trained on the "
                "same images, and you see which is better, and whether that is more than chance."
            ),
            IconButton(self.tr("Go to Data"), "data", clicked=self._on_remedy),
        )
        self.setup = RaceSetup(session)
        self.result = RaceResultView(session)
        self._stack = PageStack()
        for page in (self.empty, self.setup, self.result):
            self._stack.addWidget(page)
        vstack(self._stack, parent=self)
        self.setup.cancelled.connect(self._on_back)
        self.result.new_requested.connect(self._on_new)
        session.feature(RaceState).changed.connect(self._show)
        session.feature(RaceState).choice_requested.connect(self._on_choice_requested)
        session.feature(RaceState).active_changed.connect(self._on_active_changed)
        session.datasets.changed.connect(self._show)
        self._show()

    @property
    def shown(self) -> QWidget:
        """The view that is shown."""
        page = self._stack.currentWidget()
        assert page is not None
        return page

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        races = self._session.feature(RaceState)
        has_record = races.record is not None
        self.setup.set_back(has_last=has_record)
        if races.active or (has_record and not self._is_choosing):
            self._stack.setCurrentWidget(self.result)
        elif self._session.datasets.index is None:
            self._stack.setCurrentWidget(self.empty)
        else:
            self._stack.setCurrentWidget(self.setup)

    def _on_new(self) -> None:
        self._is_choosing = True
        self._show()

    def _on_choice_requested(self) -> None:
        self._on_new()
        self.setup.refresh()

    def _on_back(self) -> None:
        self._is_choosing = False
        self._show()

    def _on_active_changed(self, active: bool) -> None:
        self._is_choosing = False
        self._show()

    def _on_remedy(self) -> None:
        self._session.go_to(Step.DATA)
