"""The accuracy with and without images that have copies in training."""

from __future__ import annotations

from tests.core.health.test_finding import INDEX, KEYS, LEAK, REPORT, image
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.health.finding import Finding, HealthReport
from tlstudio.core.health.leaks import LeakEffect, leak_effect, leaked_images
from tlstudio.core.runs.predictions import PredictionRecord

RIGHT, WRONG = (
    PredictionRecord(image(KEYS[3]), (0.9, 0.1), 0),
    PredictionRecord(image(KEYS[4]), (0.9, 0.1), 1),
)


def test_a_copy_in_training_counts_apart() -> None:
    assert leaked_images(REPORT, INDEX) == {LEAK.images[2]}
    effect = leak_effect([RIGHT, WRONG], REPORT, INDEX)
    assert effect == LeakEffect(Share(1, 2), Share(0, 1), Share(1, 1))
    assert effect.without.interval is not None


def test_without_leaks_there_is_no_effect() -> None:
    assert leak_effect([WRONG], REPORT, INDEX) is None
    among_training = Finding.of("leaks", INDEX, map(image, KEYS[:2]), {})
    report = HealthReport(INDEX.fingerprint, (among_training,))
    assert leak_effect([RIGHT, WRONG], report, INDEX) is None
    settled = INDEX.edited(INDEX.manifest.leaving_out(KEYS[:2]))
    assert leak_effect([RIGHT, WRONG], REPORT, settled) is None
