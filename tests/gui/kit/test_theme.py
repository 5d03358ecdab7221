"""Both palettes are readable, and icons exist for every meaning."""

from __future__ import annotations

import gc
import math
import re
from collections.abc import Callable
from itertools import combinations
from operator import mul

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAccessibilityHints, QColor, QIcon, QRawFont
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.showing import on_screen
from tlstudio.core.storage import resources_dir
from tlstudio.gui.app.rail import StepButton
from tlstudio.gui.features.compare.ball_chart.legend import BallLegend
from tlstudio.gui.features.dataset.class_chart import ClassChart
from tlstudio.gui.features.feature_maps.map_grid import MapGrid
from tlstudio.gui.features.feature_maps.scale_bar import ScaleBar
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import Fold, IconButton, IconLabel
from tlstudio.gui.kit.chart.run_curves import entry_spec
from tlstudio.gui.kit.layout import vstack


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours, 1 to 21."""

    def luminance(name: str) -> float:
        parts = [QColor(name).redF(), QColor(name).greenF(), QColor(name).blueF()]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


PALETTES = (theme.LIGHT, theme.DARK, theme.LIGHT_CONTRAST, theme.DARK_CONTRAST)
every_palette = pytest.mark.parametrize(
    "tokens", PALETTES, ids=lambda t: f"{t.name}{' contrast' * t.is_high_contrast}"
)
ENTRIES = tuple(f"entry_{number}" for number in range(1, 7))
CURVES = ("train", "val", *ENTRIES)


@every_palette
def test_text_and_marks_are_readable(tokens: theme.Tokens) -> None:
    least = 7 if tokens.is_high_contrast else 4.5
    for text in (tokens.text, tokens.text_soft, tokens.right, tokens.wrong, tokens.warning):
        for ground in (tokens.surface, tokens.window, tokens.raised):
            assert contrast(text, ground) >= least, (text, ground)
    assert contrast(tokens.accent, tokens.surface) >= least  # links
    assert contrast(tokens.on_accent, tokens.accent) >= least
    for text in (tokens.text, tokens.text_soft):
        assert contrast(text, tokens.accent_soft) >= 4.5
    for mark in (*CURVES, "accent", "frozen"):  # the ring of the focus is the accent
        for ground in (tokens.surface, tokens.window):
            assert contrast(getattr(tokens, mark), ground) >= 3, (mark, ground)
    if tokens.is_high_contrast:
        for mark in (tokens.line, tokens.line_strong):
            assert contrast(mark, tokens.surface) >= 3
        assert contrast(tokens.text_faint, tokens.surface) >= 4.5


# of Machado, Oliveira and Fernandes 2009, at full severity, for linear RGB; and without all colour
SEEN_BY = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
TOLD_APART = 10  # of CIE Lab


def lab(name: str, eyes: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    """A colour as these eyes see it, in CIE Lab under D65."""
    color = QColor(name)
    rgb = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    seen = [min(1.0, max(0.0, sum(map(mul, row, rgb)))) for row in eyes]
    x, y, z = (
        (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116)
        for t in (
            sum(map(mul, row, seen)) / white
            for row, white in zip(TO_XYZ, (0.95047, 1, 1.08883), strict=True)
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@every_palette
@pytest.mark.parametrize("eyes", SEEN_BY)
def test_curves_and_marks_are_told_apart_by_all_eyes(tokens: theme.Tokens, eyes: str) -> None:
    pairs = [("train", "val"), ("right", "wrong"), *combinations(ENTRIES, 2)]
    for one, other in pairs:
        seen = [lab(getattr(tokens, name), SEEN_BY[eyes]) for name in (one, other)]
        assert math.dist(*seen) >= TOLD_APART, (one, other)


def test_curves_differ_in_grey_as_well() -> None:
    looks = [(entry_spec(place).symbol, entry_spec(place).dashed) for place in range(len(ENTRIES))]
    assert len(set(looks)) == len(looks)


def test_high_contrast_is_chosen_or_follows_the_system(
    app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.apply(app, theme.Scheme.CONTRAST)
    assert theme.current() is theme.LIGHT_CONTRAST
    theme.apply(app, theme.Scheme.SYSTEM)
    assert not theme.current().is_high_contrast
    wish = Qt.ContrastPreference.HighContrast
    monkeypatch.setattr(QAccessibilityHints, "contrastPreference", lambda _: wish)
    theme.apply(app, theme.Scheme.SYSTEM)
    assert theme.current().is_high_contrast
    theme.apply(app, theme.Scheme.DARK)
    assert theme.current() is theme.DARK


@every_palette
def test_what_a_field_asks_for_is_readable(
    app: QApplication, qtbot: QtBot, tokens: theme.Tokens
) -> None:
    field = QLineEdit(placeholderText="Search")
    field.setStyleSheet(theme.style_sheet(tokens))
    on_screen(field, qtbot, 200, 40)
    shown = field.palette().placeholderText().color()
    assert shown.alpha() == 255 and shown.name() == tokens.text_soft


@every_palette
def test_the_style_sheet_is_filled_in(tokens: theme.Tokens) -> None:
    assert "$" not in theme.style_sheet(tokens)


def test_schemes_change_the_application(app: QApplication) -> None:
    theme.apply(app, theme.Scheme.DARK)
    assert app.palette().window().color() == QColor(theme.DARK.window)
    assert theme.current() is theme.DARK
    theme.apply(app, theme.Scheme.LIGHT)
    assert theme.current() is theme.LIGHT


def test_the_font_speaks_korean_and_has_tabular_figures(app: QApplication) -> None:
    assert app.font().family() == "Pretendard"
    from PySide6.QtGui import QFontMetricsF, QRawFont

    assert QRawFont.fromFont(app.font()).supportsCharacter(ord("한"))
    metrics = QFontMetricsF(app.font())
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


@pytest.mark.parametrize("name", icons.NAMES)
def test_every_icon_exists(app: QApplication, name: str) -> None:
    assert not icons.icon(name).pixmap(16, 16).isNull()


def color_of(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, *, is_down: bool = False) -> str:
    """The colour of its strongest pixels."""
    state = QIcon.State.On if is_down else QIcon.State.Off
    image = icon.pixmap(QSize(64, 64), 1.0, mode, state).toImage()
    colors = [image.pixelColor(x, y) for x in range(64) for y in range(64)]
    return max(colors, key=lambda color: color.alpha()).name()


def test_an_icon_made_before_takes_the_colours_of_the_theme_in_force(app: QApplication) -> None:
    icon = icons.icon("play", "accent", on_token="right")
    for scheme, tokens in ((theme.Scheme.DARK, theme.DARK), (theme.Scheme.LIGHT, theme.LIGHT)):
        theme.apply(app, scheme)
        assert color_of(icon) == tokens.accent
        assert color_of(icon, is_down=True) == tokens.right
        assert color_of(icon, QIcon.Mode.Disabled) == tokens.text_faint


@pytest.mark.parametrize(
    "make",
    [
        lambda: IconLabel("play", 32),
        lambda: IconButton("Train", "play", "primary"),
        lambda: Fold("More", QWidget()),
        lambda: StepButton("train", "Train", 3, is_step=True),
        lambda: BallLegend("Families", [("residual", "Residual")]),
    ],
    ids=["label", "button", "fold", "step", "legend"],
)
def test_what_shows_icons_follows_the_theme_and_back(
    make: Callable[[], QWidget], app: QApplication, qtbot: QtBot
) -> None:
    widget = on_screen(make(), qtbot, 200, 100)
    light = widget.grab().toImage()
    theme.apply(app, theme.Scheme.DARK)
    assert widget.grab().toImage() != light
    theme.apply(app, theme.Scheme.LIGHT)
    assert widget.grab().toImage() == light


def test_a_copy_of_an_icon_outlives_garbage_collection(app: QApplication) -> None:
    copy = QIcon(icons.drawn(lambda painter, rect, *_: painter.fillRect(rect, QColor("red"))))
    copy.setIsMask(True)  # Qt clones the engine
    gc.collect()
    again = QIcon(copy)
    again.setIsMask(False)
    del copy
    gc.collect()
    assert again.pixmap(16, 16).toImage().pixelColor(8, 8) == QColor("red")


class Painted(QObject):
    """Counts how often a widget paints itself."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


