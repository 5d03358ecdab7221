"""What the calibration tab says of probabilities, and that chance is called chance."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.core.evaluation.scores import ReliabilityBin, Scores, Share
from tlstudio.gui.features.results.calibration_side import CalibrationSide


@pytest.mark.parametrize(
    ("right", "images", "confidence", "begins"),
    [
        (10, 20, 0.60, "60% sure on average, 50% right: so few images"),
        (500, 1000, 0.60, "Too sure: "),
        (500, 1000, 0.40, "Too unsure: "),
        (500, 1000, 0.51, "As sure as it is right: "),
        (0, 0, 0.5, "No image with a known class."),
    ],
)
def test_the_verdict_knows_chance(
    app: QApplication, qtbot: QtBot, right: int, images: int, confidence: float, begins: str
) -> None:
    side = CalibrationSide()
    qtbot.addWidget(side)
    side.set_scores(Scores(Share(right, images), (), confidence=confidence))
    assert side.verdict.text().startswith(begins)


def test_a_bar_of_few_images_says_so(app: QApplication, qtbot: QtBot) -> None:
    side = CalibrationSide()
    qtbot.addWidget(side)
    few, many = (ReliabilityBin(0.8, 0.9, Share(n, 2 * n), 0.82) for n in (2, 200))
    assert side.diagram.words(few) == "Sure 80%–90%: 2 of 4 right; within chance."
    assert side.diagram.words(many) == "Sure 80%–90%: 200 of 400 right."
    side.diagram.set_bins((few, many))
    assert not side.diagram.grab().isNull()
