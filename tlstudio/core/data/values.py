"""The values of deep images (16 and 32 bits, floats) that are shown as black and as white.

A photo has 256 levels and needs no such rule. A microscope's, a scanner's or a tomograph's values
lie anywhere in a wider type, so that one range for the whole dataset says what is black and white.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from tlstudio.core.texts import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The stored values that are shown as black and as white; what lies beyond is cut off.

    Raises:
        ValueError: they are not finite, or `low` is not below `high`.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"not a range of values: {self.low} to {self.high}")
        object.__setattr__(self, "low", float(self.low))  # 0 and 0.0 must not make two digests
        object.__setattr__(self, "high", float(self.high))

    @classmethod
    def of(cls, low: float, high: float) -> ValueRange:
        """From `low` to `high`, a little wider where they are the same."""
        return cls(low, high if high > low else low + max(1.0, abs(low) * 1e-6))

    @property
    def words(self) -> tuple[str, str]:
        """The two values as people write them, without digits that say nothing."""
        return _number(self.low), _number(self.high)


DEEP_IMAGES = QT_TRANSLATE_NOOP(
    "core",
    "{count} images have more than 256 levels of grey: {low} is shown as black, {high} as white.",
)

# What a source gives its deep images, until the range of the whole dataset is known.
UNSETTLED = ValueRange(0, 65535)


class ValueType(StrEnum):
    """The types of deep images."""

    UINT16 = "uint16"
    INT32 = "int32"
    FLOAT32 = "float32"


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """The values of one deep image, or of a sample of a dataset's.

    Attributes:
        type: how they are stored.
        low: the least finite value.
        high: the greatest one.
        dark: half a per cent of the pixels are not brighter.
        bright: half a per cent of the pixels are not darker.
    """

    type: ValueType
    low: float
    high: float
    dark: float
    bright: float

    @classmethod
    def of_all(cls, facts: Iterable[ValueFacts]) -> ValueFacts | None:
        """Facts about several images together; None without one."""
        rows = list(facts)
        if not rows:
            return None
        return cls(
            max(rows, key=lambda row: list(ValueType).index(row.type)).type,
            min(row.low for row in rows),
            max(row.high for row in rows),
            min(row.dark for row in rows),
            max(row.bright for row in rows),
        )


_BITS = (8, 10, 12, 14, 16)
_FULL = {
    ValueType.UINT16: ValueRange(0, 65535),
    ValueType.INT32: ValueRange(0, 65535),
    ValueType.FLOAT32: ValueRange(0, 1),
}


def usual_range(facts: ValueFacts) -> ValueRange:
    """The range by the studio's rule: the narrowest usual one that holds all values.

    Whole numbers: 0 to 255, 1023, 4095, 16383 or 65535, since cameras and scanners keep 8 to 16
    bits. Floats: 0 to 1, -1 to 1, or one of these. Where the values fill less than a quarter of
    it, or none holds them (Hounsfield units), from their least to their greatest.
    """
    low, high = facts.low, facts.high
    is_float = facts.type is ValueType.FLOAT32
    if is_float and low >= -1 and high <= 1 and max(high, -low) > 1 / 4:
        return ValueRange(0 if low >= 0 else -1, 1)
    if low >= 0:
        top = next((2**bits - 1 for bits in _BITS if high <= 2**bits - 1), None)
        if top is not None and (high > top / 4 or not is_float):
            return ValueRange(0, top)
    return data_range(facts)


def data_range(facts: ValueFacts) -> ValueRange:
    """From the least to the greatest value."""
    return ValueRange.of(facts.low, facts.high)


def _percentiles(facts: ValueFacts) -> ValueRange:
    return ValueRange.of(facts.dark, facts.bright)


@dataclass(frozen=True, slots=True)
class ValuePreset:
    """A range by its name: a row of `VALUE_PRESETS`."""

    name: str
    title: str
    range_of: Callable[[ValueFacts], ValueRange]


def _window(name: str, title: str, low: float, high: float) -> ValuePreset:
    return ValuePreset(name, title, lambda facts: ValueRange(low, high))


VALUE_PRESETS: tuple[ValuePreset, ...] = (
    ValuePreset("auto", QT_TRANSLATE_NOOP("core", "Automatic"), usual_range),
    ValuePreset(
        "type", QT_TRANSLATE_NOOP("core", "All values of the type"), lambda facts: _FULL[facts.type]
    ),
    ValuePreset("data", QT_TRANSLATE_NOOP("core", "Least to greatest value"), data_range),
    ValuePreset("percentile", QT_TRANSLATE_NOOP("core", "Without extremes (99 %)"), _percentiles),
    _window("lung", QT_TRANSLATE_NOOP("core", "CT: lung"), -1350, 150),
    _window("bone", QT_TRANSLATE_NOOP("core", "CT: bone"), -500, 1300),
    _window("soft_tissue", QT_TRANSLATE_NOOP("core", "CT: soft tissue"), -160, 240),
    _window("brain", QT_TRANSLATE_NOOP("core", "CT: brain"), 0, 80),
)


def _number(value: float) -> str:
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.6g}"
