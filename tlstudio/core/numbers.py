"""Numbers as people write them: 0.01 and 0,01, digits of any script, a unit behind.

Fields of the window, flags of the terminal and configuration files are all read here. The decimal
mark is a point or a comma in every locale, because a person and the window's language need not
have the same habits; what could be read in two ways is refused with both of them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from tlstudio.core.errors import ConfigError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

MARKS = str.maketrans({"\u2212": "-", "\u066b": ".", "\u066c": "'", "\u2019": "'", "_": "'"})
NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<digits>[\d.,' ]*\d[\d.,' ]*)(?P<power>[eE][+-]?\d{1,3})?")
GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,' ])\d{3}(?:(?P=mark)\d{3})*")


class AmbiguousNumberError(ConfigError):
    """A number that can be read in two ways."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """What numbers a field takes.

    Attributes:
        minimum: the smallest.
        maximum: the largest.
        exclusive_minimum: whether `minimum` itself is refused.
        is_integer: whether only whole numbers are taken.
        unit: what may stand behind the number, in English.
    """

    minimum: float = -math.inf
    maximum: float = math.inf
    exclusive_minimum: bool = False
    is_integer: bool = False
    unit: str = ""

    def read(self, text: str) -> float:
        """The number in `text`, an int where only those are taken.

        Raises:
            ConfigError: there is none, it can be read in two ways, or it is out of bounds.
        """
        value = read_number(text, is_integer=self.is_integer, unit=self.unit)
        is_below = value <= self.minimum if self.exclusive_minimum else value < self.minimum
        if is_below or value > self.maximum:
            sentence = QT_TRANSLATE_NOOP("core", "“{value}” is out of bounds.")
            raise ConfigError(sentence, self.hint, value=text.strip(), **self.bounds)
        return value

    @property
    def hint(self) -> str:
        """What is taken, a template over `bounds`; empty where everything is."""
        if math.inf in (-self.minimum, self.maximum):
            return ""
        if self.exclusive_minimum:
            return QT_TRANSLATE_NOOP("core", "It must be above {minimum} and at most {maximum}.")
        if self.is_integer:
            return QT_TRANSLATE_NOOP(
                "core", "It must be a whole number from {minimum} to {maximum}."
            )
        return QT_TRANSLATE_NOOP("core", "It must be a number from {minimum} to {maximum}.")

    @property
    def bounds(self) -> dict[str, object]:
        """The values that `hint` has places for."""
        if math.inf in (-self.minimum, self.maximum):
            return {}
        return {"minimum": self._said(self.minimum), "maximum": self._said(self.maximum)}

    def _said(self, bound: float) -> str:
        return str(int(bound)) if self.is_integer else f"{bound:g}"


def read_number(text: str, *, is_integer: bool = False, unit: str = "") -> float:
    """The number that `text` says, an int if `is_integer`.

    Raises:
        AmbiguousNumberError: it can be read in two ways.
        ConfigError: there is none.
    """
    plain = _plain(text)
    if unit and plain.casefold().endswith(unit.casefold()):
        plain = plain[: -len(unit)].rstrip()
    found = NUMBER.fullmatch(plain)
    if found is None:
        raise _no_number(text, is_integer=is_integer)
    sign, digits, power = found["sign"], found["digits"].strip(), found["power"] or ""
    if _is_ambiguous(digits, power, is_integer=is_integer):
        whole, part = re.split("[.,]", digits)
        raise AmbiguousNumberError(
            QT_TRANSLATE_NOOP("core", "“{value}” can be read in two ways."),
            QT_TRANSLATE_NOOP("core", "Write {grouped} or {decimal}."),
            value=text.strip(),
            grouped=f"{sign}{whole}{part}",
            decimal=f"{sign}{whole}" if is_integer else f"{sign}{whole}.{part.rstrip('0') or 0}",
        )
    value = float(f"{sign}{_with_point(digits, text, is_integer=is_integer)}{power}")
    if not math.isfinite(value) or (is_integer and not value.is_integer()):
        raise _no_number(text, is_integer=is_integer)
    return int(value) if is_integer else value


def _plain(text: str) -> str:
    """`text` in ASCII digits, signs and spaces as far as it has such, without outer spaces."""
    normal = "".join(map(_narrow, text)).translate(MARKS)
    digits = (str(unicodedata.decimal(c, c)) for c in normal)
    return " ".join("".join(digits).split())


def _narrow(character: str) -> str:
    """A full-width character as an ordinary one; 10² stays what it is, and no number."""
    is_wide = unicodedata.decomposition(character).startswith("<wide>")
    return unicodedata.normalize("NFKC", character) if is_wide else character


def _is_ambiguous(digits: str, power: str, *, is_integer: bool) -> bool:
    """Whether one mark stands where both a decimal mark and one of thousands could.

    A point in a number that need not be whole is a decimal point: that is how numbers are shown.
    """
    form = r"[1-9]\d{0,2}[.,]000" if is_integer else r"[1-9]\d{0,2},\d{3}"
    return not power and bool(re.fullmatch(form, digits))


def _with_point(digits: str, text: str, *, is_integer: bool) -> str:
    """`digits` with a decimal point and no marks of thousands.

    Raises:
        ConfigError: the marks stand where none can.
    """
    marks = [c for c in digits if c in ".,"]
    is_decimal = len(marks) == 1 or (len(set(marks)) == 2 and marks.count(marks[-1]) == 1)
    if is_integer and len(marks) == 1 and GROUPED.fullmatch(digits):
        is_decimal = False  # 1,500 is no whole number if its comma is a decimal mark
    whole, mark, part = digits.rpartition(marks[-1]) if is_decimal else (digits, "", "")
    if not re.fullmatch(r"\d*", whole):
        grouped = GROUPED.fullmatch(whole)
        if grouped is None or grouped["mark"] == mark:
            raise _no_number(text, is_integer=is_integer)
        whole = re.sub(r"\D", "", whole)
    if not re.fullmatch(r"\d*", part):
        raise _no_number(text, is_integer=is_integer)
    return f"{whole or 0}.{part or 0}"


def _no_number(text: str, *, is_integer: bool) -> ConfigError:
    sentence, hint = (
        QT_TRANSLATE_NOOP("core", "“{value}” is not a whole number."),
        QT_TRANSLATE_NOOP("core", "Write it in digits: 25."),
    )
    if not is_integer:
        sentence, hint = (
            QT_TRANSLATE_NOOP("core", "“{value}” is not a number."),
            QT_TRANSLATE_NOOP("core", "Write it like 0.01, 0,01 or 1e-2."),
        )
    return ConfigError(sentence, hint, value=text.strip())
