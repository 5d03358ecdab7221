"""One quiet line of the start page: the tour for who is new, or what an update brought."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from tlstudio import __version__
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import IconButton
from tlstudio.gui.kit.layout import hstack
from tlstudio.gui.state.session import Dialog, Session


class OfferLine(QWidget):
    """A link, and a button that takes it away for good. Hidden where there is nothing to offer."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        preferences = session.preferences
        if not preferences.version_seen and not preferences.recent_datasets:
            preferences.version_seen = __version__  # nothing is new to who is new
        self.link = IconButton("", "", "weblink", self._on_taken)
        self.dismiss = QToolButton()
        self.dismiss.setIcon(icons.icon("close"))
        self.dismiss.setIconSize(QSize(12, 12))
        self.dismiss.setToolTip(self.tr("Do not offer this again"))
        self.dismiss.setAccessibleName(self.tr("Do not offer this again"))
        self.dismiss.clicked.connect(self._on_dismissed)
        hstack(self.link, self.dismiss, spacing=theme.GRID // 2, parent=self)
        session.runs.entries_changed.connect(self.refresh)
        session.datasets.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what there is to offer now."""
        offer = self._offer
        titles = {
            Dialog.TOUR: self.tr("New here? Take the tour"),
            Dialog.NEWS: self.tr("What's new in {version}").format(version=__version__),
        }
        self.link.setText(titles.get(offer, "") if offer is not None else "")
        self.setVisible(offer is not None)

    @property
    def _offer(self) -> Dialog | None:
        session = self._session
        if session.preferences.version_seen != __version__:
            return Dialog.NEWS
        is_new = session.preferences.offers_tour and not session.runs.entries
        return Dialog.TOUR if is_new and not session.tour_step else None

    def _on_taken(self) -> None:
        offer = self._offer
        if offer is Dialog.NEWS:
            self._on_dismissed()
        if offer is not None:
            self._session.open_dialog(offer)
            self.refresh()

    def _on_dismissed(self) -> None:
        if self._offer is Dialog.NEWS:
            self._session.preferences.version_seen = __version__
        else:
            self._session.preferences.offers_tour = False
        self.refresh()
