"""The loading report: what a file of weights holds, and what would become of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.notes import Note

Shape = tuple[int, ...]


class EntryState(StrEnum):
    """How an entry of the file and an entry of the network go together."""

    MATCHED = "matched"
    MISSING = "missing"  # the network needs it, the file does not have it
    OTHER_SHAPE = "other_shape"
    UNEXPECTED = "unexpected"  # the network does not know it
    SET_ASIDE = "set_aside"  # no part of a network: an optimizer, a loss, a number of epochs


class HeadState(StrEnum):
    """What the file has for the layer that makes the logits."""

    FITS = "fits"
    ABSENT = "absent"
    OTHER = "other"  # of a form that the network of the catalog does not have


class LoadingWay(StrEnum):
    """What can be done with a file."""

    EVERYTHING = "everything"  # a classifier that answers at once
    BACKBONE = "backbone"  # training that starts from it, with a new head


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """A row of the report.

    Attributes:
        state: how it goes together.
        name: as the network calls it; as the file does where the network does not know it.
        stored_name: as the file calls it; empty where it has none.
        shape: in the file; None where it has none, and for what stands for several tensors.
        wanted: in the network; None where it has none. A side of 0 is the number of classes, which
            nothing tells yet.
        tensors: how many it stands for.
    """

    state: EntryState
    name: str
    stored_name: str = ""
    shape: Shape | None = None
    wanted: Shape | None = None
    tensors: int = 1

    def to_values(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {
            "state": self.state.value,
            "name": self.name,
            "stored_name": self.stored_name,
            "shape": None if self.shape is None else list(self.shape),
            "wanted": None if self.wanted is None else list(self.wanted),
            "tensors": self.tensors,
        }


@dataclass(frozen=True, slots=True)
class WeightsCopy:
    """One of several copies of the network in a file.

    Attributes:
        place: what stands before the names of its entries, without the last dot.
        is_average: it is an average over training (EMA, SWA), not what was trained last.
    """

    place: str
    is_average: bool


@dataclass(frozen=True, slots=True)
class LoadingReport:
    """What a file holds, and what would become of it. Nothing has been applied.

    Attributes:
        file: its name.
        source: ``state_dict``, ``whole_model`` or ``safetensors``.
        model: name of the network in the catalog.
        twins: other networks with the same names and shapes, that it may be as well.
        num_classes: outputs of the head in the file; 0 where none fits.
        class_names: those that the file states for its outputs; may be empty.
        head: what the file has for the head.
        ways: what can be done with it, the best first; empty if nothing.
        entries: one for each entry of the network and of the file.
        build: how the network is built.
        copies: of the network in the file; one, mostly.
        copy: the place of the one that is reported.
        notes: what was assumed, converted or left out.
    """

    file: str
    source: str
    model: str
    twins: tuple[str, ...]
    num_classes: int
    class_names: tuple[str, ...]
    head: HeadState
    ways: tuple[LoadingWay, ...]
    entries: tuple[ReportEntry, ...]
    build: BuildConfig
    copies: tuple[WeightsCopy, ...]
    copy: str
    notes: tuple[Note, ...]

    @property
    def counts(self) -> Mapping[EntryState, int]:
        """Tensors by state; states without any are there with 0."""
        found = Counter[EntryState]()
        for entry in self.entries:
            found[entry.state] += entry.tensors
        return {state: found[state] for state in EntryState}

    def is_certain(self, way: LoadingWay) -> bool:
        """Whether there is nothing to look at or to choose before it is used in this way."""
        counts = self.counts
        strange = counts[EntryState.UNEXPECTED] + counts[EntryState.OTHER_SHAPE]
        is_exact = LoadingWay.EVERYTHING in self.ways and not strange and len(self.copies) < 2
        return is_exact and (way is LoadingWay.BACKBONE or bool(self.class_names))

    def to_values(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {
            "file": self.file,
            "source": self.source,
            "model": self.model,
            "twins": list(self.twins),
            "num_classes": self.num_classes,
            "class_names": list(self.class_names),
            "head": self.head.value,
            "ways": [way.value for way in self.ways],
            "counts": {state.value: count for state, count in self.counts.items()},
            "inputs": asdict(self.build),
            "copies": [{"place": c.place, "is_average": c.is_average} for c in self.copies],
            "copy": self.copy,
            "notes": [str(note) for note in self.notes],
            "entries": [entry.to_values() for entry in self.entries],
        }
