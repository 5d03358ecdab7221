"""The receipt of an export: what comparing it with the original in another program found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tlstudio.core.errors import ExportError
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.notes import Note
from tlstudio.core.significance import mcnemar
from tlstudio.core.texts import QT_TRANSLATE_NOOP

TOLERANCE = 1e-4  # of probabilities and distances: another order of sums gives 1e-6
AGREEMENT = 0.99  # of answers: two classes may be as good as equal to the network
INT8_AGREEMENT = 0.9  # of answers; a coarser network doubts differently, but is still the same one
_CHANCE = 0.05

_VERSION = 1

_EQUAL = QT_TRANSLATE_NOOP(
    "core",
    "{runtime} computes the same as the studio: {same} of {images} answers are equal, the largest "
    "difference of a probability is {difference}.",
)
_UNEQUAL = QT_TRANSLATE_NOOP(
    "core",
    "{runtime} computes something else than the studio: {same} of {images} answers are equal, the "
    "largest difference of a probability is {difference}.",
)
_INT8 = QT_TRANSLATE_NOOP(
    "core", "With 8-bit integers {same} of {images} answers are those of the original."
)
_INT8_ACCURACY = QT_TRANSLATE_NOOP(
    "core",
    "With 8-bit integers {same} of {images} answers are those of the original; the accuracy is "
    "{after} % ({low}–{high}) instead of {before} % ({low_before}–{high_before}).",
)
_INT8_WORSE = QT_TRANSLATE_NOOP(
    "core",
    "8-bit integers are too coarse for this network: only {same} of {images} answers are those of "
    "the original.",
)
_INT8_LOSES = QT_TRANSLATE_NOOP(
    "core",
    "8-bit integers are too coarse for this network: the accuracy is {after} % ({low}–{high}) "
    "instead of {before} % ({low_before}–{high_before}), which is not chance.",
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What comparing an export with the network it was made from found.

    Attributes:
        format: the id of the export's format.
        file: name of the file that was opened, and `sha256` of what it holds.
        runtime: the program that opened it, in a process of its own.
        versions: of the runtime, of the studio and of what wrote the file, by name.
        cpu_flags: of the processor that both ran on, those that decide how numbers are multiplied.
        int8: whether the export computes with 8-bit integers.
        dataset: whose validation images were compared; empty where there was none at hand and
            images of random pixels took their place.
        images: that were compared; `same`: those with the same answer.
        same_known: images of which both say "none of these", or both not; None without it.
        largest_difference: of any probability.
        largest_distance_difference: of the distance to the training images; None without it.
        accuracy_before: of the original on these images; None where their classes are not known.
        accuracy_after: of the export.
        lost: images that only the original told rightly; `gained`: only the export.
    """

    format: str
    file: str
    sha256: str
    runtime: str
    versions: Mapping[str, str]
    cpu_flags: tuple[str, ...]
    int8: bool
    dataset: str
    images: int
    same: int
    largest_difference: float
    largest_distance_difference: float | None = None
    same_known: int | None = None
    accuracy_before: Share | None = None
    accuracy_after: Share | None = None
    lost: int = 0
    gained: int = 0
    notes: tuple[str, ...] = field(default=())

    @property
    def agreement(self) -> Share:
        """Images with the same answer."""
        return Share(self.same, self.images)

    @property
    def is_passed(self) -> bool:
        """Whether the export may stand for the original."""
        if not self.images:
            return False
        if self.int8:
            return self.same >= INT8_AGREEMENT * self.images and not self.is_worse
        # An untrained network gives all classes nearly the same probability, and so does another
        if self.same < AGREEMENT * self.images:
            return False
        distance = self.largest_distance_difference or 0.0
        return self.largest_difference <= TOLERANCE and distance <= TOLERANCE  # False for NaN

    @property
    def is_worse(self) -> bool:
        """Whether fewer images are told rightly, by more than chance explains (McNemar)."""
        return self.lost > self.gained and mcnemar(self.lost, self.gained) < _CHANCE

    @property
    def runtime_name(self) -> str:
        """The runtime with its version."""
        return f"{self.runtime} {self.versions.get(self.runtime, '')}".strip()

    @property
    def sentence(self) -> Note:
        """What was found."""
        values: dict[str, object] = {
            "runtime": self.runtime_name,
            "same": self.same,
            "images": self.images,
            "difference": f"{self.largest_difference:.1e}",
        }
        if not self.int8:
            return Note(_EQUAL if self.is_passed else _UNEQUAL, values)
        has_accuracy = self.accuracy_before is not None and self.accuracy_after is not None
        if has_accuracy:
            values |= _told(self.accuracy_after, "after", "")
            values |= _told(self.accuracy_before, "before", "_before")
        if self.is_passed:
            return Note(_INT8_ACCURACY if has_accuracy else _INT8, values)
        return Note(_INT8_LOSES if has_accuracy and self.is_worse else _INT8_WORSE, values)

    def error(self, path: object) -> ExportError:
        """The error of a receipt that did not pass.

        Args:
            path: where the file was kept.
        """
        note = self.sentence
        hint = QT_TRANSLATE_NOOP(
            "core", "Do not use this file. It was kept, marked as failed, to be looked at: {path}"
        )
        return ExportError(note.sentence, hint, **note.values, path=path)

    def to_values(self) -> dict[str, object]:
        """The receipt as JSON has it; `from_values` reads it."""
        return {
            "version": _VERSION,
            "is_passed": self.is_passed,
            "sentence": str(self.sentence),
            "format": self.format,
            "file": self.file,
            "sha256": self.sha256,
            "runtime": self.runtime,
            "versions": dict(self.versions),
            "cpu_flags": list(self.cpu_flags),
            "int8": self.int8,
            "dataset": self.dataset,
            "images": self.images,
            "same": self.same,
            "same_known": self.same_known,
            "tolerance": None if self.int8 else TOLERANCE,
            "largest_difference": self.largest_difference,
            "largest_distance_difference": self.largest_distance_difference,
            "accuracy_before": _share_values(self.accuracy_before),
            "accuracy_after": _share_values(self.accuracy_after),
            "lost": self.lost,
            "gained": self.gained,
            "notes": list(self.notes),
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Receipt:
        """Read what `to_values` returned.

        Raises:
            ValueError: it is no receipt.
        """
        try:
            distance, known = values["largest_distance_difference"], values["same_known"]
            return cls(
                format=str(values["format"]),
                file=str(values["file"]),
                sha256=str(values["sha256"]),
                runtime=str(values["runtime"]),
                versions={str(name): str(text) for name, text in values["versions"].items()},
                cpu_flags=tuple(map(str, values["cpu_flags"])),
                int8=bool(values["int8"]),
                dataset=str(values["dataset"]),
                images=int(values["images"]),
                same=int(values["same"]),
                largest_difference=float(values["largest_difference"]),
                largest_distance_difference=None if distance is None else float(distance),
                same_known=None if known is None else int(known),
                accuracy_before=_share(values["accuracy_before"]),
                accuracy_after=_share(values["accuracy_after"]),
                lost=int(values["lost"]),
                gained=int(values["gained"]),
                notes=tuple(map(str, values["notes"])),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError("not a receipt of an export") from error


def _told(share: Share | None, name: str, suffix: str) -> dict[str, object]:
    """An accuracy and the ends of its interval, in per cent."""
    assert share is not None and share.value is not None and share.interval is not None
    return {
        name: f"{100 * share.value:.1f}",
        f"low{suffix}": f"{100 * share.interval.low:.0f}",
        f"high{suffix}": f"{100 * share.interval.high:.0f}",
    }


def _share_values(share: Share | None) -> dict[str, object] | None:
    return None if share is None or not share.images else share.to_values()


def _share(values: Any) -> Share | None:
    return None if values is None else Share(int(values["right"]), int(values["images"]))
