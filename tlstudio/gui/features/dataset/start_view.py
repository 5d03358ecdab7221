"""The first thing a person sees: open a folder, a sample, or what was open before."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QWidget

from tlstudio.gui.features.dataset.latest_runs import LatestRuns
from tlstudio.gui.features.dataset.loading_view import LoadingView
from tlstudio.gui.features.dataset.offer_line import OfferLine
from tlstudio.gui.features.dataset.recent_list import RecentList
from tlstudio.gui.features.dataset.sample_cards import SampleCards
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip
from tlstudio.gui.kit.drop_zone import DropZone
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

WIDTH_PX = 960
ZONE_MIN_PX = 248
ICON_PX = 44

# How a folder should look. Not translated: it is what a file manager shows.
EXAMPLE = "photos/cats/1.jpg\nphotos/cats/2.jpg\nphotos/dogs/3.jpg"


class StartView(QWidget):
    """A drop zone, the sample datasets, and the recent ones. Needs no torch.

    Signals:
        open_requested(): a person wants to choose a folder.
        file_requested(): a person wants to choose a file, e.g. an archive.
    """

    open_requested = Signal()
    file_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.open_button = IconButton(self.tr("Open folder…"), "open", "primary")
        self.file_button = IconButton(self.tr("Open file…"))
        self.file_button.setToolTip(
            plain_tip(
                self.tr(
                    "An archive (.zip, .tar.gz), a table (.csv, .jsonl, .parquet), or a file of "
                    "CIFAR, MNIST or STL-10; it can be dropped here, too."
                )
            )
        )
        self.drop_zone = self._make_zone()
        self.loading = LoadingView(self.tr("Reading the images…"))
        self._zone_stack = QStackedWidget()
        self._zone_stack.setMinimumHeight(ZONE_MIN_PX)
        self._zone_stack.addWidget(self.drop_zone)
        self._zone_stack.addWidget(self.loading)
        self.samples = SampleCards(session)
        self.recent = RecentList(session)
        self.latest = LatestRuns(session)
        self.simple = IconButton("", "", "weblink", self._on_simple)
        self.learn = IconButton(
            self.tr("Learn how networks work"), "learn", "weblink", lambda: session.learn()
        )
        self.learn.setToolTip(
            plain_tip(self.tr("Lessons to drag with the hand, and a quiz; no dataset is needed."))
        )
        self._build()

        self.open_button.clicked.connect(self.open_requested)
        self.file_button.clicked.connect(self.file_requested)
        self.drop_zone.clicked.connect(self.open_requested)
        self.loading.cancelled.connect(session.datasets.cancel_loading)
        session.datasets.loading_changed.connect(self._on_loading_changed)
        session.datasets.progressed.connect(self.loading.show_progress)
        session.datasets.fell_silent.connect(self.loading.show_silence)
        session.simple_changed.connect(self._show_simple)
        session.runs.entries_changed.connect(self._show_before)
        session.datasets.recent_changed.connect(self._show_before)
        self._on_loading_changed(session.datasets.loading)
        self._show_simple(session.is_simple)
        self._show_before()

    def _build(self) -> None:
        self._before = QWidget()
        vstack(self.latest, self.recent, Stretch(), spacing=theme.GRID * 2, parent=self._before)
        top = hstack((self._zone_stack, 5), (self._before, 3), spacing=theme.GRID * 3)
        inner = QWidget()
        inner.setMaximumWidth(WIDTH_PX)
        vstack(
            Stretch(1),
            self._make_heading(),
            (top, 6),
            self.samples,
            hstack(self.learn, self.simple, Stretch(), spacing=theme.GRID * 3),
            Stretch(2),
            spacing=theme.GRID * 3,
            margins=None,
            parent=inner,
        )
        content = QWidget()
        hstack(Stretch(1), (inner, 100), Stretch(1), margins=(32, 24, 32, 24), parent=content)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        vstack(scroll, parent=self)

    def _make_heading(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(
            icons.application_icon().pixmap(ICON_PX, ICON_PX)  # as sharp as the screen
        )
        words = vstack(
            label("TLStudio", "title"),
            label(
                self.tr(
                    "Teach a network to tell your images apart. Everything stays on this machine."
                ),
                "hint",
                wrap=True,
            ),
            spacing=2,
        )
        self.offer = OfferLine(self._session, self)
        return hstack(picture, (words, 1), self.offer, spacing=theme.GRID * 2)

    def _make_zone(self) -> DropZone:
        zone = DropZone(
            self.tr("Drop a folder, an archive or a table of images here"),
            self.tr("One folder per class, or train and val folders with those inside:"),
        )
        zone.add(label(EXAMPLE, "hint"))
        buttons = QWidget()
        hstack(self.open_button, self.file_button, spacing=theme.GRID, parent=buttons)
        zone.add(buttons)
        return zone

    def _show_before(self) -> None:
        """Keep no room beside the drop zone where there is nothing from before."""
        self._before.setHidden(self.latest.isHidden() and self.recent.isHidden())

    def _on_simple(self) -> None:
        self._session.set_simple(not self._session.is_simple)

    def _show_simple(self, is_simple: bool) -> None:
        simple, full = self.tr("Simple view for a first lesson"), self.tr("Show everything")
        self.simple.setText(full if is_simple else simple)
        tip = self.tr(
            "Layers and what only experts need are left out of sight; they go on to hold."
        )
        self.simple.setToolTip(plain_tip(tip))

    def _on_loading_changed(self, loading: bool) -> None:
        if loading:
            self.loading.restart()
        self._zone_stack.setCurrentWidget(self.loading if loading else self.drop_zone)
        for part in (self.samples, self.recent, self.latest):
            part.setEnabled(not loading)
