"""`evaluate --negatives`: how many images of no class are refused, and how many known ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlstudio.cli.output import Output, share_text
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import ConfigError
from tlstudio.core.evaluation.novelty import NOVELTY_SCORE_TITLES, NoveltyScore
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.engine.models.classifier import Classifier
    from tlstudio.engine.understanding.novelty import MeasuredNovelty


def measure(
    classifier: Classifier,
    index: DatasetIndex | None,
    folder: Path,
    stop: StopToken,
    output: Output,
) -> MeasuredNovelty | None:
    """Measure "none of these" on the dataset's own images and on a folder; None if stopped.

    Raises:
        ConfigError: the dataset is not one that it can be measured on.
    """
    from tlstudio.engine.data.files import find_images
    from tlstudio.engine.probing.features import PoolingProgressed
    from tlstudio.engine.understanding.novelty import measure_novelty

    parts = index.by_split if index is not None and index.classes == classifier.classes else {}
    if not (parts.get(Split.TRAIN) and parts.get(Split.VAL)):
        raise ConfigError(
            QT_TRANSLATE_NOOP(
                "core", "--negatives needs training and validation images of the model's classes."
            ),
            QT_TRANSLATE_NOOP("core", "Name the run and the dataset that it was trained on."),
        )
    foreign = find_images([folder])
    for step in measure_novelty(
        classifier, parts[Split.TRAIN], parts[Split.VAL], stop, foreign=foreign
    ):
        if isinstance(step, PoolingProgressed):
            output.progress(f"{step.done} / {step.total} images")
        else:
            return step
    return None


def to_values(found: MeasuredNovelty, folder: Path) -> dict[str, Any]:
    """What JSON says of it."""
    level = found.detector.level
    return {
        "folder": str(folder),
        "level": level,
        "caught": {s.value: _values(found.report.caught(s, level)) for s in NoveltyScore},
        "known_refused": {s.value: _values(found.report.refused(s, level)) for s in NoveltyScore},
    }


def print_table(found: MeasuredNovelty, folder: Path, output: Output) -> None:
    """A line for each score: of the foreign images and of the known ones, how many are refused."""
    level, report = found.detector.level, found.report
    output.line()
    output.line(f"Refused as none of the classes, where {level:.0%} of known images may be:")
    output.line(f"{'':<30}{folder.name:<24}validation, by halves")
    for score in NoveltyScore:
        caught, refused = report.caught(score, level), report.refused(score, level)
        told = "–" if caught is None else share_text(caught)
        output.line(f"{NOVELTY_SCORE_TITLES[score].lower():<30}{told:<24}{share_text(refused)}")


def _values(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    ends = share.interval
    return {
        "share": share.value,
        "interval": None if ends is None else [ends.low, ends.high],
        "refused": share.right,
        "images": share.images,
    }
