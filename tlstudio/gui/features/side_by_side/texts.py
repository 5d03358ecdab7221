"""The sums of a network and their differences, in words of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from tlstudio.core.networks.blocks.side_by_side import NetworkFacts
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import formats

translate = QCoreApplication.translate

EQUAL = "="
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Sum:
    """A row of the table of sums.

    Attributes:
        help: what is counted.
    """

    title: str
    help: str
    of: Callable[[NetworkFacts], int]
    text: Callable[[int], str]


SUMS = (
    Sum(
        QT_TRANSLATE_NOOP("SideBySide", "Depth"),
        QT_TRANSLATE_NOOP(
            "SideBySide",
            "Convolutions and linear layers on the longest way from the image to the scores, gates "
            "of squeeze-and-excitation aside: the number that papers put behind a name",
        ),
        lambda facts: facts.depth,
        formats.count,
    ),
    Sum(
        QT_TRANSLATE_NOOP("SideBySide", "Weight layers"),
        QT_TRANSLATE_NOOP(
            "SideBySide",
            "All convolutions and linear layers, those of shortcuts and branches included",
        ),
        lambda facts: facts.layers,
        formats.count,
    ),
    Sum(
        QT_TRANSLATE_NOOP("SideBySide", "Parameters"),
        QT_TRANSLATE_NOOP("SideBySide", "With the head that the network was published with"),
        lambda facts: facts.parameters,
        formats.compact,
    ),
    Sum(
        QT_TRANSLATE_NOOP("SideBySide", "Multiply-adds"),
        QT_TRANSLATE_NOOP("SideBySide", "For one image of the size that the network is made for"),
        lambda facts: facts.multiply_adds,
        formats.compact,
    ),
)


def difference(row: Sum, now: NetworkFacts, before: NetworkFacts) -> str:
    """By how much a sum is larger than that of the network before, with its sign."""
    value = row.of(now) - row.of(before)
    if not value:
        return EQUAL
    return ("+" if value > 0 else MINUS) + row.text(abs(value))


def sentence(title: str, now: NetworkFacts, before_title: str, before: NetworkFacts) -> str:
    """The differences of two networks in one line."""
    found = [f"{translate('SideBySide', row.title)} {difference(row, now, before)}" for row in SUMS]
    text = translate("SideBySide", "{network}, compared with {other}: {differences}")
    return text.format(network=title, other=before_title, differences=", ".join(found))
