"""The ways in which a folder can be read, side by side with their pictures, to choose one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QWidget

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.reading import AmbiguousDatasetError, Reading
from tlstudio.gui.features.dataset.picture_strip import PictureStrip
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.language import core_text, error_hint, error_text
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.thumbnails import ThumbnailCache
from tlstudio.gui.state.session import Session

CARD_PX, ROW_PX = 312, 48
CLASSES = 6  # of a card
PICTURES = 2  # of a class
SIDE_PX = 24


def ask_reading(parent: QWidget, session: Session, error: AmbiguousDatasetError) -> ReadingsSheet:
    """A folder can be read in several ways: a person knows which is meant."""
    root, options = Path(str(error.values["root"])), error.values["options"]
    assert isinstance(options, ReadOptions), "as the source was asked to read it"
    sheet = ReadingsSheet(session, root, options, error.readings, parent)
    sheet.question.setText(error_text(error))
    sheet.hint.setText(error_hint(error))
    sheet.show()
    return sheet


def change_reading(parent: QWidget, session: Session, index: DatasetIndex) -> ReadingsSheet:
    """The open dataset was read in one of several ways: perhaps another one is meant."""
    sheet = ReadingsSheet(session, index.root, index.options, index.readings, parent)
    sheet.cards[0].mark_as_taken()
    sheet.show()
    return sheet


class ReadingsSheet(QDialog):
    """A card for each reading. It blocks nothing; the choice is remembered for the folder.

    Args:
        options: how it is read otherwise.
    """

    def __init__(
        self,
        session: Session,
        root: Path,
        options: ReadOptions,
        readings: Sequence[Reading],
        parent: QWidget,
    ) -> None:
        super().__init__(parent.window())
        for earlier in parent.window().findChildren(ReadingsSheet):
            if earlier is not self:
                earlier.close()  # the question before has not been answered
        self._session, self._root, self._options = session, root, options
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("How to read the folder"))
        self.question = label(
            self.tr("How is “{name}” meant?").format(name=root.name), "title", wrap=True
        )
        self.hint = label(self.tr("Choose what its folders mean."), "hint", wrap=True)
        self.cards = [_Card(reading, session.thumbnails) for reading in readings]
        cards = QWidget()
        hstack(*((card, 1) for card in self.cards), spacing=2 * theme.GRID, parent=cards)
        room = QScrollArea()
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setWidgetResizable(True)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(cards)
        cancel = IconButton(self.tr("Cancel"), clicked=self.close)
        note = label(self.tr("Remembered for this folder; the Data page can change it."), "hint")
        vstack(
            self.question,
            self.hint,
            theme.GRID,
            (room, 1),
            theme.GRID,
            hstack(note, Stretch(), cancel, spacing=theme.GRID),
            spacing=theme.GRID // 2,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        cancel.setAutoDefault(False)
        for card in self.cards:
            card.button.setAutoDefault(False)
            card.button.clicked.connect(lambda _=False, card=card: self._choose(card.reading))
        session.datasets.changed.connect(self.close)
        width = max(2, len(self.cards)) * (CARD_PX + 2 * theme.GRID) + 2 * SIDE_PX
        tallest = max((card.sizeHint().height() for card in self.cards), default=0)
        fit_to_screen(self, QSize(width, tallest + 168))

    def _choose(self, reading: Reading) -> None:
        options = replace(self._options, reading=reading.id)
        self.close()
        if not self._session.run.active:
            self._session.datasets.read_as(options, self._root)


class _Card(QFrame):
    """A reading: its sentence, the images of each split, and some of each class."""

    def __init__(self, reading: Reading, thumbnails: ThumbnailCache) -> None:
        super().__init__()
        self.reading = reading
        self.setProperty("role", "card")
        self.setMinimumWidth(CARD_PX - 2 * theme.GRID)
        title = core_text(reading.title.sentence, **reading.title.values)
        self.button = IconButton(self.tr("Read it so"), "done")
        self.button.setAccessibleDescription(title)
        self.button.setObjectName(f"read_as_{reading.id}")
        rows = [
            _ClassRow(name, reading.examples.get(name, ()), thumbnails)
            for name in reading.classes[:CLASSES]
        ]
        more = len(reading.classes) - len(rows)
        rest = [label(self.tr("and %n more", "", more), "hint")] if more else []
        vstack(
            label(title, wrap=True),
            label(self._counts(), "hint", wrap=True),
            theme.GRID,
            label(self.tr("%n class(es)", "", len(reading.classes)), "section"),
            *rows,
            *rest,
            Stretch(),
            hstack(Stretch(), self.button),
            spacing=theme.GRID // 2,
            margins=(16, 14, 16, 14),
            parent=self,
        )

    def _counts(self) -> str:
        """The images of each split that the folders say."""
        counts = {split: count for split, count in self.reading.splits.items() if count}
        if set(counts) == {Split.TRAIN}:
            text = self.tr("{count} images, which the studio splits")
            return text.format(count=formats.count(counts[Split.TRAIN]))
        return " · ".join(
            f"{core_text(SPLIT_TITLES[split])} {formats.count(counts[split])}"
            for split in Split
            if split in counts
        )

    def mark_as_taken(self) -> None:
        """It is read so already."""
        self.button.setText(self.tr("Read so now"))
        self.button.setEnabled(False)


class _ClassRow(QWidget):
    """Some images of a class beside its name."""

    def __init__(self, name: str, images: Sequence[ImageRef], thumbnails: ThumbnailCache) -> None:
        super().__init__()
        self._images, self._thumbnails = images, thumbnails
        self._strip = PictureStrip(PICTURES)
        self._strip.setFixedSize(PICTURES * (ROW_PX + 6) - 6, ROW_PX)
        where = Qt.TextElideMode.ElideRight
        hstack(self._strip, (ElidedLabel(name, where=where), 1), spacing=12, parent=self)
        thumbnails.ready.connect(self._on_ready)
        self._show_pictures()

    def _on_ready(self, image: ImageRef) -> None:
        if image in self._images:
            self._show_pictures()

    def _show_pictures(self) -> None:
        size_px = round(ROW_PX * self.devicePixelRatioF())
        found = [self._thumbnails.get(image, size_px) for image in self._images[:PICTURES]]
        self._strip.set_pixmaps([p if p is not None else QPixmap() for p in found])
