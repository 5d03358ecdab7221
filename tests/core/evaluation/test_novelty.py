"""The promise of "none of these", exact neighbours, and what travels with the weights."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import pytest

from tlstudio.core.evaluation.novelty import (
    MAX_REFERENCE_BYTES,
    NEIGHBOURS,
    ConformalLevels,
    NoveltyDetector,
    NoveltyReport,
    NoveltyScore,
    images_needed,
    nearest_rows,
    unit_rows,
)

NOBODY = ConformalLevels(np.zeros(0, np.float32), np.zeros(0, np.int32), 3)


def levels(counts: list[int], seed: int = 0) -> ConformalLevels:
    """Images of each answer whose scores are spread differently."""
    rng = np.random.default_rng(seed)
    answers = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    scores = (rng.gamma(2, 1 + answers)).astype(np.float32)
    return ConformalLevels(scores, answers, len(counts))


def detector(seed: int = 0, rows: int = 40) -> NoveltyDetector:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(rows, 16))
    return NoveltyDetector.packed(vectors, rng.integers(0, 3, rows), levels([30, 30, 30]))


@pytest.mark.parametrize("level", [0.01, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("counts", [[150, 200, 400], [5, 9, 12], [3, 40, 200]])
def test_no_more_known_images_are_refused_than_promised(level: float, counts: list[int]) -> None:
    """Over many draws, and for each group by itself."""
    refused: dict[int, list[float]] = {}
    for seed in range(300):
        known, new = levels(counts, seed), levels([20] * len(counts), 10_000 + seed)
        is_refused = known.shares(new.scores, new.answers, level) <= level
        for answer in range(len(counts)):
            chosen = new.answers == answer
            group = known.groups(level)[answer]
            if group == answer:  # the draws of a pool are weighted otherwise than its images
                refused.setdefault(answer, []).append(float(is_refused[chosen].mean()))
    for rates in refused.values():
        error = np.std(rates) / np.sqrt(len(rates))
        assert np.mean(rates) <= level + 4 * error
        assert np.mean(rates) > level / 4  # and it is not for nothing


def test_a_pool_keeps_the_promise_for_its_mixture() -> None:
    rng, rates = np.random.default_rng(0), []
    for _ in range(400):
        answers = rng.integers(0, 4, 47 + 20).astype(np.int32)
        scores = rng.gamma(2, 1 + answers).astype(np.float32)
        known = ConformalLevels(scores[:47], answers[:47], 4)
        assert known.pooled(0.05) == (0, 1, 2, 3) or (known.groups(0.05) == -1).sum() < 4
        rates.append(float((known.shares(scores[47:], answers[47:], 0.05) <= 0.05).mean()))
    assert 0.02 < np.mean(rates) <= 0.05 + 4 * np.std(rates) / 20


def test_the_limit_is_where_images_begin_to_be_refused() -> None:
    known = levels([60, 90, 7])
    for level in (0.01, 0.03, 0.05, 0.2):
        for answer in range(3):
            limit = known.limit(answer, level)
            beside = np.nextafter(np.float32(limit), np.float32(np.inf))
            scores = np.array([limit, beside], np.float32)
            shares = known.shares(scores, np.array([answer, answer]), level)
            if np.isfinite(limit):
                assert shares[0] > level >= shares[1] - 1e-9
            else:
                assert shares.min() > level


def test_equal_scores_are_never_refused() -> None:
    known = ConformalLevels(np.ones(100, np.float32), np.zeros(100, np.int32), 1)
    assert known.shares(np.ones(3, np.float32), np.zeros(3, int), 0.2).tolist() == [1.0] * 3


def test_small_classes_are_pooled_and_too_few_images_refuse_nothing() -> None:
    assert images_needed(0.05) == 19
    assert images_needed(0.01) == 99
    assert levels([19, 30, 25]).pooled(0.05) == ()
    assert levels([18, 30, 5]).pooled(0.05) == (0, 2)
    assert levels([3, 30, 5, 22]).pooled(0.05) == (0, 2, 3)  # with the smallest of the others
    few = levels([3, 4, 5])
    assert few.pooled(0.05) == (0, 1, 2)
    assert not few.is_enough(0.05)
    assert few.limit(0, 0.05) == np.inf
    assert few.shares(np.array([1e9]), np.array([0]), 0.05)[0] > 0.05
    assert few.is_enough(0.2)
    assert few.shares(np.array([1e9]), np.array([0]), 0.2)[0] <= 0.2


def test_neighbours_are_scikit_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    neighbors = pytest.importorskip("sklearn.neighbors")
    monkeypatch.setattr("tlstudio.core.evaluation.novelty._MATRIX_BYTES", 4 * 300 * 7)  # in parts
    rng = np.random.default_rng(1)
    rows, queries = rng.normal(size=(300, 24)), rng.normal(size=(40, 24))
    judge = neighbors.NearestNeighbors(n_neighbors=5, metric="cosine").fit(rows)
    wanted, numbers = judge.kneighbors(queries)
    found, distances = nearest_rows(queries, unit_rows(rows), 5)
    assert (found == numbers).all()
    np.testing.assert_allclose(distances, wanted, atol=1e-5)


def test_fewer_rows_than_neighbours() -> None:
    found, distances = nearest_rows(np.eye(3), unit_rows(np.eye(3)[:2]), NEIGHBOURS)
    assert found.shape == distances.shape == (3, 2)
    assert nearest_rows(np.eye(3), unit_rows(np.zeros((0, 3))), 5)[0].shape == (3, 0)


def test_what_travels_is_small_and_near_the_whole() -> None:
    rng = np.random.default_rng(2)
    vectors = np.maximum(rng.normal(size=(3000, 1280)), 0)
    targets = np.repeat([0, 1, 2], [2000, 700, 300])
    whole = NoveltyDetector.packed(vectors, targets, NOBODY, max_bytes=1 << 30)
    part = NoveltyDetector.packed(vectors, targets, NOBODY)
    assert whole.codes.shape == (3000, 1280)
    assert not whole.is_subsample
    assert part.is_subsample
    assert part.codes.nbytes <= MAX_REFERENCE_BYTES
    exact = nearest_rows(vectors[:20], unit_rows(vectors), NEIGHBOURS)[1].mean(axis=1)
    np.testing.assert_allclose(whole.distances(vectors[:20]), exact, atol=2e-3)
    unlike = NoveltyDetector.packed(np.eye(3000, 16) + targets[:, None], targets, NOBODY)
    assert len(unlike.codes) == 3000


def test_a_sample_keeps_every_class_its_share() -> None:
    targets = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [800, 150, 50]))
    vectors = np.eye(3)[targets]  # rows say their class
    part = NoveltyDetector.packed(vectors, targets, NOBODY, max_bytes=3 * 100)
    counts = (part.codes > 0).sum(axis=0)
    assert counts.sum() == 100
    assert np.abs(counts - [80, 15, 5]).max() <= 1


def test_there_and_back_as_json() -> None:
    before = detector().changed(level=0.1, is_on=False)
    after = NoveltyDetector.from_values(json.loads(json.dumps(before.to_values())), 3)
    assert after is not None
    assert (after.level, after.is_on, after.training_images) == (0.1, False, 40)
    vectors = np.random.default_rng(5).normal(size=(8, 16))
    assert (after.distances(vectors) == before.distances(vectors)).all()
    assert after.judge(3.0, 1) == before.judge(3.0, 1)


def damaged(**changes: Any) -> dict[str, Any]:
    return {**detector().to_values(), **changes}


def packed(array: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(zlib.compress(array.tobytes())).decode()


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {},
        {"format": 2},
        damaged(rows=-1),
        damaged(rows=39),
        damaged(rows=10**9),
        damaged(training_images=1),
        damaged(level=0.9),
        damaged(level="x"),
        damaged(level=float("nan")),
        damaged(codes="!"),
        damaged(codes=7),
        damaged(codes=base64.b64encode(b"no zlib").decode()),
        damaged(codes=packed(np.zeros(64 << 20, np.int8))),  # a bomb
        damaged(scales=packed(np.full(40, np.nan, np.float32))),
        damaged(answers=packed(np.full(90, 3, np.int32))),
        damaged(answers=packed(np.zeros(89, np.int32))),
        damaged(distances=packed(np.zeros(7, np.int8))),
    ],
)
def test_what_is_amiss_is_left_out(values: object) -> None:
    assert NoveltyDetector.from_values(values, 3) is None


def test_levels_stay_in_their_range() -> None:
    assert detector().changed(level=0.5).level == 0.2
    assert detector().changed(level=0.0).level == 0.01
    assert not detector().changed(is_on=False).is_on


def test_a_report_counts_what_each_score_catches() -> None:
    known = dict.fromkeys(NoveltyScore, levels([50, 50]))
    far = np.array([1e6, 1e6, 0.0], np.float32)
    near = np.zeros(3, np.float32)
    foreign = {
        NoveltyScore.NEIGHBOURS: far,
        NoveltyScore.MAX_SOFTMAX: near,
        NoveltyScore.MAX_LOGIT: near,
    }
    report = NoveltyReport(known, foreign, np.array([0, 1, 1], np.int32))
    caught = report.caught(NoveltyScore.NEIGHBOURS, 0.05)
    assert caught is not None
    assert (caught.right, caught.images) == (2, 3)
    nothing = report.caught(NoveltyScore.MAX_LOGIT, 0.05)
    assert nothing is not None
    assert nothing.right == 0
    nobody = NoveltyReport(known, foreign, np.zeros(0, np.int32))
    assert nobody.caught(NoveltyScore.NEIGHBOURS, 0.05) is None


def test_known_images_are_refused_by_the_limits_of_the_other_half() -> None:
    rng = np.random.default_rng(7)
    scores = rng.random(2000).astype(np.float32)
    known = ConformalLevels(scores, np.zeros(2000, np.int32), 1)
    nothing = {score: np.zeros(0, np.float32) for score in NoveltyScore}
    report = NoveltyReport(dict.fromkeys(NoveltyScore, known), nothing, np.zeros(0, np.int32))
    refused = report.refused(NoveltyScore.NEIGHBOURS, 0.05)
    assert refused.images == 2000
    assert refused.interval is not None
    assert refused.interval.low <= 0.05 <= refused.interval.high
    # what lies far in one half alone is refused by the other
    scores[::2] += 1
    apart = report.refused(NoveltyScore.NEIGHBOURS, 0.05)
    assert apart.right == 1000
