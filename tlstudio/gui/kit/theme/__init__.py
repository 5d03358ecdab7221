"""The look: two palettes and two of high contrast, one style sheet, three text sizes, 8-px grid.

Widgets and icons read `current()` whenever they paint, and Qt repaints them when the palette
changes. Only what has to keep colours (charts, highlighted text) takes them anew on
``QEvent.PaletteChange``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from tlstudio.core.storage import resources_dir
from tlstudio.gui.kit.theme.stylesheet import STYLE

GRID = 8
TEXT_SMALL_PX = 12
TEXT_PX = 13
TEXT_TITLE_PX = 20
ROW_PX = 28
DENSE_ROW_PX = 24


class Scheme(StrEnum):
    """The colour schemes.

    ``system`` follows the desktop in light or dark and in its wish for contrast; ``contrast`` is
    light or dark as the desktop is.
    """

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one palette, by meaning, as ``#rrggbb``.

    `train`, `val`, `right`, `wrong` and the entries are of the Okabe-Ito colour-blind-safe set
    (https://jfly.uni-koeln.de/color/), lightened or darkened to read on the palette's background.
    """

    name: str  # light or dark
    window: str  # behind everything
    surface: str  # pages, lists, fields
    raised: str  # buttons, cards, hovered rows
    line: str  # hairlines
    line_strong: str  # borders of fields
    text: str
    text_soft: str  # labels, secondary text; readable (4.5:1)
    text_faint: str  # disabled
    accent: str
    accent_hover: str
    accent_soft: str  # selected rows
    on_accent: str
    train: str
    val: str
    right: str
    wrong: str
    warning: str
    frozen: str
    image_back: str  # behind thumbnails
    entry_1: str  # of what is compared; never for training and validation
    entry_2: str
    entry_3: str
    entry_4: str
    entry_5: str
    entry_6: str
    is_high_contrast: bool = False  # all text 7:1, all lines and marks 3:1


LIGHT = Tokens(
    name="light",
    window="#f4f4f6",
    surface="#ffffff",
    raised="#ededf1",
    line="#e3e3e8",
    line_strong="#c9c9d1",
    text="#1b1b22",
    text_soft="#5f606c",
    text_faint="#a5a6b0",
    accent="#4f4bd0",
    accent_hover="#413db8",
    accent_soft="#e8e7fb",
    on_accent="#ffffff",
    train="#0072b2",
    val="#c2540a",
    right="#00795a",
    wrong="#b8420a",
    warning="#8f6400",
    frozen="#3b82a8",
    image_back="#eaeaee",
    entry_1="#0072b2",
    entry_2="#cd4d00",
    entry_3="#008a66",
    entry_4="#b3558f",
    entry_5="#75851c",
    entry_6="#5b5bd6",
)

DARK = Tokens(
    name="dark",
    window="#17171b",
    surface="#1e1e23",
    raised="#2a2a31",
    line="#2e2e36",
    line_strong="#45454f",
    text="#ececf1",
    text_soft="#a3a4b1",
    text_faint="#63646f",
    accent="#8b88ff",
    accent_hover="#a19eff",
    accent_soft="#312f57",
    on_accent="#131320",
    train="#56b4e9",
    val="#f0a13a",
    right="#2fbf95",
    wrong="#f08a4b",
    warning="#e6b93f",
    frozen="#79b8d6",
    image_back="#26262c",
    entry_1="#56b4e9",
    entry_2="#f08a4b",
    entry_3="#1ed482",
    entry_4="#dd8cbb",
    entry_5="#d9c22e",
    entry_6="#938cff",
)

LIGHT_CONTRAST = Tokens(
    name="light",
    window="#ffffff",
    surface="#ffffff",
    raised="#f2f2f2",
    line="#767676",
    line_strong="#1b1b22",
    text="#000000",
    text_soft="#33333a",
    text_faint="#5a5a62",
    accent="#2420a8",
    accent_hover="#12107a",
    accent_soft="#e4e3ff",
    on_accent="#ffffff",
    train="#00497a",
    val="#7a3300",
    right="#00513c",
    wrong="#7a2400",
    warning="#5a3e00",
    frozen="#1d4d66",
    image_back="#ececec",
    entry_1="#00497a",
    entry_2="#a04000",
    entry_3="#006443",
    entry_4="#7d2b5e",
    entry_5="#3e3405",
    entry_6="#3d2b93",
    is_high_contrast=True,
)

