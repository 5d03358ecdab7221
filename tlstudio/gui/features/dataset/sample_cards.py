"""The sample datasets as cards; one click opens one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage, QPixmap, QShowEvent
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.dataset.picture_strip import PictureStrip
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label
from tlstudio.gui.kit.card_button import CardButton
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.thumbnails import image_from_array
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Dialog, Session

if TYPE_CHECKING:
    from tlstudio.core.errors import TLStudioError

PICTURES = 5
PICTURE_PX = 192
PICTURES_AFTER_MS = 600  # from the first look on: first the other pages are built, see MainWindow


@dataclass(frozen=True, slots=True)
class _Previews:
    name: str
    images: list[QImage]


class SampleCard(CardButton):
    """Pictures, title and a sentence of one sample dataset.

    Args:
        row: name, title and help, as `jobs.sample_datasets` lists them.

    Signals:
        chosen(str): its name.
    """

    chosen = Signal(str)

    def __init__(self, row: Any) -> None:
        title, text = core_text(row.title), core_text(row.help)
        super().__init__(title)
        self.name: str = row.name
        self.setObjectName(f"sample_{row.name}")
        self.setAccessibleDescription(text)
        self.strip = PictureStrip(PICTURES)
        heading = QWidget()
        hstack(
            label(title),
            Stretch(),
            IconLabel("next", 14, "text_faint"),
            spacing=theme.GRID,
            parent=heading,
        )
        self.content.setContentsMargins(16, 16, 16, 14)
        self.content.setSpacing(4)
        self.add(self.strip)
        self.content.addSpacing(theme.GRID)
        self.add(heading)
        self.add(label(text, "hint", wrap=True))
        self.content.addStretch()
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        self.chosen.emit(self.name)


class SampleCards(QWidget):
    """Side by side. Their pictures come once the cards are painted."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.cards = {row.name: SampleCard(row) for row in jobs.sample_datasets()}
        for card in self.cards.values():
            card.chosen.connect(session.datasets.open_sample)
        cards = hstack(*((card, 1) for card in self.cards.values()), spacing=theme.GRID * 2)
        self.setObjectName("sample_datasets")
        self.more = IconButton(self.tr("More to download…"), "download", "weblink", self._on_more)
        self.own = IconButton(self.tr("Make your own…"), "gather", "weblink", self._on_own)
        title = hstack(
            label(self.tr("Or try a sample dataset"), "section"), Stretch(), self.own, self.more
        )
        vstack(title, cards, spacing=theme.GRID, parent=self)
        self._is_asked = False

    def _on_own(self) -> None:
        self._session.open_dialog(Dialog.GATHER)

    def _on_more(self) -> None:
        self._session.open_dialog(Dialog.CATALOG)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_asked:
            self._is_asked = True
            QTimer.singleShot(PICTURES_AFTER_MS, self, self._ask_for_pictures)

    def _ask_for_pictures(self) -> None:
        pool = self._session.disk_pool
        for name in self.cards:
            pool.submit(_previews, name, done=self._on_previews, failed=self._on_failed)

    def _on_previews(self, previews: _Previews) -> None:
        pixmaps = [QPixmap.fromImage(image) for image in previews.images]
        self.cards[previews.name].strip.set_pixmaps(pixmaps)

    def _on_failed(self, error: TLStudioError) -> None:
        """The card works without its pictures; opening the sample will say what is wrong."""


def _previews(name: str) -> _Previews:
    pictures = jobs.sample_previews(name, PICTURES, PICTURE_PX)
    return _Previews(name, [image_from_array(pixels) for pixels in pictures])
