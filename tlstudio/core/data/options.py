"""How a dataset is read, beside how it is split: whatever the files alone do not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from tlstudio.core.data.values import ValueRange

T = TypeVar("T")

NO_COLUMN = "-"
COLUMN_A_CLASS = "*"


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table of images is read; an empty value is guessed from the table.

    Attributes:
        image_column: the column with the paths of the images.
        class_column: the column with their classes.
        split_column: the column that says the split; `NO_COLUMN` for none.
        group_column: the column that says which images stay in one split; `NO_COLUMN` for none.
        delimiter: the character between cells.
        header: "yes" or "no", whether the first line names the columns.
    """

    image_column: str = ""
    class_column: str = ""
    split_column: str = ""
    group_column: str = ""
    delimiter: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class TableReading:
    """A table as it was read, for a person to see and to change.

    Attributes:
        name: that of the file; of the first of several.
        columns: all that it has, in order.
        chosen: the columns that were used, those that were guessed too; the class column is
            `COLUMN_A_CLASS` where each class has a column of its own.
        examples: the first few values of each column.
    """

    name: str
    columns: tuple[str, ...]
    chosen: TableOptions
    examples: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person chose about reading a dataset.

    Attributes:
        reading: the id of a `Reading`, where a folder can be understood in several ways; empty
            leaves it to the studio, which asks where it is not sure.
        table: how its table is read; None as the studio guesses.
        values: the values shown as black and white in deep greys; None by the studio's rule.
    """

    reading: str = ""
    table: TableOptions | None = None
    values: ValueRange | None = None

    def to_values(self) -> dict[str, Any]:
        """The options as JSON has them; without those that were left to the studio."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_values(cls, values: object) -> ReadOptions:
        """Read what `to_values` returned; what is of another version is left to the studio."""
        if not isinstance(values, Mapping):
            return cls()
        reading = values.get("reading")
        return cls(
            reading if isinstance(reading, str) else "",
            _part(TableOptions, values.get("table")),
            _part(ValueRange, values.get("values")),
        )


def _part(kind: type[T], values: object) -> T | None:
    if not isinstance(values, Mapping):
        return None
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    try:
        return kind(**{name: value for name, value in values.items() if name in known})
    except (TypeError, ValueError):
        return None
