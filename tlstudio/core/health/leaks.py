"""What copies across splits do to the accuracy of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.health.finding import HealthReport
from tlstudio.core.runs.predictions import PredictionRecord


@dataclass(frozen=True, slots=True)
class LeakEffect:
    """The accuracy on images that were measured, with those that have copies in training and not.

    Attributes:
        whole: of all of them.
        without: of those without a copy in training.
        leaked: of those with one.
    """

    whole: Share
    without: Share
    leaked: Share


def leaked_images(report: HealthReport, index: DatasetIndex) -> frozenset[ImageRef]:
    """The validation and test images of `index` that have a copy among its training images."""
    split_of = {sample.image: sample.split for sample in index.samples}
    found: set[ImageRef] = set()
    for finding in report.by_kind.get("leaks", ()):
        splits = {image: split_of[image] for image in finding.images if image in split_of}
        if Split.TRAIN in splits.values():
            found |= {image for image, split in splits.items() if split is not Split.TRAIN}
    return frozenset(found)


def leak_effect(
    predictions: Iterable[PredictionRecord], report: HealthReport, index: DatasetIndex
) -> LeakEffect | None:
    """How much copies of training images among those that were measured change the accuracy.

    Args:
        predictions: of a run, or of an evaluation.
        report: of the dataset as the run had it; what was settled only afterwards counts, too.
        index: the dataset as the run had it.

    Returns:
        None where no image that was predicted has a copy in training.
    """
    leaked = leaked_images(report, index)
    answers = [(p.image in leaked, bool(p.is_right)) for p in predictions if p.is_right is not None]
    with_copy = [is_right for is_leaked, is_right in answers if is_leaked]
    if not with_copy:
        return None
    alone = [is_right for is_leaked, is_right in answers if not is_leaked]
    whole = Share(sum(with_copy) + sum(alone), len(answers))
    return LeakEffect(whole, _share(alone), _share(with_copy))


def _share(answers: list[bool]) -> Share:
    return Share(sum(answers), len(answers))
