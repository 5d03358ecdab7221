"""The sheet of keyboard shortcuts: every key that does something, by menu and by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QScrollArea, QWidget

from tlstudio.core.finding import folded, match
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app.actions import ACTIONS, MENU_TITLES, text
from tlstudio.gui.app.dialogs import MNEMONIC
from tlstudio.gui.app.parts import PAGES
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack

translate = QCoreApplication.translate

SIZE = QSize(560, 680)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What a person can do by keys.

    Attributes:
        keys: portable key sequences or names of `QKeySequence.StandardKey`, each of which does it.
    """

    title: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Shortcuts that work in one place."""

    title: str
    rows: tuple[Shortcut, ...]


_ARROWS = ("Left", "Right", "Up", "Down")
_OPEN = ("Return", "Space")

# keys that widgets take while the keyboard speaks to them; those of the menus are in `ACTIONS`
PLACES = (
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Everywhere"),
        (
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "Next control, the one before"), ("Tab", "Shift+Tab")
            ),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Find on this page"), ("Find",)),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Close what is open over the page"), ("Esc",)),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Galleries of images"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Go from image to image"), _ARROWS),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "A screen on or back"), ("PgDown", "PgUp")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "First image, last image"), ("Home", "End")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Show it large"), _OPEN),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "Choose several"), ("Shift+Right", "Shift+Down")
            ),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Choose all"), ("SelectAll",)),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Choose none"), ("Esc",)),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "Leave the chosen images out (Results)"), ("Del",)
            ),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Copy their paths (Results)"), ("Copy",)),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "Ask about the picture on the clipboard (Use)"),
                ("Paste",),
            ),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "An image shown large"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "The one before, the next"), ("Left", "Right")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Back to the others"), ("Esc",)),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Findings of the health check"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Leave out, and on to the next"), ("Del",)),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Move to the likelier class, and on"), ("M",)),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "It is fine as it is, and on"), ("K",)),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Layer tree and layer table"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Go from layer to layer"), ("Up", "Down")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Open and close a part"), ("Right", "Left")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Tick or untick what trains"), ("Space",)),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "Train from the selected layer on"), ("Ctrl+D",)
            ),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "Copy the chosen rows of the table"), ("Copy",)
            ),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Charts"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Read off point by point"), ("Left", "Right")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "First point, last point"), ("Home", "End")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Nearer, farther"), ("+", "-")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Show everything"), ("0",)),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Picture of a network"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Go from block to block"), _ARROWS),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Open a block"), _OPEN),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Nearer, farther"), ("+", "-")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Show everything"), ("0",)),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Lessons"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Move what can be dragged"), _ARROWS),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "Move it further"),
                ("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"),
            ),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "The next lesson, the one before"),
                ("Ctrl+PgDown", "Ctrl+PgUp"),
            ),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "The next question, the one before (quiz)"),
                ("Right", "Left"),
            ),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "What it sees"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Another image of the dataset"), ("N",)),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Show a feature map large"), _OPEN),
            Shortcut(
                QT_TRANSLATE_NOOP("shortcuts", "Go through the depth of the network"),
                ("Left", "Right"),
            ),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Confusion matrix"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Go from cell to cell"), _ARROWS),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Show the images of a cell"), _OPEN),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Nearer, farther"), ("+", "-")),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Show everything"), ("0",)),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Show all images again"), ("Esc",)),
        ),
    ),
    Group(
        QT_TRANSLATE_NOOP("shortcuts", "Runs"),
        (
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Open a run"), ("Return",)),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Rename it"), ("F2",)),
            Shortcut(QT_TRANSLATE_NOOP("shortcuts", "Delete the chosen runs"), ("Del",)),
        ),
    ),
)


def groups(actions: Mapping[str, QAction]) -> tuple[Group, ...]:
    """All of them in the language of the window, with the keys as this platform writes them."""
    found = []
    for menu, title in MENU_TITLES.items():
        rows = [
            Shortcut(
                MNEMONIC.sub("", text(spec.text)).rstrip("…"),
                tuple(native(keys.toString()) for keys in actions[spec.name].shortcuts()),
            )
            for spec in ACTIONS
            if spec.menu is menu and spec.shortcuts
        ]
        if rows:
            found.append(Group(MNEMONIC.sub("", text(title)), tuple(rows)))
    pages = tuple(
        Shortcut(translate("Rail", page.title), (native(f"Ctrl+{number}"),))
        for number, page in enumerate(PAGES, 1)
    )
    found.append(Group(translate("shortcuts", "Go to a page"), pages))
    for group in PLACES:
        rows = [
            Shortcut(translate("shortcuts", row.title), tuple(native(keys) for keys in row.keys))
            for row in group.rows
        ]
        found.append(Group(translate("shortcuts", group.title), tuple(rows)))
    return tuple(found)


def native(keys: str) -> str:
    """A key sequence, or the first of a standard key, as this platform prints it."""
    standard = getattr(QKeySequence.StandardKey, keys, None)
    if standard is not None and len(keys) > 1 and keys not in ("Up", "Down", "Left", "Right"):
        sequences = QKeySequence.keyBindings(standard)
        keys = sequences[0].toString() if sequences else ""
    arrows = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}
    parts = keys.split("+") if keys != "+" else [keys]
    if parts[-1] in arrows:
        before = "+".join([*parts[:-1], "A"])
        shown = QKeySequence(before).toString(QKeySequence.SequenceFormat.NativeText)
        return shown[:-1] + arrows[parts[-1]]
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class ShortcutSheet(QDialog):
    """A list of all shortcuts that a line narrows down; deletes itself when closed."""

    def __init__(self, parent: QWidget, actions: Mapping[str, QAction]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.search = QLineEdit(placeholderText=self.tr("Search by what it does, or by key"))
        self.search.setAccessibleName(self.tr("Search shortcuts"))
        self.search.setClearButtonEnabled(True)
        self._nothing = label(self.tr("No shortcut is called so."), "hint")
        self._sections = [self._make_section(group) for group in groups(actions)]
        content = QWidget()
        vstack(
            *(section for section, _ in self._sections),
            self._nothing,
            Stretch(),
            spacing=theme.GRID * 2,
            margins=(0, 0, theme.GRID, 0),
            parent=content,
        )
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(content)
        scroll.setAccessibleName(self.windowTitle())
        close = IconButton(self.tr("Close"), clicked=self.accept)
        vstack(
            self.search,
            (scroll, 1),
            hstack(Stretch(), close),
            spacing=theme.GRID * 2,
            margins=(24, 24, 24, 16),
            parent=self,
        )
        self.search.textChanged.connect(self.narrow)
        self.narrow("")
        fit_to_screen(self, SIZE)

    def narrow(self, typed: str) -> None:
        """Show the rows whose words or keys `typed` is found in."""
        query, keys = folded(typed), typed.replace(" ", "").casefold()
        is_anything = False
        for section, rows in self._sections:
            is_shown = False
            for row, (words, row_keys) in rows:
                is_found = bool(query) and match(query, words) is not None
                is_wanted = not keys or keys in row_keys or is_found
                row.setVisible(is_wanted)
                is_shown = is_shown or is_wanted
            section.setVisible(is_shown)
            is_anything = is_anything or is_shown
        self._nothing.setVisible(not is_anything)

    def _make_section(self, group: Group) -> tuple[QWidget, list[tuple[QWidget, tuple[str, str]]]]:
        """A heading and its rows, each with the words and the keys that it is found by."""
        rows: list[tuple[QWidget, tuple[str, str]]] = []
        for shortcut in group.rows:
            row = QWidget()
            title = label(shortcut.title, wrap=True)
            keys: list[QLabel] = [label(one, "badge") for one in shortcut.keys]
            right = hstack(Stretch(), *keys, spacing=theme.GRID // 2)
            hstack((title, 1), right, spacing=theme.GRID, parent=row)
            row.setAccessibleName(f"{shortcut.title}: {', '.join(shortcut.keys)}")
            words = folded(f"{shortcut.title} {group.title}")
            rows.append((row, (words, " ".join(shortcut.keys).casefold())))
        section = QWidget()
        vstack(
            label(group.title, "section"),
            *(row for row, _ in rows),
            spacing=theme.GRID // 2,
            parent=section,
        )
        return section, rows


def open_shortcuts(parent: QWidget, actions: Mapping[str, QAction]) -> ShortcutSheet:
    """Show the sheet over `parent`."""
    sheet = ShortcutSheet(parent, actions)
    sheet.open()
    sheet.search.setFocus()
    return sheet
