"""What will happen before anything runs: which layers train when, and how fast."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from tlstudio.gui.session import Session


class PlanView(QWidget):
    """The plan of the next run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
