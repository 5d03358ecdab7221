"""Heat maps: which parts of an image speak for a class, and whether the map can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.preprocessing import SeenBox
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLANKED_SHARE = 0.2  # of the image, in the test of a map
NOTHING_LOST = 0.02  # of probability: what is less than this is no change
SURPASSED_SHARE = 0.8  # of the other places that must matter less than the brightest one
SAME_MAP = 0.6  # correlation with the maps of random weights from which a map says nothing of ours


class MapMethod(StrEnum):
    """The ways to find out which parts of an image speak for a class."""

    GRAD_CAM = "grad_cam"  # Selvaraju et al., 2017
    OCCLUSION = "occlusion"  # Zeiler and Fergus, 2014: needs no gradients


@dataclass(frozen=True, slots=True)
class MapRequest:
    """A request for a map of an image: what speaks for the class of this index."""

    image: ImageRef
    method: MapMethod
    class_index: int


@dataclass(frozen=True, slots=True)
class AverageRequest:
    """A request for the mean map of a class over some of its images."""

    images: tuple[ImageRef, ...]
    class_index: int


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """A map of what speaks for one class in one image.

    Attributes:
        values: float32 ``[H, W]``, 0 to 1 at the brightest, as large as what the network saw; all
            zero where nothing speaks for the class.
        pixels: what the network saw, uint8 ``[H, W, 3]``.
        box: where in the photo that was.
        probability: of the class, 0..1.
        layer: module path of the layer whose activations were weighed; empty for occlusion.
        grid: height and width of the map before it was enlarged.
    """

    method: MapMethod
    class_index: int
    values: NDArray[np.float32]
    pixels: NDArray[np.uint8]
    box: SeenBox
    probability: float
    layer: str = ""
    grid: tuple[int, int] = (0, 0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing in the image speaks for the class."""
        return not self.values.any()


@dataclass(frozen=True, slots=True)
class MapCheck:
    """The test of one map.

    Attributes:
        probability: of the class in the whole image.
        without_brightest: once the brightest `BLANKED_SHARE` of it is blanked.
        without_others: once as much is blanked elsewhere, in the same shape at other places.
        likeness: mean rank correlation with maps of the same network with shuffled weights, -1..1
            (Adebayo et al., 2018); None where it was not measured.
    """

    probability: float
    without_brightest: float
    without_others: tuple[float, ...]
    likeness: float | None = None

    @property
    def without_other(self) -> float:
        """The mean over the other places."""
        return sum(self.without_others) / len(self.without_others)

    @property
    def points_at_cause(self) -> bool:
        """Whether what is brightest matters to the answer, and more so than most other places."""
        lost = self.probability - self.without_brightest
        surpassed = sum(self.without_brightest < other for other in self.without_others)
        return lost > NOTHING_LOST and surpassed >= SURPASSED_SHARE * len(self.without_others)

    @property
    def is_of_weights(self) -> bool:
        """Whether the map comes from what was learned; a map that any weights give does not."""
        return self.likeness is None or self.likeness < SAME_MAP

    @property
    def means_something(self) -> bool:
        return self.points_at_cause and self.is_of_weights


def map_note(heat_map: HeatMap, check: MapCheck | None, name: str) -> Note:
    """What a map's own test says of it, in a sentence; `name` is that of the class."""
    if heat_map.is_empty:
        return Note(
            QT_TRANSLATE_NOOP("core", "Nothing here speaks for {name}: the map is empty."),
            {"name": name},
        )
    if check is None:
        return Note(QT_TRANSLATE_NOOP("core", "Testing the map…"))
    numbers: dict[str, object] = {
        "name": name,
        "before": check.probability,
        "after": check.without_brightest,
        "other": check.without_other,
    }
    if not check.is_of_weights:
        return Note(
            QT_TRANSLATE_NOOP(
                "core",
                "This map means little: with shuffled weights it looks nearly the same "
                "(rank correlation {likeness:.2f}).",
            ),
            {"likeness": check.likeness or 0.0},
        )
    if check.points_at_cause:
        return Note(
            QT_TRANSLATE_NOOP(
                "core",
                "Tested: with the brightest fifth blanked, {name} falls from {before:.0%} to "
                "{after:.0%}; with as much blanked elsewhere, to {other:.0%}.",
            ),
            numbers,
        )
    return Note(
        QT_TRANSLATE_NOOP(
            "core",
            "This map means little: with the brightest fifth blanked, {name} goes from "
            "{before:.0%} to {after:.0%}; with as much blanked elsewhere, to {other:.0%}.",
        ),
        numbers,
    )


def average_note(average: ClassAverage, name: str) -> Note:
    """What the mean map of a class was made of, in a sentence; `name` is that of the class."""
    if average.empty == average.images:
        return Note(
            QT_TRANSLATE_NOOP("core", "Nothing here speaks for {name}: the map is empty."),
            {"name": name},
        )
    return Note(
        QT_TRANSLATE_NOOP(
            "core",
            "The mean of what speaks for {name} in {images} images, over the mean of the images; "
            "in {empty} of them, nothing does.",
        ),
        {"name": name, "images": average.images, "empty": average.empty},
    )


@dataclass(frozen=True, slots=True, eq=False)
class ClassAverage:
    """What speaks for a class on average over several of its images.

    Attributes:
        values: float32 ``[H, W]``: the mean of the maps, each 0 to 1, scaled to reach 1.
        pixels: the mean of what the network saw, uint8 ``[H, W, 3]``.
        images: how many; those that cannot be read are not among them.
        empty: how many of them gave an empty map.
    """

    class_index: int
    values: NDArray[np.float32]
    pixels: NDArray[np.uint8]
    images: int
    empty: int
    layer: str
