"""`export`: a network for use outside the studio, from a terminal."""

import json
from pathlib import Path

import pytest

from tlstudio.cli.main import main, make_parser
from tlstudio.core.config import make_config
from tlstudio.engine.export.web import runtime
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.weights.save import save_weights


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    config = make_config({"model": "lenet5", "initialisation": "random"})
    path = tmp_path / "weights.pth"
    save_weights(build_classifier(config, ("a", "b")), path)
    return path


def test_an_export_says_what_comparing_found(weights, tmp_path, capsys):
    out = tmp_path / "net"
    arguments = ["export", str(weights), "--to", "safetensors", "--out", str(out)]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["paths"][0] == f"{out}.safetensors" and Path(told["paths"][0]).is_file()
    assert told["receipt"]["is_passed"] is True
    assert main(arguments) == 2, "what is there is not replaced without a word"
    assert "--overwrite" in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags",
    [["--to", "tflite"], ["--to", "safetensors", "--int8"], ["--to", "onnx", "--opset", "3"]],
)
def test_wrong_wishes_are_refused_at_once(weights, tmp_path, capsys, flags):
    assert main(["export", str(weights), *flags, "--out", str(tmp_path / "a")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("name", ["", ".", "..", "/", "n" * 300])
@pytest.mark.parametrize("form", ["folder", "safetensors"])
def test_names_that_no_file_can_have_are_told(weights, capsys, monkeypatch, name, form, tmp_path):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert main(["export", str(weights), "--to", form, "--out", name, "--overwrite"]) in (1, 2)
    told = capsys.readouterr().err
    assert "unexpected" not in told and told.count("tlstudio: ") <= 2
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_of_no_possible_name_is_told(tmp_path, capsys):
    arguments = ["--to", "safetensors", "--out", str(tmp_path / "a")]
    assert main(["export", "z" * 5000, *arguments]) == 2
    assert "There is no file, and no run" in capsys.readouterr().err


def test_a_web_page_says_what_it_would_download(weights, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(runtime, "find_runtime", lambda: None)
    asked: list[object] = []
    monkeypatch.setattr(runtime, "download_runtime", lambda **options: asked.append(options))
    arguments = ["export", str(weights), "--to", "web", "--out", str(tmp_path / "a")]
    assert main(arguments) == 2 and not asked
    told = capsys.readouterr().err
    assert "33 MB" in told and "--download" in told
    assert main([*arguments, "--download"]) == 2 and len(asked) == 1


def test_the_command_of_the_other_process_is_in_no_list():
    text = make_parser().format_help()
    assert "run-export" not in text and "make-export" not in text and "export-code" in text
