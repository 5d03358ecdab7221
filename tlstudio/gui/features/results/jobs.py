"""What the Results page asks of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.understanding.evaluation import evaluate_on as evaluate_on
    from tlstudio.engine.understanding.scores import curves as curves
    from tlstudio.engine.understanding.scores import scores as scores
    from tlstudio.engine.understanding.test_looks import test_looks as test_looks
else:
    # functions of the engine as they are: imported when they are called
    evaluate_on = later("tlstudio.engine.understanding.evaluation", "evaluate_on")
    curves = later("tlstudio.engine.understanding.scores", "curves")
    scores = later("tlstudio.engine.understanding.scores", "scores")
    test_looks = later("tlstudio.engine.understanding.test_looks", "test_looks")
