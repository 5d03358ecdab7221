"""The terminal: what it prints, writes and returns."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import tlstudio
from tests.helpers import make_photos, make_split_photos, photo
from tlstudio.cli.commands import COMMANDS
from tlstudio.cli.main import main, make_parser
from tlstudio.core.config import FIELDS, config_from_json
from tlstudio.core.runs.metrics import METRICS
from tlstudio.core.storage import data_dir

ROOT = Path(tlstudio.__file__).parent.parent
FAST = ("--model", "squeezenet1_1", "--initialisation", "random", "--device", "cpu")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_split_photos(tmp_path_factory.mktemp("음식"), train=4, val=2)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def start(*arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from tlstudio.cli.main import run; run()", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        **options,
    )


def test_a_whole_run_as_json(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    arguments = ["train", str(photos), *FAST, "--epochs", "2", "--lr", "0.01", "--batch-size", "4"]
    assert main([*arguments, "--out", str(out), "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    started, *epochs, ended = lines(captured.out)
    assert started["event"] == "run_started"
    assert started["classes"] == ["green", "red"]
    assert (started["train_samples"], started["val_samples"]) == (8, 4)
    assert started["trainable_parameters"] < started["total_parameters"]
    assert [row["event"] for row in epochs] == ["epoch_ended"] * 2
    named = {
        *("event", "epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy"),
        *("lr", "elapsed_s", "images_per_s", "is_best"),
    }
    assert set(epochs[0]) == named | {*METRICS.names} - {"learning_rate"}
    assert epochs[0]["lr"] == 0.01
    assert (ended["event"], ended["reason"]) == ("run_ended", "finished")
    assert ended["best_val_accuracy"] == max(row["val_accuracy"] for row in epochs)
    assert ended["weights"] == str(out / "weights.pth")
    assert (out / "weights.pth").is_file()
    assert (out / "last_weights.pth").is_file() == (ended["best_epoch"] != 2)
    config = config_from_json((out / "config.json").read_text(encoding="utf-8"))
    assert (config.epochs, config.learning_rate, config.model) == (2, 0.01, "squeezenet1_1")
    history = (out / "history.csv").read_text(encoding="utf-8").splitlines()
    assert len(history) == 3
    split = json.loads((out / "split.json").read_text(encoding="utf-8"))
    assert len(split["samples"]["train"]) == 8
    assert split["samples"]["val"][0] == ["val/green/green_000.png", 0]

    again = tmp_path / "again"
    assert main([*arguments, "--out", str(again), "--json"]) == 0
    measured = ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr")
    second = lines(capsys.readouterr().out)[1:-1]
    assert [[row[n] for n in measured] for row in epochs] == [
        [row[n] for n in measured] for row in second
    ]

    (photos / "broken.png").write_bytes(b"")
    paths = [str(photos / "val"), str(photos / "broken.png")]
    assert main(["predict", str(out / "weights.pth"), *paths, "--json"]) == 0
    captured = capsys.readouterr()
    (photos / "broken.png").unlink()
    assert "broken.png" in captured.err
    rows = lines(captured.out)
    assert len(rows) == 4
    for row in rows:
        assert set(row) == {"path", "predicted", "probability", "probabilities"}
        assert row["probabilities"][row["predicted"]] == row["probability"]
        assert sum(row["probabilities"].values()) == pytest.approx(1)
    right = sum(Path(row["path"]).parent.name == row["predicted"] for row in rows) / 4
    assert right == ended["best_val_accuracy"]
    with_novelty = tmp_path / "novelty.pth"
    _save_with_novelty(out / "weights.pth", photos, with_novelty)
    assert main(["predict", str(with_novelty), *paths[:1], "--json"]) == 0
    rows = lines(capsys.readouterr().out)
    assert [row["known"] for row in rows] == [False] * 4  # no photo is like the reversed ones
    assert all(row["level"] == pytest.approx(1 / 31) for row in rows)
    assert main(["predict", str(with_novelty), *paths[:1]]) == 0
    assert "none of these" in capsys.readouterr().out
    assert main(["predict", str(with_novelty), *paths[:1], "--no-unknown", "--json"]) == 0
    assert all("known" not in row for row in lines(capsys.readouterr().out))
    empty = tmp_path / "empty.png"
    empty.touch()
    assert main(["predict", str(out / "weights.pth"), str(empty)]) == 2


def _save_with_novelty(weights: Path, photos: Path, path: Path) -> None:
    """The same weights, for which only what is opposite to these photos is known."""
    import numpy as np

    from tlstudio.core.data.image_ref import ImageRef
    from tlstudio.core.evaluation.novelty import ConformalLevels, NoveltyDetector
    from tlstudio.engine.understanding.neighbours import feature_vector
    from tlstudio.engine.weights.load import load_weights
    from tlstudio.engine.weights.save import save_weights

    classifier = load_weights(weights).classifier
    image = ImageRef.of_file(next((photos / "val").rglob("*.png")))
    vector = feature_vector(classifier, image)
    known = ConformalLevels(np.zeros(30, np.float32), np.zeros(30, np.int32), 2)
    classifier.novelty = NoveltyDetector.packed(-vector[None], [0], known)
    save_weights(classifier, path)


def test_for_people(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", str(photos), *FAST, "--epochs", "1", "--strategy", "from_scratch"]
    assert main([*arguments, "--out", str(tmp_path / "o")]) == 0
    said = capsys.readouterr().out
    assert "2 classes, 8 train, 4 val images" in said
    assert "Recommended: 8 training images and random values" in said
    assert "By your flags: epochs 1, device cpu" in said
    assert "epoch   1" in said
    assert str(tmp_path / "o" / "weights.pth") in said
    config = config_from_json((tmp_path / "o" / "config.json").read_text(encoding="utf-8"))
    assert (config.strategy, config.initialisation) == ("from_scratch", "random")


@pytest.mark.parametrize(
    ("flags", "values"),
    [
        ((), (0.01, "cosine", 8)),
        (("--lr", "0.02"), (0.02, "cosine", 8)),
        (("--preset", "tutorial"), (0.001, "step", 32)),
        (("--preset", "tutorial", "--batch-size", "4"), (0.001, "step", 4)),
    ],
)
def test_presets_by_name_and_flags_win(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: Sequence[str], values: object
) -> None:
    data, script = make_photos(tmp_path / "photos", per_class=5), tmp_path / "train.py"
    assert main(["export-code", str(data), "--out", str(script), *flags]) == 0
    said, text = capsys.readouterr().out, script.read_text(encoding="utf-8")
    rate, schedule, batch = values  # type: ignore[misc]
    assert f"LEARNING_RATE = {rate}" in text and f"BATCH_SIZE = {batch}" in text
    assert ("CosineAnnealingLR" in text) == (schedule == "cosine")
    title = "PyTorch tutorial: " if "tutorial" in flags else "Recommended: "
    assert said.startswith(title)


def test_there_is_no_other_preset(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(photos), "--preset", "best"]) == 2
    assert "no preset called “best”" in capsys.readouterr().err


def test_the_default_folder_and_the_studios_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    data = make_photos(tmp_path / "photos", per_class=4)
    arguments = ["train", str(data), *FAST, "--epochs", "1", "--json"]
    assert main([*arguments, "--val-fraction", "0.5", "--split-seed", "3"]) == 0
    ended = lines(capsys.readouterr().out)[-1]
    out = Path(ended["out"])
    assert out == data_dir() / "runs" / ended["run"]
    assert ended["weights"] == str(out / "weights.safetensors")
    assert not list(tmp_path.glob("*.pth"))
    split = json.loads((out / "split.json").read_text(encoding="utf-8"))
    assert split["split_config"] == {"val_fraction": 0.5, "test_fraction": 0.0, "seed": 3}
    assert len(split["samples"]["val"]) == 4


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ([], ["required"]),
        (["frain"], ["frain"]),
        (["train"], ["DATA"]),
        (["train", "DATA", "--nonsense"], ["--nonsense"]),
        (["train", "/nowhere"], ["/nowhere", "folder"]),
        (["train", "DATA", "--epochs", "many", "--lr", "99"], ["epochs", "learning_rate"]),
        (["train", "DATA", "--strategy", "magic"], ["magic", "feature_extraction"]),
        (["train", "DATA", "--model", "resnet999"], ["resnet999"]),
        (["train", "DATA", "--model", "resnet50"], ["--download resnet50"]),
        (["train", "DATA", "--device", "cuda:63"], ["cuda:63", "cpu"]),
        (["train", "DATA", "--train-from", "nowhere"], ["nowhere", "features"]),
        (["train", "DATA", "--train-from", "x", "--strategy", "fine_tuning"], ["--train-from"]),
        (["train", "DATA", "--val-fraction", "0.9"], ["val_fraction"]),
        (["train", "DATA", "--val-fraction", "much"], ["val_fraction"]),
        (["predict", "/no/weights.pth", "DATA"], ["/no/weights.pth"]),
        (["predict", "EMPTY", "EMPTY"], ["no images"]),
        (["predict", "NOTES", "DATA"], ["NOTES"]),
        (["train", "."], ["no images"]),
        (["train", "x" * 300], ["no folder"]),
        (["predict", "x" * 300, "DATA"], ["no file", ".safetensors"]),
        (["predict", "NOTES", "x" * 300], ["no file", "JPEG"]),
        (["predict", "NOTES", "DATA", "--classes", "a", "a"], ["--classes"]),
        (["train", "DATA", *FAST, "--out", "NOTES"], ["NOTES", "cannot be written"]),
        (["train", "DATA", *FAST, "--out", "n" * 300], ["nnn", "cannot be written"]),
        (["models", "--download", "resnet999"], ["resnet999"]),
    ],
)
def test_wrong_use_is_one_sentence_and_a_hint(
    arguments: Sequence[str],
    parts: Sequence[str],
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "NOTES").write_text("no weights", encoding="utf-8")
    arguments = [str(photos) if part == "DATA" else part for part in arguments]
    if "--train-from" in arguments:
        arguments += ["--model", "squeezenet1_1", "--initialisation", "random"]
    assert main([*arguments]) == 2
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert captured.err.startswith("tlstudio: ")
    assert "“”" not in captured.err
    for part in parts:
        assert part in captured.err
    assert not (data_dir() / "runs").exists()


def test_a_failing_run_returns_1(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["train", str(photos), *FAST, "--strategy", "fine_tuning", "--lr", "10"]
    arguments += ["--weight-decay", "1", "--schedule", "none", "--epochs", "60"]
    assert main([*arguments, "--batch-size", "2", "--out", str(tmp_path / "o"), "--json"]) == 1
    captured = capsys.readouterr()
    ended = lines(captured.out)[-1]
    assert ended["reason"] == "failed"
    assert "finite" in ended["error"]["sentence"]
    assert "smaller learning rate" in captured.err
    assert (ended["weights"] is None) == (ended["best_epoch"] is None)


def test_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    rows = lines(capsys.readouterr().out)
    names = [row["name"] for row in rows]
    assert {"tf_efficientnet_lite0", "resnet18", "googlenet"} <= set(names)
    assert all(row["parameters"] > 0 and row["gflops"] > 0 for row in rows)
    assert main(["models"]) == 0
    captured = capsys.readouterr()
    assert "resnet18" in captured.out and "resnet101" not in captured.out
    assert f"{len(rows)} models in all" in captured.err
    assert main(["models", "--all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rows) + 1
    assert main(["models", "resnet", "18"]) == 0
    said = capsys.readouterr().out
    assert "resnet18" in said
    assert "resnet50" not in said


def test_weights_are_listed_imported_and_removed(
    tmp_path: Path,
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import timm
    from huggingface_hub import constants
    from safetensors.torch import save_file

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(own_home / "hub"))
    file = tmp_path / "mine.safetensors"
    save_file(timm.create_model("test_vit").state_dict(), file)
    assert main(["models", "--import", str(file)]) == 2  # it may be anything
    capsys.readouterr()
    chosen = ["--model", "test_vit", "--weights", "r160_in1k"]
    assert main(["models", "--import", str(file), *chosen, "--json"]) == 0
    assert lines(capsys.readouterr().out) == [
        {"event": "imported", "model": "test_vit", "weights": "r160_in1k"}
    ]
    assert main(["models", "--stored", "--json"]) == 0
    rows = {row["model"]: row for row in lines(capsys.readouterr().out)}
    assert set(rows) == {"tf_efficientnet_lite0", "test_vit"}
    assert rows["test_vit"]["place"] == "cached"
    assert rows["test_vit"]["size_bytes"] == file.stat().st_size
    assert main(["models", "--stored"]) == 0
    assert "on board" in capsys.readouterr().out
    assert main(["models", "--remove", "test_vit"]) == 0
    assert main(["models", "--remove", "test_vit"]) == 2
    assert main(["models", "--remove", "tf_efficientnet_lite0"]) == 2
    assert main(["models", "--weights", "r160_in1k"]) == 2
    assert main(["models", "--model", "resnet18"]) == 2
    assert main(["models", "--stored", "--restart"]) == 2
    assert "stay" in capsys.readouterr().err


def test_every_field_has_its_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--help"]) == 0
    said = capsys.readouterr().out
    for spec in FIELDS:
        assert "--" + spec.name.replace("_", "-") in said
    assert "--lr" in said


def test_neither_qt_nor_torch_where_they_are_not_needed() -> None:
    code = (
        "import sys; from tlstudio.cli.main import main\n"
        "codes = [main(['--help']), main(['train', '/nowhere']), main(['train', '--bad'])]\n"
        "assert codes == [0, 2, 2], codes\n"
        "assert not {'torch', 'PySide6', 'sklearn'} & set(sys.modules)\n"
        "main(['models', 'resnet18'])\n"
        "import tlstudio.engine.training.trainer, tlstudio.engine.inference\n"
        "assert 'PySide6' not in sys.modules\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300
    )
    assert process.returncode == 0, process.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
@pytest.mark.parametrize(("asked", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_being_asked_to_end_keeps_what_was_learned(
    photos: Path, tmp_path: Path, asked: str, code: int
) -> None:
    process = start(
        *("train", photos, *FAST, "--epochs", "1000", "--json", "--out", tmp_path / "o")
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "epoch_ended":
            break
    process.send_signal(getattr(signal, asked))
    rest, errors = process.communicate(timeout=300)
    assert process.returncode == code, errors
    assert (tmp_path / "o" / "checkpoint.pt").is_file()
    ended = lines(rest)[-1]
    assert ended["reason"] == "stopped"
    assert 1 <= ended["epochs"] < 1000
    assert Path(ended["weights"]).is_file()
    assert "Stopping after this batch" in errors
    assert "Traceback" not in errors


@pytest.mark.skipif(os.name == "nt", reason="pipes differ there")
def test_a_reader_that_goes_away_ends_it_quietly(photos: Path, tmp_path: Path) -> None:
    process = start(
        *("train", photos, *FAST, "--epochs", "1000", "--json", "--out", tmp_path / "o")
    )
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "epoch_ended":
            break
    process.stdout.close()
    assert process.wait(timeout=300) in (1, 130)
    errors = process.stderr.read()
    process.stderr.close()
    assert "Traceback" not in errors
    assert "BrokenPipe" not in errors
    assert (tmp_path / "o" / "weights.pth").is_file()


def test_korean_names_pass_through_any_locale(tmp_path: Path) -> None:
    photo().save(tmp_path / "사과.png")
    process = start("train", tmp_path / "사과.png", cwd=tmp_path)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2
    assert "사과" in errors


INTERRUPT_AT = """
import os, signal, sys
class Interrupter:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupter())
from tlstudio.cli.main import run
run()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("models", "pydantic"),
        ("models", "numpy"),
        ("train", "pydantic"),
        ("train", "tlstudio.engine.data.sources"),  # opening the dataset
        ("train", "tlstudio.engine.models.build"),  # before the first batch
    ],
)
def test_ctrl_c_is_answered_from_the_start(
    command: str, module: str, photos: Path, tmp_path: Path
) -> None:
    rest = [] if command == "models" else [str(photos), *FAST, "--out", str(tmp_path / "o")]
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPT_AT.format(module=module), command, *rest, "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
    )
    assert done.returncode == 130, done.stderr
    assert done.stdout == ""
    assert "Interrupted" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o").exists()  # the weights of an earlier run would have stayed


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
def test_a_full_disk_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w") as out, Path("/dev/full").open("w") as err:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["models", "--json"]) == 1
        monkeypatch.setattr(sys, "stderr", err)
        assert main(["train", "/nowhere"]) == 2
        os.dup2(out.fileno(), err.fileno())  # closing flushes: now to /dev/null


