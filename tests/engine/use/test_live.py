"""Answers for the pictures of a camera."""

from __future__ import annotations

from pathlib import Path

from tests.helpers import photo, tiny_classifier
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.inference import Predictor, predict
from tlstudio.engine.use.live import look


def test_a_picture_in_memory_is_answered_as_its_file(tmp_path: Path) -> None:
    shot = photo(1, size=(47, 40)).convert("RGB")
    shot.save(tmp_path / "shot.png")
    classifier = tiny_classifier()
    (of_file,) = predict(classifier, [tmp_path / "shot.png"])
    rows = [shot.crop((0, y, 47, y + 1)).tobytes() + bytes(3) for y in range(40)]
    seen = look(Predictor(classifier), b"".join(rows), (47, 40), 144)
    assert isinstance(of_file, PredictionRecord)
    assert seen.probabilities == of_file.probabilities
