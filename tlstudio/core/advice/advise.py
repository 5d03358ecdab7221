"""The advisor: pure."""

from __future__ import annotations

from tlstudio.core.advice.advice import Advice, AdviceCase, AdviceFacts
from tlstudio.core.advice.similarity import similarity_of
from tlstudio.core.advice.strategy import case_of, strategy_item
from tlstudio.core.advice.training import data_items, training_items
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def advise(facts: AdviceFacts) -> Advice:
    """Advise on what to train and how, with the reasons and the numbers behind them.

    Works without evidence as well: it then goes by the number of images alone, and says so.
    """
    similarity = similarity_of(facts.evidence) if facts.evidence else None
    case = case_of(facts, similarity)
    first = strategy_item(facts, case, similarity)
    strategy = str(first.settings["strategy"])
    return Advice(
        case=case,
        headline=Note(_headline(facts, case, strategy)),
        items=(
            first,
            *training_items(strategy, facts.data, facts.evidence),
            *data_items(facts),
        ),
        similarity=similarity.value if similarity else None,
    )


def _headline(facts: AdviceFacts, case: AdviceCase, strategy: str) -> str:
    if case is AdviceCase.UNMEASURED and facts.evidence is not None:
        return _TOO_FEW
    if case is AdviceCase.SMALL_DIFFERENT and strategy == "fine_tuning":
        return _ALL_THE_SAME
    return _HEADLINES[case]


_ALL_THE_SAME = QT_TRANSLATE_NOOP(
    "core",
    "Few images, very different from those of the pretraining: train everything, from the "
    "pretrained values on.",
)
_TOO_FEW = QT_TRANSLATE_NOOP(
    "core", "Very few images: train only the head, and find more of them if you can."
)
_HEADLINES = {
    AdviceCase.SMALL_SIMILAR: QT_TRANSLATE_NOOP(
        "core", "Few images, similar to those of the pretraining: train only the head."
    ),
    AdviceCase.SMALL_DIFFERENT: QT_TRANSLATE_NOOP(
        "core",
        "Few images, different from those of the pretraining: keep the early layers, train the "
        "late ones.",
    ),
    AdviceCase.LARGE_SIMILAR: QT_TRANSLATE_NOOP(
        "core",
        "Many images, similar to those of the pretraining: train everything, the pretrained layers "
        "carefully.",
    ),
    AdviceCase.LARGE_DIFFERENT: QT_TRANSLATE_NOOP(
        "core", "Many images, different from those of the pretraining: train everything."
    ),
    AdviceCase.NO_WEIGHTS: QT_TRANSLATE_NOOP(
        "core", "There is nothing to transfer: train everything from random values."
    ),
    AdviceCase.UNMEASURED: QT_TRANSLATE_NOOP(
        "core", "By the number of images alone; measure the evidence for better advice."
    ),
}
