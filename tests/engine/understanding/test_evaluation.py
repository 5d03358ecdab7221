"""Evaluating on splits, folders and images; the test split is counted."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.helpers import make_photos, make_split_photos, tiny_classifier
from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.evaluation.evaluation import (
    Evaluation,
    EvaluationProgressed,
    EvaluationTarget,
    TargetKind,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import data_dir
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.evaluation import evaluate
from tlstudio.engine.understanding import test_looks
from tlstudio.engine.understanding.evaluation import evaluate_on
from tlstudio.engine.understanding.lookalikes import find_lookalikes

VALIDATION = EvaluationTarget(TargetKind.VALIDATION)
TEST = EvaluationTarget(TargetKind.TEST)


def _ended(classifier, target, index=None, stop=None) -> Evaluation:
    *progress, end = evaluate_on(classifier, target, index, stop)
    assert all(isinstance(step, EvaluationProgressed) for step in progress)
    assert isinstance(end, Evaluation)
    return end


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = make_split_photos(tmp_path / "data", ("green", "red", "sky"))
    make_photos(root / "test", ("green", "red", "sky"), 2)
    return root


def test_validation_is_what_training_would_have_said(folder: Path) -> None:
    index = open_dataset(folder)
    classifier = tiny_classifier(index.classes)
    found = _ended(classifier, VALIDATION, index)
    wanted = evaluate(classifier, index.by_split[Split.VAL])
    assert found.predictions == wanted.predictions
    assert found.scores.accuracy.value == wanted.accuracy
    assert found.scores.log_loss == pytest.approx(wanted.loss, abs=1e-6)
    assert found.test_looks is found.looks is None
    assert found.is_whole
    assert str(found.headline).startswith("Validation accuracy")
    json.dumps(found.to_values(), allow_nan=False)


def test_classes_are_matched_by_name_whatever_their_order(folder: Path) -> None:
    index = open_dataset(folder)
    classifier = tiny_classifier(("sky", "red", "green"))
    found = _ended(classifier, VALIDATION, index)
    names = [found.classes[row.target or 0] for row in found.predictions]
    assert names == [index.classes[s.class_index] for s in index.by_split[Split.VAL]]
    assert found.classes == ("sky", "red", "green")
    assert found.notes == ()


def test_looks_at_the_test_split_are_counted_and_told(folder: Path) -> None:
    index = open_dataset(folder)
    classifier = tiny_classifier(index.classes)
    assert test_looks.test_looks(index.fingerprint) == 0
    first = _ended(classifier, TEST, index)
    assert first.test_looks == 1
    assert "for the first time" in str(first.looks)
    other = _ended(tiny_classifier(index.classes), TEST, index)
    assert "looked at 2 times" in str(other.looks)
    _ended(classifier, VALIDATION, index)
    assert test_looks.test_looks(index.fingerprint) == 2
    assert test_looks.test_looks("another") == 0


def test_no_look_is_lost_where_several_count_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: test_looks.count_test_look("f"), range(24)))
    assert sorted(told) == list(range(1, 25))


@pytest.mark.parametrize("text", ["", "[]", '{"f": "many", "g": -1}', "{"])
def test_a_broken_count_starts_again(text: str) -> None:
    data_dir().mkdir(parents=True, exist_ok=True)
    (data_dir() / test_looks.FILE).write_text(text)
    assert test_looks.test_looks("f") == 0
    assert test_looks.count_test_look("f") == 1


def test_a_stopped_evaluation_has_what_was_done(folder: Path) -> None:
    index, stop = open_dataset(folder), StopToken()
    steps = evaluate_on(tiny_classifier(index.classes), TEST, index, stop)
    assert next(steps) == EvaluationProgressed(0, 6)
    stop.stop()
    (end,) = steps
    assert isinstance(end, Evaluation)
    assert not end.is_whole
    assert end.predictions == ()
    assert end.scores.accuracy.value is None
    assert end.test_looks is None  # nothing was seen


def test_a_folder_with_other_classes_and_broken_files(tmp_path: Path) -> None:
    root = make_photos(tmp_path / "phone", ("green", "blue"), 3)
    (root / "green" / "broken.png").write_bytes(b"no image")
    found = _ended(tiny_classifier(("green", "red")), EvaluationTarget(TargetKind.FOLDER, root))
    assert found.scores.accuracy.images == 3
    (excluded,) = found.excluded
    assert excluded.image.name == "broken.png"
    strange, missing = map(str, found.notes)
    assert "does not know: blue. Their images (3)" in strange
    assert "without images here: red." in missing
    assert str(found.headline).startswith("Accuracy on “phone”")
    assert found.scores.apart is None


def test_one_class_is_enough_for_a_folder(tmp_path: Path) -> None:
    root = make_photos(tmp_path / "one", ("red",), 2)
    found = _ended(tiny_classifier(("green", "red")), EvaluationTarget(TargetKind.FOLDER, root))
    assert found.scores.accuracy.images == 2


def test_images_without_a_class_have_predictions_alone(tmp_path: Path) -> None:
    root = make_photos(tmp_path / "drop", ("x",), 2)
    images = tuple(ImageRef.of_file(path) for path in sorted((root / "x").iterdir()))
    found = _ended(tiny_classifier(), EvaluationTarget(TargetKind.IMAGES, images=images))
    assert len(found.predictions) == found.scores.unlabelled == 2
    assert found.scores.accuracy.value is None


@pytest.mark.parametrize(
    ("classes", "target", "said"),
    [
        (("a", "b"), VALIDATION, "no class in common"),
        (("green", "red", "sky"), EvaluationTarget(TargetKind.FOLDER, Path("/")), "class folders"),
    ],
)
def test_what_cannot_be_evaluated_says_why(folder: Path, classes, target, said: str) -> None:
    if target.folder:
        target = EvaluationTarget(TargetKind.FOLDER, folder / "val" / "red")
    with pytest.raises(DatasetError, match=said) as raised:
        _ended(tiny_classifier(classes), target, open_dataset(folder))
    assert raised.value.hint_text


def test_no_test_split_says_so(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path / "d"))
    with pytest.raises(DatasetError, match="no test images") as raised:
        _ended(tiny_classifier(index.classes), TEST, index)
    assert "“test” beside “train”" in raised.value.hint_text


def test_images_that_are_also_in_training_are_told_apart(folder: Path) -> None:
    shutil.copy(folder / "train" / "red" / "red_000.png", folder / "val" / "red" / "copy.png")
    index = open_dataset(folder)
    found = _ended(tiny_classifier(index.classes), VALIDATION, index)
    assert found.scores.lookalikes == 1
    assert found.scores.apart is not None
    assert found.scores.apart.images == found.scores.accuracy.images - 1
    assert "the one image that is also in training" in str(found.scores.headline_apart())
    images = [sample.image for sample in index.by_split[Split.VAL]]
    training = [sample.image for sample in index.by_split[Split.TRAIN]]
    assert {image.name for image in find_lookalikes(images, training)} == {"copy.png"}
    assert find_lookalikes(images, []) == frozenset()
    assert find_lookalikes([ImageRef.of_file(folder / "gone.png")], training) == frozenset()
