"""A table of named rows that refuses duplicates and unknown names aloud."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from tlstudio.core.errors import ConfigError
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class Named(Protocol):
    """Whatever has a name that is unique in its table."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """Rows by name, in the order they were given.

    Raises:
        ValueError: two rows have the same name.
    """

    def __init__(self, noun: str, rows: Iterable[T]) -> None:
        self._noun = noun
        self._rows: dict[str, T] = {}
        for row in rows:
            if row.name in self._rows:
                raise ValueError(f"two rows of the {noun} table are named {row.name!r}")
            self._rows[row.name] = row

    def __getitem__(self, name: str) -> T:
        """Return the row called `name`.

        Raises:
            ConfigError: there is none; the hint names the nearest ones.
        """
        try:
            return self._rows[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._rows, n=3) or list(self._rows)[:5]
            raise ConfigError(
                QT_TRANSLATE_NOOP("core", "There is no {noun} called “{name}”."),
                QT_TRANSLATE_NOOP("core", "Did you mean: {near}?"),
                noun=self._noun,
                name=name,
                near=", ".join(near),
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._rows)
