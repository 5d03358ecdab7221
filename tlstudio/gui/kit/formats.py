"""Numbers as people read them, in the language of the window."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QCoreApplication, QLocale

from tlstudio.core.runs.metrics import Unit

NONE = "–"

translate = QCoreApplication.translate


def count(value: int) -> str:
    """Format a whole number, e.g. 1234567 as 1,234,567."""
    return QLocale().toString(value)


def percent(fraction: float | None, decimals: int = 1) -> str:
    """Format a fraction as per cent, e.g. 0.8243 as 82.4%."""
    return NONE if fraction is None else f"{100 * fraction:.{decimals}f}%"


def compact(value: float) -> str:
    """Format a count briefly, e.g. 4652008 as 4.65 M."""
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.3g}"


def gflops(value: float) -> str:
    """Format billions of multiply-adds, e.g. 0.00041, 1.81 or 2,730; a dash for 0 (unknown)."""
    if not value:
        return NONE
    return f"{value:.3g}" if value < 999.5 else count(int(float(f"{value:.3g}")))


def file_size(size_bytes: int) -> str:
    """17123456 -> 17.1 MB, as in powers of ten"""
    return QLocale().formattedDataSize(size_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def loss(value: float | None) -> str:
    return NONE if value is None else f"{value:.4f}"


def duration(seconds: float | None) -> str:
    """75.3 -> 1 min 15 s"""
    if seconds is None:
        return NONE
    if seconds < 10:
        return translate("formats", "{s:.1f} s").format(s=seconds)
    if seconds < 60:
        return translate("formats", "{s:.0f} s").format(s=seconds)
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return translate("formats", "{m} min {s} s").format(m=minutes, s=rest)
    hours, minutes = divmod(minutes, 60)
    return translate("formats", "{h} h {m} min").format(h=hours, m=minutes)


def estimate(seconds: float) -> str:
    """A forecast, no finer than it can be: < 0.1 s, 3.4 s, 2 min 35 s, 48 min, 1 h 12 min"""
    if seconds < 0.095:
        return translate("formats", "< 0.1 s")
    if seconds < 59.5:
        return duration(seconds if seconds < 9.95 else round(seconds))
    if seconds < 600:
        return duration(5 * round(seconds / 5))
    if seconds < 3570:
        return translate("formats", "{m} min").format(m=round(seconds / 60))
    return duration(seconds)


def learning_rate(value: float) -> str:
    """Format a learning rate, e.g. 0.0001 as 1e-4 and 0.001 as 0.001."""
    if value >= 0.001 or value == 0:
        return f"{value:g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def metric(value: float | None, unit: Unit) -> str:
    """A measured value as its unit wants it; a dash where it was not measured."""
    if value is None:
        return NONE
    match unit:
        case Unit.FRACTION:
            return percent(value)
        case Unit.LOSS:
            return loss(value)
        case Unit.RATE:
            return learning_rate(value)
        case Unit.SECONDS:
            return duration(value)
        case Unit.PER_SECOND:
            return count(round(value))
        case Unit.NUMBER:
            return f"{value:.4g}"
        case _:
            assert_never(unit)


def images_per_s(rate: float) -> str:
    """Format images per second with three digits, e.g. 0.412, 41.2 or 4,120."""
    return f"{rate:.3g}" if rate < 999.5 else f"{round(rate, -1):,.0f}"


def ratio(value: float) -> str:
    """Format a ratio with two digits, e.g. 0.012 or 3.4e-5."""
    if value == 0 or value >= 0.001:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"
