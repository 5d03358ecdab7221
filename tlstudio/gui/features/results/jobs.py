"""What the Results page asks of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.core.evaluation.calibration import Calibration
    from tlstudio.core.runs.predictions import PredictionRecord
    from tlstudio.engine.understanding.calibration import calibrate as calibrate
    from tlstudio.engine.understanding.evaluation import evaluate_on as evaluate_on
    from tlstudio.engine.understanding.scores import curves as curves
    from tlstudio.engine.understanding.scores import scores as scores
    from tlstudio.engine.understanding.test_looks import test_looks as test_looks
else:
    # functions of the engine as they are: imported when they are called
    evaluate_on = later("tlstudio.engine.understanding.evaluation", "evaluate_on")
    calibrate = later("tlstudio.engine.understanding.calibration", "calibrate")
    curves = later("tlstudio.engine.understanding.scores", "curves")
    scores = later("tlstudio.engine.understanding.scores", "scores")
    test_looks = later("tlstudio.engine.understanding.test_looks", "test_looks")


def calibrate_run(
    run_id: str, predictions: tuple[PredictionRecord, ...], classes: tuple[str, ...]
) -> Calibration:
    """Fit the temperature on predictions made with 1; where it helps, keep it with the run."""
    found = calibrate(predictions, classes)
    if found.helps:
        set_temperature(run_id, found.temperature)
    return found


def set_temperature(run_id: str, temperature: float) -> None:
    """Keep it with the run and its weights."""
    from tlstudio.engine.runs.store import RunStore

    RunStore().set_temperature(run_id, temperature)