@pytest.mark.parametrize("make", [ScaleBar, MapGrid, ClassChart])
def test_what_paints_itself_follows_the_theme(
    make: type[QWidget], app: QApplication, qtbot: QtBot
) -> None:
    widget = on_screen(make(), qtbot, 200, 100)
    painted = Painted(getattr(widget, "viewport", lambda: widget)())
    app.processEvents()
    before = painted.count
    theme.apply(app, theme.Scheme.DARK)
    app.processEvents()
    assert painted.count > before


def test_every_icon_is_in_the_font_that_travels_with_the_studio(qtbot: QtBot) -> None:
    font = QRawFont(str(resources_dir() / "icons" / "phosphor" / "phosphor.ttf"), 16)
    glyphs = icons._glyphs()
    assert set(glyphs) == set(icons.NAMES.values())
    assert all(font.supportsCharacter(ord(glyph)) for glyph in glyphs.values())
    assert icons._family() == font.familyName()


class Dressings(QObject):
    """Counts how often widgets are told of another style."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.StyleChange
        return False


def test_a_theme_dresses_each_widget_a_few_times_however_deep_it_lies(
    app: QApplication, qtbot: QtBot
) -> None:
    top = QWidget()
    qtbot.addWidget(top)
    inner = top
    for _ in range(40):
        inner = vstack(QWidget(), parent=inner).itemAt(0).widget()
    top.show()
    dressings = Dressings()
    inner.installEventFilter(dressings)
    theme.apply(app, theme.Scheme.DARK)
    assert 1 <= dressings.count <= 3
    assert theme.current() is theme.DARK
    assert app.palette().window().color().name() == theme.DARK.window


def test_an_exported_web_page_has_these_colours() -> None:
    style = (resources_dir() / "web_page" / "page.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([a-z-]+): (#\w+)", part)) for part in _roots(style))
    for tokens, colours in ((theme.LIGHT, light), (theme.DARK, dark)):
        assert len(colours) > 8
        own = {name: getattr(tokens, name.replace("-", "_")) for name in colours}
        assert colours == own


def _roots(style: str) -> list[str]:
    """The blocks of colours, for light and dark."""
    return re.findall(r":root \{([^}]*)\}", style)[:2]
