"""`inspect-weights`: what a file holds, as lines and as JSON."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from tlstudio.cli.main import main
from tlstudio.engine.models.build import build_network


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """As Lightning writes it, with an average beside it and the names of the classes."""
    state = build_network("resnet20", 3, initialisation="random", seed=1).state_dict()
    values = {
        "epoch": 3,
        "best_acc1": torch.tensor(0.9),
        "state_dict": {f"model.{k}": v for k, v in state.items()} | {"loss.w": torch.ones(3)},
        "state_dict_ema": state,
        "hyper_parameters": {"class_to_idx": {"나": 1, "a": 0, "c": 2}},
        "optimizer": {"state": {n: {"m": v} for n, v in enumerate(state.values())}},
    }
    torch.save(values, tmp_path / "last.ckpt")
    return tmp_path / "last.ckpt"


def test_a_file_is_reported_and_nothing_is_loaded(
    checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect-weights", str(checkpoint)]) == 0
    text = capsys.readouterr().out
    assert "last.ckpt: resnet20, 3 classes" in text
    assert "classes: a, 나, c" in text
    assert "copy state_dict_ema (average)" in text
    assert "set aside  best_acc1" in text

    arguments = ["inspect-weights", str(checkpoint), "--json", "--copy", "state_dict_ema"]
    assert main(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["copy"] == "state_dict_ema"
    assert report["counts"]["missing"] == report["counts"]["unexpected"] == 0
    assert report["ways"] == ["everything", "backbone"]
    assert {e["state"] for e in report["entries"]} == {"matched", "set_aside"}


def test_a_head_of_two_layers_leaves_the_backbone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = dict(build_network("resnet20", 3, initialisation="random", seed=1).state_dict())
    del state["fc.weight"], state["fc.bias"]
    two = {f"fc.{n}.weight": torch.ones(64 if n == 0 else 5, 64) for n in (0, 2)}
    torch.save(state | two, tmp_path / "two.pth")
    assert main(["inspect-weights", str(tmp_path / "two.pth")]) == 0
    text = capsys.readouterr().out
    assert "no head that fits" in text
    assert "--start-from" in text
    assert "wanted classes x 64" in text
    assert main(["predict", str(tmp_path / "two.pth"), str(tmp_path)]) == 2


def test_another_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"lstm.weight": torch.ones(3, 3)}, tmp_path / "w.pth")
    assert main(["inspect-weights", str(tmp_path / "w.pth")]) == 2
    error = capsys.readouterr().err
    assert "fits no model" in error
    assert "lstm.weight" in error


def test_names_come_from_a_text_file(checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = checkpoint.with_name("names.txt")
    names.write_text("하나\n둘\n셋\n", encoding="utf-8")
    photo = checkpoint.with_name("x.png")
    Image.new("RGB", (40, 40), "red").save(photo)
    values = torch.load(checkpoint, weights_only=True)
    del values["hyper_parameters"]
    torch.save(values, checkpoint)
    arguments = [f"{checkpoint}#state_dict_ema", str(photo), "--classes", str(names), "--json"]
    assert main(["predict", *arguments]) == 0
    assert set(json.loads(capsys.readouterr().out)["probabilities"]) == {"하나", "둘", "셋"}
    names.write_text("", encoding="utf-8")
    assert main(["predict", *arguments]) == 2
    assert "holds no names" in capsys.readouterr().err