def test_closed_streams_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["models", "--json"]) == 0
    assert main(["train", "/nowhere"]) == 2
    sys.stdout.close()
    sys.stderr.close()


def test_what_nobody_expected_is_one_sentence(
    photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("tlstudio.engine.data.sources.open_dataset", fail)
    assert main(["train", str(photos)]) == 1
    captured = capsys.readouterr()
    assert "oops" in captured.err
    assert len(captured.err.splitlines()) == 1


def test_copies_across_splits_are_told_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_split_photos(tmp_path, train=4, val=2)
    [source, *_] = sorted((root / "train" / "red").iterdir())
    (root / "val" / "red" / "again.png").write_bytes(source.read_bytes())
    assert main(["train", str(root), *FAST, "--epochs", "1", "--out", str(tmp_path / "run")]) == 0
    told = capsys.readouterr().err
    assert "1 of 5 validation images are copies of training images" in told
    assert f"tlstudio check {root}" in told


def test_a_failure_while_training_shows_no_traceback(photos: Path, tmp_path: Path) -> None:
    code = (
        "import tlstudio.engine.training.run as t\n"
        "def fail(*a, **k): raise ZeroDivisionError('oops')\n"
        "t.Learner = fail\n"
        "from tlstudio.cli.main import run; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "train", str(photos), *FAST, "--out", str(tmp_path / "o")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "TLSTUDIO_HOME": str(tmp_path / "home")},
        timeout=300,
    )
    assert done.returncode == 1
    assert "oops" in done.stderr
    assert "Traceback" not in done.stderr
    log = (tmp_path / "home" / "data" / "tlstudio.log").read_text(encoding="utf-8")
    assert "Traceback" in log


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names are text elsewhere")
def test_names_that_are_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    for name in ("cl\udcff", "b"):
        (data / name).mkdir(parents=True)
        for number in range(2):
            photo().save(data / name / f"{number}\udcfe.png")
    out = tmp_path / "out"
    arguments = ["train", str(data), *FAST, "--epochs", "1", "--out", str(out), "--json"]
    assert main(arguments) == 0
    ended = lines(capsys.readouterr().out)[-1]
    assert Path(ended["weights"]).is_file()
    split = json.loads((out / "split.json").read_text(encoding="utf-8"))
    assert split["classes"] == ["b", "cl\udcff"]


def test_a_file_of_an_earlier_run_is_not_written_over(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    (out / "last_weights.pth").mkdir(parents=True)
    arguments = ["train", str(photos), *FAST, "--epochs", "1", "--out", str(out), "--json"]
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert "holds another run" in captured.err
    assert len(captured.err.splitlines()) == 1
    assert main([*arguments, "--overwrite"]) == 0


def test_the_parser_of_one_command_knows_that_command_alone():
    def commands(parser):
        return list(parser._subparsers._group_actions[0].choices)

    assert commands(make_parser("train")) == ["train"]
    assert commands(make_parser()) == list(COMMANDS)
    assert commands(make_parser("no such command")) == list(COMMANDS)
