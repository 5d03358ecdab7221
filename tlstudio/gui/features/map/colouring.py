"""What the colours of the points mean: a row for each question that can be put to the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.health.kinds import FINDING_KINDS
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.language import core_text, shown
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

translate = QCoreApplication.translate

_ENTRIES = ("entry_1", "entry_2", "entry_3", "entry_4", "entry_5", "entry_6")
_GOLDEN_ANGLE = 137.508


@dataclass(frozen=True, slots=True)
class ColourGroup:
    """The points of one colour.

    Attributes:
        title: as a person reads it.
        colour: in the theme that is in force.
    """

    title: str
    colour: QColor


@dataclass(frozen=True, slots=True, eq=False)
class Coloured:
    """The answer to one question for all images.

    Attributes:
        groups: those of the legend, in its order.
        codes: for each image the number of its group, int64 ``[N]``.
    """

    groups: tuple[ColourGroup, ...]
    codes: NDArray[np.int64]


Question = Callable[[Session, DatasetIndex, Sequence[ImageRef]], Coloured]


@dataclass(frozen=True, slots=True)
class ColourBySpec:
    """A question that the colours can answer.

    Attributes:
        id: its name.
        title: a few words, marked in context MapView.
        answer: called anew whenever what it depends on changed.
        is_there: whether it can be put now.
    """

    id: str
    title: str
    answer: Question
    is_there: Callable[[Session], bool] = lambda _session: True


def coloured(
    spec: ColourBySpec, session: Session, index: DatasetIndex, images: Sequence[ImageRef]
) -> Coloured:
    """The answer to a question; images that were left out are a group of their own, the last."""
    answer = spec.answer(session, index, images)
    used = {sample.image for sample in index.samples}
    is_out = np.array([image not in used for image in images], dtype=bool)
    if not is_out.any():
        return answer
    left_out = ColourGroup(translate("MapView", "Left out"), QColor(theme.current().text_faint))
    codes = np.where(is_out, len(answer.groups), answer.codes)
    return Coloured((*answer.groups, left_out), codes)


def class_colours(count: int) -> list[QColor]:
    """A colour for each of so many classes: few are told apart by everybody, many by most."""
    tokens = theme.current()
    if count <= len(_ENTRIES):
        return [QColor(getattr(tokens, name)) for name in _ENTRIES[:count]]
    is_dark = tokens.name == "dark"
    found = []
    for number in range(count):
        light = (0.62, 0.74, 0.52)[number % 3] if is_dark else (0.42, 0.54, 0.33)[number % 3]
        hue = (number * _GOLDEN_ANGLE + 205) % 360 / 360
        found.append(QColor.fromHslF(hue, 0.62, light))
    return found


def _by_class(_session: Session, index: DatasetIndex, images: Sequence[ImageRef]) -> Coloured:
    of = {sample.image: sample.class_index for sample in index.samples}
    colours = class_colours(len(index.classes))
    groups = [ColourGroup(shown(name), c) for name, c in zip(index.classes, colours, strict=True)]
    return Coloured(tuple(groups), _codes([of.get(image, 0) for image in images]))


def _by_split(_session: Session, index: DatasetIndex, images: Sequence[ImageRef]) -> Coloured:
    tokens = theme.current()
    colours = {Split.TRAIN: tokens.train, Split.VAL: tokens.val, Split.TEST: tokens.entry_4}
    of = {sample.image: list(Split).index(sample.split) for sample in index.samples}
    groups = [ColourGroup(core_text(SPLIT_TITLES[s]), QColor(colours[s])) for s in Split]
    return Coloured(tuple(groups), _codes([of.get(image, 0) for image in images]))


def _by_answer(session: Session, _index: DatasetIndex, images: Sequence[ImageRef]) -> Coloured:
    tokens = theme.current()
    told = {
        record.image: record.is_right for record in session.run.record.shown_predictions.predictions
    }
    number_of = {True: 0, False: 1, None: 2}
    groups = (
        ColourGroup(translate("MapView", "Right"), QColor(tokens.right)),
        ColourGroup(translate("MapView", "Wrong"), QColor(tokens.wrong)),
        ColourGroup(translate("MapView", "Not asked"), QColor(tokens.text_faint)),
    )
    return Coloured(groups, _codes([number_of[told.get(image)] for image in images]))


def _by_finding(session: Session, _index: DatasetIndex, images: Sequence[ImageRef]) -> Coloured:
    """An image with several findings has the colour of the first kind on the page alone."""
    report = session.feature(HealthState).open
    findings = report.findings if report is not None else ()
    order = {kind: number for number, kind in enumerate(FINDING_KINDS)}
    kind_of: dict[ImageRef, str] = {}
    for finding in findings:
        for image in finding.images:
            kind_of[image] = min(
                finding.kind, kind_of.get(image, finding.kind), key=order.__getitem__
            )
    on_the_map = {kind_of[image] for image in images if image in kind_of}
    kinds = [kind for kind in FINDING_KINDS if kind in on_the_map]
    number_of = {kind: number for number, kind in enumerate(kinds)}
    titles = [core_text(FINDING_KINDS[kind].title) for kind in kinds]
    groups = [ColourGroup(t, c) for t, c in zip(titles, class_colours(len(kinds)), strict=True)]
    groups.append(
        ColourGroup(translate("MapView", "Nothing found"), QColor(theme.current().text_faint))
    )
    codes = [number_of[kind_of[image]] if image in kind_of else len(kinds) for image in images]
    return Coloured(tuple(groups), _codes(codes))


def _codes(numbers: list[int]) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


def _has_answers(session: Session) -> bool:
    return bool(session.run.record.shown_predictions.predictions)


def _has_report(session: Session) -> bool:
    return session.feature(HealthState).open is not None


COLOUR_BY = (
    ColourBySpec("class", QT_TRANSLATE_NOOP("MapView", "Class"), _by_class),
    ColourBySpec("split", QT_TRANSLATE_NOOP("MapView", "Split"), _by_split),
    ColourBySpec(
        "answer", QT_TRANSLATE_NOOP("MapView", "Right or wrong"), _by_answer, _has_answers
    ),
    ColourBySpec("finding", QT_TRANSLATE_NOOP("MapView", "Finding"), _by_finding, _has_report),
)
