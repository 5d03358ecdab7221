"""timm's own table of results."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.gui.networks import make_spec, make_weights
from tlstudio.core import text_files
from tlstudio.core.compare import Comparison, Worth
from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.core.networks.catalog import Library, WeightsPlace
from tlstudio.core.published_results import (
    forget_results,
    keep_results,
    kept_results,
    read_results,
    result_of,
)

TABLE = """model,top1,top1_err,top5,top5_err,param_count,img_size,crop_pct,interpolation
resnet50.a1_in1k,81.220,18.780,95.112,4.888,25.56,288,1.000,bicubic
resnet50.a1_in1k,80.216,19.784,94.622,5.378,25.56,224,0.950,bicubic
eva_giant.m30m,89.786,10.214,98.992,1.008,"1,014.45",560,1.000,bicubic
"""


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "results.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_weights_are_found_by_timms_name_and_the_size_of_their_images(tmp_path: Path) -> None:
    results = read_results(written(tmp_path, TABLE, "utf-8-sig"))
    here = result_of(results, "resnet50", "a1_in1k", 224)
    assert here is not None and (here.top1, here.top5) == (0.80216, 0.94622)
    other = result_of(results, "resnet50", "a1_in1k", 176)
    assert other is not None and other.image_px == 288
    assert result_of(results, "resnet50", "a2_in1k", 224) is None


def test_what_timm_has_published_joins_the_comparison(tmp_path: Path) -> None:
    spec = make_spec("timm/resnet50", top1=None)
    tags = tuple(make_weights(WeightsPlace.REMOTE, None, name) for name in ("a1_in1k", "a2_in1k"))
    ours = replace(spec, library=Library.TIMM, weights=tags)
    theirs = make_spec("resnet50.a1_in1k", top1=None)  # of another library
    stated = make_spec("alexnet", top1=0.5)
    results = read_results(written(tmp_path, TABLE))
    comparison = Comparison.of((ours, theirs, stated), results)
    assert [row.key for row in comparison.rows] == [
        ("timm/resnet50", "a1_in1k"),
        ("alexnet", "IMAGENET1K_V1"),
    ]
    assert (comparison.published, comparison.left_out) == (1, 2)
    assert [Worth.TOP5.of(row) for row in comparison.rows] == [0.94622, None]
    assert comparison.rows[0].tested_px == 0
    assert len(Comparison.of((ours, theirs, stated)).rows) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("model,top1\na,1\n", "no column “top5”"),
        ("", "no column “model”"),
        ("model,top1,top5\na,80,90\nb,-,90\n", "Line 3"),
        ("model,top1,top5\na,180,90\n", "Line 2"),
        ("model,top1,top5\na,nan,90\n", "Line 2"),
        ("model,top1,top5\na\n", "Line 2"),
        ("model,top1,top5,img_size\na,80,90,-3\n", "Line 2"),
        (f"{'m' * 200_000},top1,top5\n", "Line 1"),
        ("model,top1,top5\n" + "a,80,90\n" * 50_001, "more than 50,000 results"),
    ],
)
def test_another_table_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(DatasetError, match=sentence):
        read_results(written(tmp_path, text))
    with pytest.raises(StorageError, match="cannot be read"):
        read_results(tmp_path / "absent.csv")


def test_a_table_that_a_spreadsheet_wrote_again(tmp_path: Path) -> None:
    assert len(read_results(written(tmp_path, TABLE, "utf-16"))) == 2


def test_a_table_is_kept_until_it_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path / "home"))
    assert kept_results() == {}
    path = written(tmp_path, TABLE)
    results = keep_results(path)
    path.unlink()
    assert kept_results() == results and len(results) == 2
    assert forget_results() == kept_results() == {}


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders there")
def test_what_has_no_end_is_no_table(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zeros.csv").symlink_to("/dev/zero")
    for path in (tmp_path, tmp_path / "pipe.csv", tmp_path / "zeros.csv"):
        with pytest.raises(StorageError, match="it is a folder, a pipe or a device"):
            keep_results(path)


def test_a_million_lines_are_too_many(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is too large: 8 MB"):
        read_results(written(tmp_path, "model,top1,top5\n" + "a,80,90\n" * 1_000_000))


def test_what_the_system_writes_on_and_on_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()  # as a file of the kernel: plain by its kind, and without an end
    monkeypatch.setattr(text_files, "open_regular", lambda *_: os.dup(reading))
    os.set_blocking(reading, False)
    try:
        with pytest.raises(StorageError, match="cannot be read"):
            read_results(tmp_path / "kernel.csv")
    finally:
        os.close(reading)
        os.close(writing)
