"""Scores are those of scikit-learn, on random labels and on odd ones."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics as sk
from sklearn.calibration import calibration_curve

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.scores import NEITHER, NEVER_PREDICTED, NO_IMAGE, NO_OTHER, Scores
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.understanding.scores import curves, scores

EPS = 1e-12


def _records(p, targets):
    return [
        PredictionRecord(ImageRef.of_file(Path(f"/x/{i}.png")), tuple(row), target)
        for i, (row, target) in enumerate(zip(p.tolist(), targets, strict=True))
    ]


def _random(seed, images, classes, sharpness=2.0):
    noise = np.random.default_rng(seed)
    target = noise.integers(classes, size=images)
    logits = noise.normal(size=(images, classes)) * sharpness
    logits[np.arange(images), target] += sharpness
    p = np.exp(logits)
    return p / p.sum(1, keepdims=True), target


def _ties():
    """Probabilities of a few round values, so that most are shared by many images and classes."""
    p, target = _random(3, 200, 4)
    p = np.round(p * 4) + 1
    return p / p.sum(1, keepdims=True), target


def _missing_class():
    p, target = _random(4, 120, 5)
    return p, np.where(target == 2, 3, target)


def _one_class():
    p, target = _random(5, 40, 3)
    return p, np.zeros_like(target)


def _never_predicted():
    p, target = _random(6, 90, 4)
    p[:, 1] = 0.0
    return p / p.sum(1, keepdims=True), target


def _all_wrong():
    p, _ = _random(7, 60, 3)
    return p, (p.argmax(1) + 1) % 3


def _certain():
    """Probabilities of exactly 0 and 1, some of them wrong."""
    _, target = _random(8, 50, 4)
    told = np.where(np.arange(50) % 5 == 0, (target + 1) % 4, target)
    return np.eye(4)[told], target


CASES = {
    "random": lambda: _random(1, 300, 7),
    "two classes": lambda: _random(2, 100, 2),
    "one image": lambda: _random(9, 1, 3),
    "thousand classes": lambda: _random(10, 1500, 1000, 3.0),
    "ties": _ties,
    "missing class": _missing_class,
    "one class": _one_class,
    "never predicted": _never_predicted,
    "all wrong": _all_wrong,
    "certain": _certain,
}


@pytest.fixture(scope="module", params=CASES)
def case(request):
    p, target = CASES[request.param]()
    names = [f"c{i}" for i in range(p.shape[1])]
    return p, target, scores(_records(p, target.tolist()), names)


def test_of_all_images_as_scikit_learn_has_it(case):
    p, target, found = case
    told, labels = p.argmax(1), range(p.shape[1])
    assert found.accuracy.value == pytest.approx(sk.accuracy_score(target, told), abs=EPS)
    with warnings.catch_warnings():  # of classes without images: the number is the same
        warnings.simplefilter("ignore")
        balanced = sk.balanced_accuracy_score(target, told)
    assert found.balanced_accuracy == pytest.approx(balanced, abs=EPS)
    f1 = sk.f1_score(target, told, average="macro", zero_division=0)
    assert found.macro_f1 == pytest.approx(f1, abs=EPS)
    assert found.log_loss == pytest.approx(sk.log_loss(target, p, labels=labels), abs=1e-9)


def test_top_k_as_scikit_learn_has_it(case):
    p, target, found = case
    classes = p.shape[1]
    assert [top.k for top in found.top] == [k for k in (2, 3, 5) if k < classes]
    for top in found.top:  # of equals scikit-learn takes the last class, the studio the first
        mirrored = classes - 1 - target
        wanted = sk.top_k_accuracy_score(mirrored, p[:, ::-1], k=top.k, labels=range(classes))
        assert top.share.value == pytest.approx(wanted, abs=EPS)


def test_of_each_class_as_scikit_learn_has_it(case):
    p, target, found = case
    told, classes = p.argmax(1), p.shape[1]
    precision, recall, f1, support = sk.precision_recall_fscore_support(
        target, told, labels=range(classes), zero_division=np.nan
    )
    for i in range(classes):
        one = found.classes[i]
        assert one.support == support[i]
        for ours, theirs in (
            (one.precision.value, precision[i]),
            (one.recall.value, recall[i]),
            (one.f1, f1[i]),
        ):
            assert ours == (None if np.isnan(theirs) else pytest.approx(theirs, abs=EPS))


def test_areas_under_curves_as_scikit_learn_has_them(case):
    p, target, found = case
    for i in range(0, p.shape[1], max(1, p.shape[1] // 40)):
        one, own = found.classes[i], target == i
        if one.support in (0, one.images):
            assert one.roc_auc is None
        else:
            assert one.roc_auc == pytest.approx(sk.roc_auc_score(own, p[:, i]), abs=EPS)
        if one.support:
            wanted = sk.average_precision_score(own, p[:, i])
            assert one.average_precision == pytest.approx(wanted, abs=EPS)
        else:
            assert one.average_precision is None


def test_reliability_as_scikit_learn_has_it(case):
    p, target, found = case
    confidence, is_right = p.max(1), p.argmax(1) == target
    accuracy, mean = calibration_curve(is_right, np.minimum(confidence, 1.0), n_bins=15)
    filled = [one for one in found.bins if one.share.images]
    assert [one.share.value for one in filled] == pytest.approx(accuracy.tolist(), abs=EPS)
    assert [one.confidence for one in filled] == pytest.approx(mean.tolist(), abs=EPS)
    weights = np.array([one.share.images for one in filled]) / len(target)
    assert found.ece == pytest.approx(float((weights * abs(accuracy - mean)).sum()), abs=EPS)
    assert sum(one.share.images for one in found.bins) == len(target)


def test_values_come_back_from_json_and_are_never_nan(case):
    found = case[2]
    text = json.dumps(found.to_values(), allow_nan=False)
    assert Scores.from_values(json.loads(text)) == found


def test_intervals_hold_the_value(case):
    for one in case[2].classes:
        for value, interval in (
            (one.precision.value, one.precision.interval),
            (one.recall.value, one.recall.interval),
            (one.f1, one.f1_interval),
        ):
            assert (value is None) is (interval is None)
            if value is not None:
                assert interval.low - EPS <= value <= interval.high + EPS


@pytest.mark.parametrize("name", ["random", "ties", "one class", "certain"])
def test_curves_lead_where_scikit_learns_do(name):
    p, target = CASES[name]()
    records = _records(p, target.tolist())
    found = curves(records, 0, points=10_000)
    own = target == 0
    precision, recall, _ = sk.precision_recall_curve(own, p[:, 0])
    theirs = np.column_stack((recall[::-1], precision[::-1]))[1:]
    assert np.array(found.precision_recall)[1:] == pytest.approx(theirs)
    if own.all():
        assert found.roc == ()
    else:
        fpr, tpr, _ = sk.roc_curve(own, p[:, 0], drop_intermediate=False)
        assert np.array(found.roc) == pytest.approx(np.column_stack((fpr, tpr)))


def test_thinned_curves_keep_their_ends():
    p, target = _random(1, 2000, 3)
    found = curves(_records(p, target.tolist()), 1, points=50)
    assert len(found.roc) == len(found.precision_recall) == 50
    assert found.roc[0] == (0.0, 0.0)
    assert found.roc[-1] == (1.0, 1.0)
    assert found.precision_recall[0][0] == 0.0
    assert found.precision_recall[-1][0] == 1.0


def test_no_image_with_a_class_is_no_number():
    p, _ = _random(1, 5, 3)
    for records in ([], _records(p, [None] * 5)):
        found = scores(records, "abc")
        assert found.accuracy.value is found.log_loss is found.ece is found.macro_f1 is None
        assert found.unlabelled == len(records)
        assert found.classes[0].undefined["f1"] == NEITHER
        assert Scores.from_values(found.to_values()) == found
        assert "no accuracy" in str(found.headline(None))
        assert curves(records, 0) == type(curves(records, 0))()


def test_images_without_a_class_change_no_number():
    p, target = _random(1, 50, 3)
    labelled = scores(_records(p, target.tolist()), "abc")
    more = np.vstack((p, p[:10]))
    both = scores(_records(more, [*target.tolist(), *[None] * 10]), "abc")
    assert both.unlabelled == 10
    assert both.accuracy == labelled.accuracy
    assert both.classes == labelled.classes


def test_what_is_undefined_says_why():
    p, _ = _never_predicted()
    found = scores(_records(p, [0] * len(p)), "abcd")
    assert found.classes[0].undefined == {"roc_auc": NO_OTHER}
    never = found.classes[1].undefined
    assert never["recall"] == never["roc_auc"] == never["average_precision"] == NO_IMAGE
    assert never["precision"] == NEVER_PREDICTED
    assert never["f1"] == NEITHER


def test_headline_says_what_it_is():
    p = np.array([[0.9, 0.1]] * 47)
    found = scores(_records(p, [0] * 42 + [1] * 5), "ab")
    assert str(found.headline(Split.VAL)) == "Validation accuracy 89.4 % (77–95), 42 of 47"
    assert str(found.headline(Split.TEST)).startswith("Test accuracy 89.4 %")
    assert str(found.headline(None, "phone")).startswith("Accuracy on “phone” 89.4 %")


def test_accuracy_without_images_that_are_in_training():
    p = np.array([[0.9, 0.1]] * 10)
    records = _records(p, [0] * 8 + [1] * 2)
    seen = [records[0].image, records[1].image, records[9].image]
    found = scores(records, "ab", lookalikes=seen)
    assert (found.apart.right, found.apart.images, found.lookalikes) == (6, 7, 3)
    assert "without the 3 images that are also in training" in str(found.headline_apart())
    assert scores(records, "ab").headline_apart() is None
    assert scores(records, "ab", lookalikes=()).headline_apart() is None
    one = scores(records, "ab", lookalikes=seen[:1]).headline_apart()
    assert "the one image that is" in str(one)
    every = scores(records, "ab", lookalikes=[r.image for r in records])
    assert str(every.headline_apart()) == "Every one of these images is also in training"


def test_values_of_strangers_are_refused():
    for values in ({}, {"per_class": 3}, {"without_training_images": 1}):
        with pytest.raises(ValueError, match="not the scores"):
            Scores.from_values(values)
