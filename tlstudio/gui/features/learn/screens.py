"""The screens of the lessons, and the other pages of the Learn window: a row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tlstudio.core.lessons.papers import PAPERS as PAPER_TABLES
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit.later import later

# A screen is made from (session, lesson); its module is called as the lesson.
SCREENS: Mapping[str, later] = {
    "convolution": later("tlstudio.gui.features.learn.lessons.convolution", "ConvolutionLesson"),
    "padding": later("tlstudio.gui.features.learn.lessons.padding", "PaddingLesson"),
    "pooling": later("tlstudio.gui.features.learn.lessons.pooling", "PoolingLesson"),
    "receptive_field": later(
        "tlstudio.gui.features.learn.lessons.receptive_field", "ReceptiveFieldLesson"
    ),
    "depthwise": later("tlstudio.gui.features.learn.lessons.depthwise", "DepthwiseLesson"),
    "residual": later("tlstudio.gui.features.learn.lessons.residual", "ResidualLesson"),
    "inception": later("tlstudio.gui.features.learn.lessons.inception", "InceptionLesson"),
    "squeeze": later("tlstudio.gui.features.learn.lessons.squeeze", "SqueezeLesson"),
    "groups": later("tlstudio.gui.features.learn.lessons.groups", "GroupsLesson"),
    "pointwise": later("tlstudio.gui.features.learn.lessons.pointwise", "PointwiseLesson"),
    "dense": later("tlstudio.gui.features.learn.lessons.dense", "DenseLesson"),
    "degradation": later("tlstudio.gui.features.learn.lessons.degradation", "DegradationLesson"),
    "normalisation": later(
        "tlstudio.gui.features.learn.lessons.normalisation", "NormalisationLesson"
    ),
    "augmentation": later("tlstudio.gui.features.learn.lessons.augmentation", "AugmentationLesson"),
    "batch_norm": later("tlstudio.gui.features.learn.lessons.batch_norm", "BatchNormLesson"),
    "activations": later("tlstudio.gui.features.learn.lessons.activations", "ActivationsLesson"),
    "forms": later("tlstudio.gui.features.learn.lessons.forms", "FormsLesson"),
    "cases": later("tlstudio.gui.features.learn.lessons.cases", "CasesLesson"),
    "history": later("tlstudio.gui.features.learn.lessons.history", "HistoryLesson"),
}


@dataclass(frozen=True, slots=True)
class PageKind:
    """Pages of the Learn window that are no lessons.

    Attributes:
        kind: the first part of their places, such as ``paper`` in ``paper/alexnet``.
        title: above them in the contents; marked for translation in the context ``LearnWindow``.
        entries: (id, title in the language of the window) of each, asked when the window opens; an
            empty id stands for a page whose place is the kind alone, such as ``quiz``.
        make: from (session, id) to the page.
    """

    kind: str
    title: str
    entries: Callable[[], Iterable[tuple[str, str]]]
    make: later


PAGE_KINDS = (
    PageKind(
        "quiz",
        QT_TRANSLATE_NOOP("LearnWindow", "Quiz"),
        later("tlstudio.gui.features.learn.quiz", "quiz_entries"),
        later("tlstudio.gui.features.learn.quiz", "QuizPage"),
    ),
    PageKind(
        "paper",
        QT_TRANSLATE_NOOP("LearnWindow", "Paper, slide, here"),
        lambda: [(table.id, table.title) for table in PAPER_TABLES],
        later("tlstudio.gui.features.learn.paper", "PaperPage"),
    ),
)
