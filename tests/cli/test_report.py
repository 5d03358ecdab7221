"""`report`: a run as one HTML file, from a terminal."""

from __future__ import annotations

import csv
import html
import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.test_runs import FAST, MEASURED
from tests.engine.runs.runs import write_kept
from tests.helpers import make_photos
from tlstudio.cli.main import main
from tlstudio.core.runs.events import EpochEnded, RunEnded
from tlstudio.core.runs.record import RunRecord
from tlstudio.engine.runs import loggers
from tlstudio.engine.runs.store import RunStore


def test_a_run_by_its_id_or_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_kept(RunStore().folder / "run-1")
    outside = write_kept(tmp_path / "elsewhere", "run-2")
    page = tmp_path / "out" / "one.html"
    assert main(["report", "run-1", "--out", str(page)]) == 0
    assert f"Written: {page}" in capsys.readouterr().out
    assert '<html lang="en">' in page.read_text(encoding="utf-8")

    two = tmp_path / "two.html"
    flags = ["--out", str(two), "--language", "ko", "--json"]
    assert main(["report", str(outside), *flags]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(two), "run": "run-2"}
    assert '<html lang="ko">' in two.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "code", "told"),
    [
        (["no-run"], 2, "There is no run “no-run”."),
        (["run-1", "--language", "fr"], 2, "“fr” is not a valid value for --language."),
        (["run-1", "--out", "report.docx"], 2, "“report.docx” is not called so."),
    ],
)
def test_what_cannot_be_written_is_said(
    flags: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_kept(RunStore().folder / "run-1")
    assert main(["report", *flags]) == code
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags",
    [
        ["--seed", "3", "--split-seed", "2", "--val-fraction", "0.4"],
        [
            *("--strategy", "custom", "--trainable", "f6", "output"),
            *("--mixing", "mixup", "--schedule", "cosine"),
        ],
    ],
)
def test_the_line_in_the_report_gives_the_same_history(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = make_photos(tmp_path / "my photos", per_class=6)
    first, again, page = tmp_path / "first", tmp_path / "again", tmp_path / "page.html"
    command = ["train", str(photos), *FAST, "--epochs", "2", *flags]
    assert main([*command, "--out", str(first)]) == 0, capsys.readouterr().err
    assert main(["report", str(first), "--out", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "import torch\n" in text and "Grad-CAM" in text
    (line,) = re.findall("<pre>(tlstudio-cli .*?)</pre>", text)
    program, *words = shlex.split(html.unescape(line))
    assert program == "tlstudio-cli"
    assert main([*words, "--out", str(again)]) == 0, capsys.readouterr().err
    assert _history(first) == _history(again)
    assert len(_history(first)) == 2


def _history(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        return [
            {name: value for name, value in row.items() if name not in MEASURED}
            for row in csv.DictReader(file)
        ]


def test_a_run_is_told_to_loggers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []

    class Logger:
        def start(self, run: RunRecord) -> None:
            heard.append(run.dataset)

        def epoch(self, ended: EpochEnded) -> None:
            heard.append(ended.record.epoch)

        def close(self, ended: RunEnded | None) -> None:
            heard.append(ended is not None)

    def make(names: list[str], folder: Path) -> tuple[loggers.RunLogger, ...]:
        heard.extend([*names, folder.name])
        return (Logger(),)

    monkeypatch.setattr(loggers, "make_loggers", make)
    photos = make_photos(tmp_path / "photos", per_class=4)
    flags = [*FAST, "--epochs", "2", "--log", "mlflow", "--log", "tensorboard"]
    assert main(["train", str(photos), *flags, "--out", str(tmp_path / "run")]) == 0
    assert heard == ["mlflow", "tensorboard", "run", "photos", 1, 2, True]
