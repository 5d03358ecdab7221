"""Estimates how similar a dataset is to what a network was trained on, from measurements.

Two questions are put to the evidence, each image against itself, so that which images happen to be
in the dataset decides nothing:

1. What do the features that go into the head add to the images themselves? The share of the
   mistakes of a probe on raw pixels that a probe on the features avoids is the *similarity*: 0
   where the network's way of seeing is of no use, 1 where it tells the classes apart without a
   mistake. Chance would be the wrong yardstick: digits are told apart far better than chance by
   features that are worse than their own pixels.
2. Is the head's input still the best there is? Where an earlier depth (or the pixels) is
   significantly better, the stages after it lose what matters here: they are made for other images
   (Yosinski et al. 2014). Significance is McNemar's test, made fit for as many depths as were
   compared (Holm).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from tlstudio.core.advice.evidence import EvidenceRecord, StageEvidence
from tlstudio.core.significance import CONFIDENCE, holm

ALPHA = 1 - CONFIDENCE
Z = 1.96

# Features of the on-board network avoid half of the pixels' mistakes on photos of food, a sixth on
# pictures of clothes and none on digits; random networks avoid none anywhere. A third lies apart
# from all of them by more than the intervals of some hundred images.
SIMILAR_FROM = 1 / 3

# Points that a validation split of some hundred images could not show. Few images alone must not
# make a depth "as good": with twenty of them no test tells anything.
PLATEAU = 0.03

# With fewer the interval of a probe is ±15 points: chance would decide.
MIN_IMAGES = 40

# So few mistakes are left that no layer below the head needs to change, whatever the images are.
NEARLY_ALL = 0.98


@dataclass(frozen=True, slots=True)
class Similarity:
    """The similarity of a dataset to the pretraining images, with its interval.

    Attributes:
        value: share of the pixels' mistakes that the features avoid, 0..1.
        low, high: its 95 % interval, 0..1.
        pixels: probe accuracy of the raw pixels, fraction.
        final: that of the head's input.
        plateau: the first depth that no test tells from the best one, nor more than 3 points: the
            stages after it add nothing for this dataset.
        plateau_value: share of the pixels' mistakes that the features there avoid, 0..1.
        loss: by how much an earlier depth, or the pixels, leads the head's input; 0 or more.
        p_value: of that, adjusted for the number of depths; below 0.05 it is not chance.
        is_similar: whether the network's way of seeing suits the dataset.
        is_clear: whether the same would be said at both ends of the interval.
    """

    value: float
    low: float
    high: float
    pixels: float
    final: float
    plateau: StageEvidence
    plateau_value: float
    loss: float
    p_value: float
    is_similar: bool
    is_clear: bool

    @property
    def is_worth_keeping(self) -> bool:
        """Whether the layers up to the plateau know enough about such images to stay frozen."""
        return self.plateau_value >= SIMILAR_FROM

    @property
    def is_past_its_best(self) -> bool:
        """Whether an earlier depth is significantly better than the head's input."""
        return self.p_value < ALPHA


def similarity_of(record: EvidenceRecord) -> Similarity | None:
    """Estimate the similarity from the evidence; None with too few images for probes."""
    final, pixels = record.head, record.pixels
    if not final.answers or not pixels.answers or len(final.answers) < MIN_IMAGES:
        return None
    value, low, high = _share_avoided(final, pixels)
    loss, p_value = _lead_of_an_earlier_depth(record)
    plateau = _plateau(record)
    accuracy = final.probe_accuracy or 0.0
    is_past = p_value < ALPHA
    is_solved = accuracy >= NEARLY_ALL
    is_similar = not is_past and (is_solved or value >= SIMILAR_FROM)
    is_clear = is_past or is_solved or (low >= SIMILAR_FROM) == (high >= SIMILAR_FROM)
    return Similarity(
        value=value,
        low=low,
        high=high,
        pixels=pixels.probe_accuracy or 0.0,
        final=accuracy,
        plateau=plateau,
        plateau_value=_share_avoided(plateau, pixels)[0],
        loss=loss,
        p_value=p_value,
        is_similar=is_similar,
        is_clear=is_clear,
    )


def _share_avoided(row: StageEvidence, pixels: StageEvidence) -> tuple[float, float, float]:
    """Return the avoided share of the mistakes on pixels, with its 95 % interval (Wald, paired)."""
    images = len(row.answers)
    mistakes = images - pixels.right
    if not mistakes:
        return 0.0, 0.0, 0.0
    pairs = list(zip(row.answers, pixels.answers, strict=True))
    gained, lost = pairs.count(("1", "0")), pairs.count(("0", "1"))
    difference = gained - lost
    error = sqrt(max(gained + lost - difference**2 / images, 1.0))
    return (
        _within(difference / mistakes),
        _within((difference - Z * error) / mistakes),
        _within((difference + Z * error) / mistakes),
    )


def _lead_of_an_earlier_depth(record: EvidenceRecord) -> tuple[float, float]:
    """Return the lead of the best earlier depth over the head's input, and its p value."""
    depths = [record.pixels, *(row for row in record.stages if row.answers)]
    gains = [row.gain_over(record.head) for row in depths]
    adjusted = holm([gain.p_value for gain in gains])
    leads = [
        (p_value, -gain.difference)
        for gain, p_value in zip(gains, adjusted, strict=True)
        if gain.difference > 0
    ]
    if not leads:
        return 0.0, 1.0
    p_value, lead = min(leads)
    return -lead, p_value


def _plateau(record: EvidenceRecord) -> StageEvidence:
    """The first depth that is as good as any: the stages after it add nothing for this dataset."""
    rows = [row for row in record.rows if row.answers]
    most = max(rows, key=lambda row: row.right)
    for row in rows:
        gain = most.gain_over(row)
        if gain.p_value >= ALPHA and gain.difference <= PLATEAU:
            return row
    return most


def _within(share: float) -> float:
    return min(1.0, max(0.0, share))
