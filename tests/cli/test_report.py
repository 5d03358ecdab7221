"""`report`: a run as one HTML file, from a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.runs.runs import write_kept
from tlstudio.cli.main import main
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
        (["no-run"], 1, "There is no run “no-run”."),
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
