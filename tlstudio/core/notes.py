"""Something worth telling a person that stops nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence with its values: a `str.format` template, marked for translation in core.

    Attributes:
        sentence: the template.
        values: the values of its fields.
    """

    sentence: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence.format(**self.values)
