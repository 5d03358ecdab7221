"""Items are handed out in order, whoever works on them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tlstudio.engine.data.ahead import ALONE, Readers, in_order

READERS = [ALONE, Readers(2, 4), Readers(3, 4, is_eager=True), Readers(8, 64)]


def square(number: int) -> int:
    if number == 5:
        raise ValueError("five")
    return number * number


def answer(result: Callable[[], int]) -> int | str:
    try:
        return result()
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("readers", READERS)
@pytest.mark.parametrize("extra", [0, 2])
def test_in_order_and_with_their_errors(readers: Readers, extra: int) -> None:
    found = [(item, answer(r)) for item, r in in_order(square, range(19), readers, extra)]
    assert found == [(n, "five" if n == 5 else n * n) for n in range(19)]


@pytest.mark.parametrize("readers", READERS)
def test_results_may_be_asked_for_at_the_end(readers: Readers) -> None:
    handed_out = list(in_order(square, range(6, 26), readers))
    assert [result() for _, result in handed_out] == [n * n for n in range(6, 26)]


@pytest.mark.parametrize("readers", READERS[1:])
def test_no_more_is_begun_than_said_and_closing_ends_it(readers: Readers) -> None:
    begun: list[int] = []
    items = in_order(begun.append, range(1000), readers)
    _, result = next(items)
    result()
    items.close()
    count = len(begun)
    assert count <= 2 * readers.chunk
    time.sleep(0.02)
    assert len(begun) == count