DARK_CONTRAST = Tokens(
    name="dark",
    window="#000000",
    surface="#000000",
    raised="#1c1c1c",
    line="#8c8c8c",
    line_strong="#f2f2f2",
    text="#ffffff",
    text_soft="#dddde2",
    text_faint="#a8a8b0",
    accent="#b8b6ff",
    accent_hover="#d4d3ff",
    accent_soft="#2b2966",
    on_accent="#000000",
    train="#7cc8ff",
    val="#ffbd5c",
    right="#4fe0b4",
    wrong="#ffb183",
    warning="#ffd75e",
    frozen="#9cd3ee",
    image_back="#1c1c1c",
    entry_1="#7cc8ff",
    entry_2="#ffab78",
    entry_3="#4fe0b4",
    entry_4="#f5addb",
    entry_5="#f0dc50",
    entry_6="#a2a2ff",
    is_high_contrast=True,
)

_tokens = LIGHT


def current() -> Tokens:
    """Return the palette in force."""
    return _tokens


def apply(app: QApplication, scheme: Scheme) -> None:
    """Dress the application. Without effect on anything but looks; may be called at any time."""
    global _tokens
    hints = app.styleHints()
    dark = scheme is Scheme.DARK or (
        scheme in (Scheme.SYSTEM, Scheme.CONTRAST) and hints.colorScheme() is Qt.ColorScheme.Dark
    )
    wish = hints.accessibility().contrastPreference()
    high = scheme is Scheme.CONTRAST or (
        scheme is Scheme.SYSTEM and wish is Qt.ContrastPreference.HighContrast
    )
    plain, contrast = (DARK, DARK_CONTRAST) if dark else (LIGHT, LIGHT_CONTRAST)
    _tokens = contrast if high else plain
    if app.styleSheet():
        # Where one sheet follows another, Qt dresses every widget once for each of its ancestors.
        app.setStyleSheet("")
    if app.style().objectName() != "fusion":  # a sheet in force would hide its name
        app.setStyle("Fusion")
    app.setPalette(palette(_tokens))
    app.setStyleSheet(style_sheet(_tokens))


def style_sheet(tokens: Tokens) -> str:
    """`STYLE` with the colours and sizes filled in."""
    text = STYLE
    sizes = {"text_small_px": TEXT_SMALL_PX, "text_px": TEXT_PX, "text_title_px": TEXT_TITLE_PX}
    icons = (resources_dir() / "icons" / "controls").as_posix()
    values = {
        **asdict(tokens),
        **sizes,
        "row_px": ROW_PX,
        "dense_row_px": DENSE_ROW_PX,
        "controls": icons,
    }
    # longest names first: $text_soft before $text
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"${name}", str(values[name]))
    return text


def palette(tokens: Tokens) -> QPalette:
    """A Qt palette for whatever the style sheet does not reach."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.window,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.text_faint,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.wrong,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.ToolTipBase: tokens.text,
        role.ToolTipText: tokens.surface,
        role.Light: tokens.surface,
        role.Midlight: tokens.raised,
        role.Mid: tokens.line_strong,
        role.Dark: tokens.line_strong,
        role.Shadow: tokens.line_strong,
        role.Accent: tokens.accent,
    }
    result = QPalette()
    for color_role, value in colors.items():
        result.setColor(color_role, QColor(value))
    for color_role in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, color_role, QColor(tokens.text_faint))
    return result


def load_fonts(app: QApplication) -> None:
    """Make the bundled font (Latin and Korean, tabular figures) the font of the application."""
    families: list[str] = []
    for path in sorted((resources_dir() / "fonts").glob("*.[ot]tf")):
        families += QFontDatabase.applicationFontFamilies(
            QFontDatabase.addApplicationFont(str(path))
        )
    font = QFont(families[0]) if families else QFont(app.font())
    font.setPixelSize(TEXT_PX)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)
