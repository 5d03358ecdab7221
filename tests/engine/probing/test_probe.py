"""Cross-validated probes: nothing leaks, small classes work, equal seeds give equal answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tlstudio.core.data.dataset import Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.probing.probe import (
    ProbeRecord,
    cross_validate,
    deal,
    knn_accuracy,
    subsample,
)


def made(
    counts: tuple[int, ...], width: int = 12, spread: float = 1.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    targets = np.repeat(np.arange(len(counts)), counts)
    centres = random.normal(0, 1, (len(counts), width))
    x = centres[targets] + random.normal(0, spread, (len(targets), width))
    return x.astype(np.float32), targets


def probed(x: np.ndarray, targets: np.ndarray, seed: int = 0) -> ProbeRecord:
    *folds, record = cross_validate(x, targets, StopToken(), seed=seed)
    assert folds == list(range(1, len(folds) + 1))
    assert isinstance(record, ProbeRecord)
    return record


def test_what_can_be_told_is_told() -> None:
    x, targets = made((60, 60, 60), spread=1.5)
    record = probed(x, targets)
    assert 0.75 < record.accuracy < 1
    assert record.interval.low < record.accuracy < record.interval.high
    assert (record.right == (record.predicted == targets)).all()


def test_labels_that_mean_nothing_are_told_by_chance() -> None:
    """With more features than images any leak would show as knowledge."""
    random = np.random.default_rng(3)
    x = random.normal(size=(120, 400)).astype(np.float32)
    record = probed(x, random.permutation(np.arange(120) % 2))
    assert record.interval.low < 0.5 < record.interval.high


def test_equal_seeds_give_equal_answers() -> None:
    x, targets = made((20, 25), spread=2.5)
    one, two = probed(x, targets), probed(x, targets)
    assert (one.predicted == two.predicted).all()
    assert one.strengths == two.strengths


def test_classes_smaller_than_the_folds_work_and_lonely_ones_are_wrong() -> None:
    x, targets = made((20, 3, 2, 1), spread=0.1)
    record = probed(x, targets)
    assert record.right[:25].all()
    assert not record.right[25]


def test_class_numbers_may_have_gaps() -> None:
    x, targets = made((10, 10), spread=0.1)
    record = probed(x, targets * 3 + 4)
    assert set(record.predicted) == {4, 7}


@pytest.mark.parametrize("counts", [(5,), (1, 1, 1), (5, 1), ()])
def test_too_little_is_refused_in_a_sentence(counts: tuple[int, ...]) -> None:
    x, targets = made(counts)
    with pytest.raises(DatasetError, match="too few images"):
        probed(x, targets)


def test_stopped_there_is_no_record() -> None:
    x, targets = made((10, 10))
    stop = StopToken()
    stop.stop()
    assert list(cross_validate(x, targets, stop)) == []


def test_each_fold_has_its_share_of_each_class() -> None:
    targets = np.repeat([0, 1, 2], [50, 13, 2])
    places = deal(targets, 5, seed=1)
    for index, count in enumerate((50, 13, 2)):
        shares = np.bincount(places[targets == index], minlength=5)
        assert shares.max() - shares.min() <= 1
        assert shares.sum() == count
    assert np.ptp(np.bincount(places)) <= 1


def test_neighbours_tell_by_direction_and_never_ask_themselves() -> None:
    near = np.array([[1, 0.1], [5, 0.4], [0.1, 1], [0.3, 4]], dtype=np.float32)
    assert knn_accuracy(near, np.array([0, 0, 1, 1]), neighbours=1) == 1.0
    assert knn_accuracy(near, np.array([0, 1, 2, 3]), neighbours=1) == 0.0
    assert knn_accuracy(near[:2], np.array([0, 0])) == 1.0


def test_a_large_dataset_is_thinned_out_by_class_and_in_order() -> None:
    counts = (900, 90, 9, 1)
    samples = [
        Sample(ImageRef.of_file(Path(f"{index}/{number}.png")), index, Split.TRAIN)
        for index, count in enumerate(counts)
        for number in range(count)
    ]
    chosen = subsample(samples, 100)
    assert [sum(s.class_index == n for s in chosen) for n in range(4)] == [90, 9, 2, 1]
    assert list(chosen) == [sample for sample in samples if sample in set(chosen)]
    assert chosen == subsample(samples, 100)
    assert subsample(samples, 1000) == tuple(samples)
