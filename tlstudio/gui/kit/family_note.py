"""The note on a family of networks: its idea, its fame, its use, and the paper to read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from tlstudio.core.networks.families import Family, FamilyNote, Paper, family_note
from tlstudio.gui.kit import icons, language, theme
from tlstudio.gui.kit.basics import IconLabel, label, no_mnemonic, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import Stretch, hstack, vstack

TEXT_MAX_PX = 680  # longer lines are hard to read


class FamilyNoteView(QWidget):
    """Made for a card of 340 pixels or more; without a family it is empty and takes no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label()
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.year = label("", "badge")
        self.idea = _Text()
        self.result_icon = IconLabel("award", 16, "warning")
        self.result = _Text()
        for part in (self.result_icon, self.result):
            explain(part, "family.award")
        self.use = _Text()
        self.missing = label(self.tr("There is no note on this family yet."), "hint", wrap=True)
        self.link = PaperLink()
        self.source = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.source.setProperty("role", "hint")
        self._result = QWidget()
        self._use = _below(self.tr("When to use it"), self.use)
        self._paper = _below(self.tr("Paper"), self.link, self.source)
        self._lay_out()
        self.show_family(None)

    def show_family(self, family: Family | None) -> None:
        """Show what is known of `family`, in the language of the window."""
        note = family_note(family.id, language.current()) if family else None
        paper = family.paper if family else None
        self.title.setText(language.shown(family.title) if family else "")
        self.title.setVisible(family is not None)
        year = str(family.year) if family and family.year else ""
        self.year.setText(year)
        self.year.setVisible(bool(year))
        self.missing.setVisible(family is not None and note is None)
        self._show_note(note)
        self._show_paper(paper)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._keep_height()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a text below has changed
            self._keep_height()
        return done

    def _keep_height(self) -> None:
        """Ask for the height that the wrapped texts need at this width; few layouts ask for it."""
        layout = self.layout()
        if layout is not None:
            wrapped = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0
            self.setMinimumHeight(max(wrapped, layout.totalMinimumSize().height()))

    def _show_note(self, note: FamilyNote | None) -> None:
        self.idea.setText(note.idea if note else "")
        self.result.setText(note.ilsvrc if note else "")
        self.use.setText(note.use if note else "")
        self.idea.setVisible(note is not None)
        self._result.setVisible(bool(note and note.ilsvrc))
        self._use.setVisible(note is not None)

    def _show_paper(self, paper: Paper | None) -> None:
        self._paper.setVisible(paper is not None)
        source = " · ".join(filter(None, (paper.venue, paper.authors))) if paper else ""
        self.source.set_text(source)
        self.source.setVisible(bool(source))
        if paper is not None:
            tip = self.tr("Opens {url} in the browser").format(url=paper.url)
            self.link.set_link(paper.title, paper.url, tip)

    def _lay_out(self) -> None:
        grid = theme.GRID
        head = hstack(self.title, self.year, Stretch(), spacing=grid)
        hstack(
            (self.result_icon, Qt.AlignmentFlag.AlignTop),
            (self.result, 1),
            spacing=grid,
            margins=(0, grid // 2, 0, 0),
            parent=self._result,
        )
        vstack(
            head,
            grid // 4,
            self.idea,
            self.missing,
            self._result,
            self._use,
            self._paper,
            spacing=grid // 2,
            parent=self,
        )


class _Text(QLabel):
    """A paragraph whose lines do not grow too long."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMaximumWidth(TEXT_MAX_PX)

    def heightForWidth(self, width: int) -> int:
        return super().heightForWidth(min(width, TEXT_MAX_PX))  # layouts forget the maximum


def _below(title: str, *widgets: QWidget) -> QWidget:
    """Widgets below a quiet heading; the room above it goes when they are hidden."""
    group = QWidget()
    vstack(
        label(title, "section"),
        *widgets,
        spacing=theme.GRID // 2,
        margins=(0, theme.GRID, 0, 0),
        parent=group,
    )
    return group


class PaperLink(QPushButton):
    """A link that opens in the browser; its text is shortened where there is not enough room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._url = ""
        self.setProperty("kind", "weblink")
        self.setIconSize(QSize(14, 14))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_clicked)
        self.setIcon(icons.icon("web", "accent"))

    def set_link(self, text: str, url: str, tip: str) -> None:
        """Show `text`; `tip` is the second line of the tooltip, below the whole text."""
        self._text, self._url = text, url
        self.setToolTip(plain_tip(f"{text}\n{tip}"))
        self.setAccessibleName(text)
        self.setAccessibleDescription(tip)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._text_px(self._text) + self._room_px() + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._room_px() + 24, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # as links do
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._elide()

    def _text_px(self, text: str) -> int:
        return QFontMetrics(self.font()).horizontalAdvance(text)

    def _room_px(self) -> int:
        """Return the width of icon, gap and border, and of the rounding of the text's width."""
        return self.iconSize().width() + theme.GRID * 2

    def _elide(self) -> None:
        room = max(0, self.width() - self._room_px())
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        self.setText(no_mnemonic(shown))

    def _on_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl(self._url))
