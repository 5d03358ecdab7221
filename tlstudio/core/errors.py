"""Everything that can go wrong for a person: one plain sentence and a hint.

Sentences are templates with named fields, so that the window can translate the template first
and fill it in afterwards. The terminal prints `str(error)` and `error.hint_text`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tlstudio.core.texts import readable


class TLStudioError(Exception):
    """Root of all errors that are shown to a person. Two that say the same are equal.

    Attributes:
        sentence: one plain sentence, a `str.format` template over `values`.
        hint: what to do about it, a template likewise; may be empty.
        values: the values of the fields of both templates.
    """

    def __init__(self, sentence: str, hint: str = "", **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.values = values
        self._problems: tuple[TLStudioError, ...] = ()  # not itself: no reference cycle

    @classmethod
    def of(cls, problems: Iterable[TLStudioError]) -> TLStudioError:
        """Join `problems` (at least one) in one error, which reads as the first of them."""
        found = tuple(problems)
        error = type(found[0])(found[0].sentence, found[0].hint, **found[0].values)
        error._problems = found
        return error

    def __str__(self) -> str:
        return self.sentence.format(**self._readable_values())

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.sentence, self.hint, self.values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TLStudioError) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash((type(self), self.sentence, self.hint))

    def to_values(self) -> dict[str, object]:
        """The error as JSON has it; a value that JSON has not is written out."""
        plain = {
            key: value if isinstance(value, int | float | str) else str(value)
            for key, value in self.values.items()
        }
        kind = type(self).__name__
        return {"kind": kind, "sentence": self.sentence, "hint": self.hint, "values": plain}

    @staticmethod
    def from_values(values: Any) -> TLStudioError:
        """Read what `to_values` returned.

        Raises:
            ValueError: it is no error.
        """
        try:
            kind = _kinds().get(values["kind"], TLStudioError)
            return kind(str(values["sentence"]), str(values["hint"]), **values["values"])
        except (KeyError, TypeError) as problem:
            raise ValueError("not an error of the studio") from problem

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        """Store an error in records as what `to_values` returns."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, TLStudioError) else cls.from_values(value),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.to_values),
        )

    @property
    def problems(self) -> tuple[TLStudioError, ...]:
        """The problems that this error stands for; usually only itself."""
        return self._problems or (self,)

    @property
    def hint_text(self) -> str:
        """The hint in English, filled in; empty where there is none."""
        return self.hint.format(**self._readable_values())

    def _readable_values(self) -> dict[str, object]:
        return {
            name: readable(str(value)) if isinstance(value, str | Path) else value
            for name, value in self.values.items()
        }


def _rebuild(
    kind: type[TLStudioError], sentence: str, hint: str, values: dict[str, object]
) -> TLStudioError:
    return kind(sentence, hint, **values)


def _kinds(root: type[TLStudioError] = TLStudioError) -> dict[str, type[TLStudioError]]:
    """Map the names of all error classes to the classes."""
    kinds = {root.__name__: root}
    for kind in root.__subclasses__():
        kinds |= _kinds(kind)
    return kinds


class DatasetError(TLStudioError):
    """A folder that is not a dataset, or a dataset that cannot be trained on."""

    @property
    def instead(self) -> Path | None:
        """What can be opened in its place: the value `instead`, where one was given."""
        place = self.values.get("instead")
        return None if place is None else Path(str(place))


class SplitError(DatasetError):
    """The images or groups of a dataset are too few to be split as asked."""


class ImageError(TLStudioError):
    """An image file cannot be used."""


class ConfigError(TLStudioError):
    """A setting that is out of bounds or does not fit the others."""


class ModelError(TLStudioError):
    """A network that is unknown or cannot be built as asked."""


class WeightsError(TLStudioError):
    """Weights that cannot be read, written, fetched or matched to a network."""


class WeightsMissingError(WeightsError):
    """Pretrained weights that are not on this machine yet."""


class ExportError(TLStudioError):
    """What was to be used outside the studio cannot be made, or is not what it was made from."""


class HubError(TLStudioError):
    """The Hugging Face hub cannot be reached, or does not do what was asked."""


class HubNameTakenError(HubError):
    """There is a repository of this name, which may be updated."""


class WebRuntimeMissingError(ExportError):
    """What runs a network in a web page is not on this machine yet; it can be downloaded."""


class DeviceError(TLStudioError):
    """A device that is not there or is out of memory."""


class TrainingError(TLStudioError):
    """Training that cannot start or go on."""


class StartError(TLStudioError):
    """The window cannot be shown on this machine as it is."""


class StorageError(TLStudioError):
    """A file or folder that cannot be written or read."""


class RunMissingError(StorageError):
    """A kept run that was named, and that there is none of."""
