"""Both palettes are readable, and icons exist for every meaning."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from tlstudio.gui import icons, theme


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours, 1 to 21."""

    def luminance(name: str) -> float:
        parts = [QColor(name).redF(), QColor(name).greenF(), QColor(name).blueF()]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=lambda t: t.name)
def test_text_and_marks_are_readable(tokens: theme.Tokens) -> None:
    for text in (tokens.text, tokens.text_soft, tokens.right, tokens.wrong, tokens.warning):
        for ground in (tokens.surface, tokens.window):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.text, tokens.accent_soft) >= 4.5
    for chart in (tokens.train, tokens.val, tokens.accent):
        assert contrast(chart, tokens.surface) >= 3


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=lambda t: t.name)
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
