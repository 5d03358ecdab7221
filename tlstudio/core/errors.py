"""Everything that can go wrong for a person: one plain sentence and a hint.

Sentences are templates with named fields, so that the window can translate the template first
and fill it in afterwards. The terminal prints `str(error)` and `error.hint_text`.
"""

from __future__ import annotations

from collections.abc import Iterable


class TLStudioError(Exception):
    """Root of all errors that are shown to a person.

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
        return self.sentence.format(**self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.sentence, self.hint, self.values))

    @property
    def problems(self) -> tuple[TLStudioError, ...]:
        """The problems that this error stands for; usually only itself."""
        return self._problems or (self,)

    @property
    def hint_text(self) -> str:
        """The hint in English, filled in; empty where there is none."""
        return self.hint.format(**self.values)


def _rebuild(
    kind: type[TLStudioError], sentence: str, hint: str, values: dict[str, object]
) -> TLStudioError:
    return kind(sentence, hint, **values)


class DatasetError(TLStudioError):
    """A folder that is not a dataset, or a dataset that cannot be trained on."""


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


class DeviceError(TLStudioError):
    """A device that is not there or is out of memory."""


class TrainingError(TLStudioError):
    """Training that cannot start or go on."""


class StorageError(TLStudioError):
    """A file or folder that cannot be written or read."""
