"""The export dialog: a card for each way to hand a network on, and what it needs beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QDialog, QScrollArea, QWidget

from tlstudio.core.export.formats import EXPORT_FORMATS
from tlstudio.core.runs.kept import RunEntry
from tlstudio.gui.features.export.format_page import FormatPage
from tlstudio.gui.features.export.hub_page import HubPage
from tlstudio.gui.features.export.parts import Card
from tlstudio.gui.features.export.serving_page import ServingPage
from tlstudio.gui.features.export.state import ExportState
from tlstudio.gui.features.export.subject import ExportSubject, in_hand, of_run
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.state.notifications import Level
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX = 900, 680
CARDS_PX = 300
SIDE_PX = 24
HUB, SERVING = "hub", "serving"

ICONS = {"onnx": "on_board", "folder": "open", "torch-export": "code", "web": "web"}
OTHER_ICON = "save"


def open_export(
    session: Session, widget: QWidget, run: RunEntry | None = None, card: str = ""
) -> ExportDialog:
    """Show the dialog over the window of `widget`; there is one for each window.

    Args:
        run: that is handed on; None for the classifier in hand.
        card: the one to begin with; empty for that of the last time.
    """
    window = widget.window()
    dialog = window.findChild(ExportDialog) or ExportDialog(session, window)
    dialog.show_subject(in_hand(session) if run is None else of_run(session, run))
    if card:
        dialog.cards[card].setChecked(True)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    dialog.focus_card()
    return dialog


@dataclass(frozen=True, slots=True)
class _Way:
    """A card: what it is called, what it is for, and its icon."""

    id: str
    title: str
    purpose: str
    icon: str


class ExportDialog(QDialog):
    """Stays open beside the window; what it began goes on while it is closed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._state = session.feature(ExportState)
        self._was_active = self._state.active
        self.setObjectName("export")
        self.setWindowTitle(self.tr("Export"))
        self.heading = label("", "title", wrap=True)
        hub, serving = self._hub_way(), self._serving_way()
        self.formats = FormatPage(session)
        self.hub = HubPage(session, hub.title)
        self.serving = ServingPage(session, serving.title)
        self.pages = ScrolledPages()
        for page in (self.formats, self.hub, self.serving):
            self.pages.addWidget(page)
        ways = [
            _Way(
                row.id, core_text(row.title), core_text(row.purpose), ICONS.get(row.id, OTHER_ICON)
            )
            for row in EXPORT_FORMATS
        ]
        self.cards: dict[str, Card] = {}
        for way in (*ways, hub, serving):
            self.cards[way.id] = card = Card(way.title, way.purpose, way.icon)
            card.toggled.connect(self._on_card_chosen)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self.close_button.setAutoDefault(False)
        self._lay_out()
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        next(iter(self.cards.values())).setChecked(True)
        self._state.changed.connect(self._on_changed)

    def _hub_way(self) -> _Way:
        purpose = self.tr(
            "For others to fetch with one line, with a card that says what it can and cannot do."
        )
        return _Way(HUB, self.tr("Hugging Face hub"), purpose, "load")

    def _serving_way(self) -> _Way:
        purpose = self.tr(
            "A small page where photos are dropped, and JSON for programs, as long as the studio "
            "is open."
        )
        return _Way(SERVING, self.tr("Page on this computer"), purpose, "device")

    def _lay_out(self) -> None:
        column = QWidget()
        vstack(
            *self.cards.values(),
            Stretch(),
            spacing=theme.GRID,
            margins=(2, 2, theme.GRID, 2),
            parent=column,
        )
        self.cards_area = QScrollArea()
        self.cards_area.setWidgetResizable(True)
        self.cards_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cards_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cards_area.setWidget(column)
        self.cards_area.setFixedWidth(CARDS_PX)
        self._page_buttons = [
            button
            for page in (self.formats, self.hub, self.serving)
            for button in (page.stop_button, page.go_button)
        ]
        bottom = QWidget()
        self._bars: list[QWidget] = []
        for page in (self.formats, self.hub, self.serving):
            bar = QWidget()
            hstack(page.stop_button, page.go_button, spacing=theme.GRID, parent=bar)
            self._bars.append(bar)
        hstack(Stretch(), self.close_button, *self._bars, spacing=theme.GRID, parent=bottom)
        for button in self._page_buttons:
            button.setAutoDefault(False)
        vstack(
            self.heading,
            (hstack(self.cards_area, (self.pages, 1), spacing=SIDE_PX), 1),
            bottom,
            spacing=2 * theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )

    @property
    def chosen(self) -> str:
        """The card that is chosen."""
        return next(name for name, card in self.cards.items() if card.isChecked())

    def show_subject(self, subject: ExportSubject | None) -> None:
        """Offer to hand this on."""
        if subject is not None and subject != self._state.subject:
            self._state.show(subject)
            self.formats.forget_places()
        title = self._state.subject.title if self._state.subject is not None else ""
        self.heading.setText(self.tr("Export “{name}”").format(name=title))
        self.hub.offer()
        self._show_page()

    def focus_card(self) -> None:
        """Let the keyboard begin at the card that is chosen."""
        self.cards[self.chosen].setFocus()
        QTimer.singleShot(0, self, self._reveal_card)  # once it has its place

    def _on_changed(self) -> None:
        """What came out is brought into view, or told where nobody sees it."""
        was_active, self._was_active = self._was_active, self._state.active
        if was_active and not self._was_active:
            self._tell_unseen()
        if not self._state.active and self.formats.outcome.isVisible():
            self.pages.ensureWidgetVisible(self.formats.receipt, 0, theme.GRID)
            self.pages.ensureWidgetVisible(self.formats.outcome, 0, theme.GRID)

    def _tell_unseen(self) -> None:
        state = self._state
        if (self.isVisible() and state.is_own) or state.exported is None:
            return
        notifications = self._session.notifications
        show, act = self.tr("Show"), partial(self._show_last, state.exported, state.format)
        name = state.exported.title
        if state.error is not None:
            text = self.tr("“{name}” was not exported.").format(name=name)
            notifications.post(Level.ERROR, text, error_text(state.error), show, act)
        elif state.last is not None and state.last.receipt.is_passed:
            text = self.tr("“{name}” was exported: {file}").format(
                name=name, file=state.last.path.name
            )
            notifications.success(text, action=show, act=act)
        elif state.last is not None:
            text = self.tr("The export of “{name}” failed its comparison.").format(name=name)
            notifications.post(Level.ERROR, text, action=show, act=act)

    def _show_last(self, subject: ExportSubject, card: str) -> None:
        """The export that a notice was about, with its receipt."""
        self.show_subject(subject)
        self.cards[card].setChecked(True)
        self.show()
        self.raise_()
        self.activateWindow()
        self.focus_card()

    def _on_card_chosen(self, is_chosen: bool) -> None:
        if is_chosen:
            self._show_page()
            self._reveal_card()

    def _reveal_card(self) -> None:
        self.cards_area.ensureWidgetVisible(self.cards[self.chosen], 0, theme.GRID)

    def _show_page(self) -> None:
        chosen = self.chosen
        page: QWidget = {HUB: self.hub, SERVING: self.serving}.get(chosen, self.formats)
        for row in EXPORT_FORMATS:
            if row.id == chosen:
                self.formats.show_format(row)
        self.pages.setCurrentWidget(page)
        for bar, owner in zip(self._bars, (self.formats, self.hub, self.serving), strict=True):
            bar.setVisible(owner is page)
