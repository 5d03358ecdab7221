"""The BatchNorm lesson's questions to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.batch_norm import BothAnswers as BothAnswers
    from tlstudio.engine.lessons.batch_norm import Histogram as Histogram
    from tlstudio.engine.lessons.batch_norm import NormalisedBatch as NormalisedBatch
    from tlstudio.engine.lessons.batch_norm import Statistics as Statistics
    from tlstudio.engine.lessons.batch_norm import both_answers as both_answers
    from tlstudio.engine.lessons.batch_norm import normalised_batch as normalised_batch
    from tlstudio.engine.lessons.batch_norm import sample_batch as sample_batch
else:
    _ENGINE = "tlstudio.engine.lessons.batch_norm"
    both_answers = later(_ENGINE, "both_answers")
    normalised_batch = later(_ENGINE, "normalised_batch")
    sample_batch = later(_ENGINE, "sample_batch")
