"""`evaluate` on the terminal: a run or weights, on splits and folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import make_photos, make_split_photos
from tlstudio.cli.main import main
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.kept import RunOrigin
from tlstudio.core.settings import Settings
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.runs.recording import keep_run
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.training.run_checks import checked_plan
from tlstudio.engine.weights.save import save_weights

CONFIG = RunConfig().changed(
    model="lenet5",
    initialisation="random",
    strategy="from_scratch",
    device="cpu",
    image_px=32,
    epochs=1,
    batch_size=4,
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_split_photos(tmp_path_factory.mktemp("음식"), train=4, val=2)
    make_photos(root / "test", per_class=2)
    return root


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "w.pth"
    save_weights(build_classifier(CONFIG, ("green", "red")), path)
    return path


def _kept(photos: Path, store: RunStore) -> str:
    index = open_dataset(photos)
    settings, run_id = Settings(CONFIG, checked_plan(CONFIG, index)), store.new_id()
    classifier = build_classifier(CONFIG, index.classes)
    origin = RunOrigin.TERMINAL
    for _ in keep_run(
        settings, index, StopToken(), classifier, store=store, run_id=run_id, origin=origin
    ):
        pass
    return run_id


def test_a_run_as_one_json_object(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = RunStore()
    run_id = _kept(photos, store)
    assert main(["evaluate", run_id, str(photos), "--json"]) == 0
    captured = capsys.readouterr()
    (told,) = map(json.loads, captured.out.splitlines())
    assert told["run"] == run_id
    assert told["target"] == "validation"
    assert told["accuracy"] == store.entry(run_id).accuracy
    assert told["images"] == 4
    low, high = told["interval"]
    assert low <= told["accuracy"] <= high
    counts = told["confusion_matrix"]["counts"]
    assert sum(map(sum, counts)) == 4
    assert told["confusion_matrix"]["classes"] == ["green", "red"]
    assert {"log_loss", "ece", "top_k", "per_class", "reliability", "macro_f1"} <= set(told)
    assert told["test_looks"] is None
    assert captured.err == ""


def test_the_test_split_is_counted_and_kept(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = RunStore()
    run_id = _kept(photos, store)
    for looks in (1, 2):
        arguments = ["evaluate", str(store.folder / run_id), str(photos), "--split", "test"]
        assert main([*arguments, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["test_looks"] == looks
    kept = store.predictions(run_id, Split.TEST)
    assert [row.target for row in kept] == [0, 0, 1, 1]
    assert main(arguments) == 0
    assert "looked at 3 times" in capsys.readouterr().out


def test_weights_of_elsewhere_on_a_folder_as_a_table(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_photos(tmp_path / "phone", ("red", "green", "blue"), 2)
    (folder / "red" / "bad.png").write_bytes(b"")
    assert main(["evaluate", str(weights), str(folder), "--device", "cpu"]) == 0
    captured = capsys.readouterr()
    assert "Accuracy on “phone”" in captured.out
    assert "of 4" in captured.out
    assert "also in training" not in captured.out
    for word in ("balanced accuracy", "precision", "ROC-AUC", "log loss", "(ECE)"):
        assert word in captured.out
    assert "does not know: blue" in captured.err
    assert "bad.png" in captured.err


def test_one_class_folder_is_enough(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_photos(tmp_path / "one", ("red",), 2)
    assert main(["evaluate", str(weights), str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["images"] == 2
    assert told["per_class"][0]["undefined"]["recall"] == "There is no image of this class."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["WEIGHTS", "/nowhere"], ["no folder", "/nowhere"]),
        (["/nowhere", "DATA"], ["no run", "/nowhere", ".pth"]),
        (["WEIGHTS", "LOOSE"], ["class folders"]),
        (["WEIGHTS", "OTHER"], ["no class in common", "cat"]),
        (["WEIGHTS", "OTHER", "--split", "test"], ["no test images"]),
        (["WEIGHTS", "DATA", "--calibrate"], ["--calibrate needs a run"]),
        (["WEIGHTS", "DATA", "--split", "most"], ["most"]),
        (["WEIGHTS", "DATA", "--split", "all", "--val-fraction", "0.2"], ["--split all"]),
    ],
)
def test_wrong_use_is_a_sentence(
    arguments: list[str],
    words: list[str],
    photos: Path,
    weights: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "loose").mkdir()
    places = {
        "WEIGHTS": weights,
        "DATA": photos,
        "LOOSE": tmp_path / "loose",
        "OTHER": make_photos(tmp_path / "other", ("cat", "dog"), 5),
    }
    given = [str(places.get(argument, argument)) for argument in arguments]
    assert main(["evaluate", *given]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) <= 3
    for word in words:
        assert word in captured.err


def test_negatives_are_counted_by_each_score(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = make_split_photos(tmp_path / "photos", train=12, val=20)
    foreign = make_photos(tmp_path / "foreign", ("blue",), 3)
    arguments = ["evaluate", str(weights), str(data), "--negatives", str(foreign)]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["negatives"]
    assert told["level"] == 0.05
    assert set(told["caught"]) == {"neighbours", "max_softmax", "max_logit"}
    for found in told["caught"].values():
        assert found["images"] == 3
        assert found["interval"][0] <= found["share"] <= found["interval"][1]
    assert told["known_refused"]["neighbours"]["images"] == 40
    assert main(arguments) == 0
    assert "distance to training images" in capsys.readouterr().out


def test_negatives_need_the_dataset_of_the_model(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_photos(tmp_path / "one", ("red",), 2)
    assert main(["evaluate", str(weights), str(folder), "--negatives", str(folder)]) == 2
    assert "--negatives needs training and validation images" in capsys.readouterr().err
