"""Numbers are read as people write them; what can be read in two ways is refused, not guessed."""

from __future__ import annotations

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import ConfigError
from tlstudio.core.numbers import AmbiguousNumberError, NumberRange, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.01", 0.01),
        ("0,01", 0.01),
        ("  0,01\t", 0.01),
        ("0,001", 0.001),
        (",5", 0.5),
        ("1e-3", 0.001),
        ("1,5E-3", 0.0015),
        ("1.000", 1.0),  # a point is a decimal point: that is how numbers are shown
        ("10,00", 10.0),
        ("1.000,5", 1000.5),
        ("1,000.5", 1000.5),
        ("1 000,5", 1000.5),
        ("1\u202f000,5", 1000.5),
        ("1'000", 1000.0),
        ("1.000.000", 1e6),
        ("\u22123", -3.0),
        ("０．０１", 0.01),
        ("０，０１", 0.01),
        ("٠٫٠١", 0.01),
        ("०.०१", 0.01),
        ("32 images", 32.0),
        ("32IMAGES", 32.0),
    ],
)
def test_what_is_understood(text: str, number: float) -> None:
    assert read_number(text, unit="images") == number


@pytest.mark.parametrize(
    ("text", "number"), [("25", 25), ("25,0", 25), ("1,500", 1500), ("1.500", 1500), ("1e3", 1000)]
)
def test_whole_numbers(text: str, number: int) -> None:
    value = read_number(text, is_integer=True)
    assert value == number and isinstance(value, int)


@pytest.mark.parametrize(
    ("text", "is_integer", "readings"),
    [
        ("1,000", False, "Write 1000 or 1.0."),
        ("12,345", False, "Write 12345 or 12.345."),
        ("-1,500", False, "Write -1500 or -1.5."),
        ("1,000", True, "Write 1000 or 1."),
        ("1.000", True, "Write 1000 or 1."),
    ],
)
def test_what_can_be_read_in_two_ways_is_told_with_both(
    text: str, is_integer: bool, readings: str
) -> None:
    with pytest.raises(AmbiguousNumberError, match="two ways") as told:
        read_number(text, is_integer=is_integer)
    assert told.value.hint_text == readings


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "nan",
        "inf",
        "1e999",
        "1,2,3",
        "1.0.0",
        "1,00,000",
        "--1",
        "1 px",
        ".",
        "10²",
        "½",
        "①",
    ],
)
@pytest.mark.parametrize("is_integer", [False, True])
def test_no_number(text: str, is_integer: bool) -> None:
    with pytest.raises(ConfigError, match="is not a"):
        read_number(text, is_integer=is_integer)


def test_a_range_says_its_bounds() -> None:
    rate = NumberRange(0, 10, exclusive_minimum=True)
    assert rate.read("0,01") == 0.01 and rate.read("10") == 10
    for text in ("0", "10,5"):
        with pytest.raises(ConfigError, match=f"“{text}” is out of bounds") as told:
            rate.read(text)
        assert told.value.hint_text == "It must be above 0 and at most 10."
    assert NumberRange().read("-1e9") == -1e9


@pytest.mark.parametrize("typed", ["0,01", "０，０１", " 0.010 "])
def test_settings_are_read_alike(typed: str) -> None:
    assert RunConfig().changed(learning_rate=typed).learning_rate == 0.01
    assert RunConfig().changed(batch_size="16 images").batch_size == 16


def test_every_fault_in_the_settings_is_told() -> None:
    with pytest.raises(ConfigError) as told:
        RunConfig().changed(learning_rate="1,000", epochs="2,5", momentum="0,9", seed="x")
    said = [f"{problem} {problem.hint_text}" for problem in told.value.problems]
    assert said == [
        "“1,000” is not a valid value for learning_rate. Write 1000 or 1.0.",
        "“2,5” is not a valid value for epochs. It must be a whole number from 1 to 1000.",
        "“x” is not a valid value for seed. It must be a whole number from 0 to 2147483647.",
    ]
