"""Which files train and which validate, as the script finds them by itself."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers import make_photos, make_split_photos, photo
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split, SplitConfig
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.split_config import GroupBy
from tlstudio.engine.code_export.code import export_code
from tlstudio.engine.code_export.data_part import DataPart, class_setting, data_part
from tlstudio.engine.data.sources import open_dataset

CLASSES = ("green", "red")


def carried_out(part: DataPart, index: DatasetIndex) -> dict[str, object]:
    """The names that the code leaves behind."""
    names: dict[str, object] = {"DATA": part.folder, "Path": Path}
    exec("import random\n" + class_setting(index) + part.settings + part.code, names)
    return names


def assert_same_files(part: DataPart, index: DatasetIndex) -> None:
    names = carried_out(part, index)
    for name, split in (("train_files", Split.TRAIN), ("val_files", Split.VAL)):
        assert names[name] == [(s.image.path, s.class_index) for s in index.by_split[split]]


def test_split_folders_are_a_rule_of_three_lines(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path / "photos", CLASSES))
    part = data_part(index)
    assert 'labelled_files(DATA / "val")' in part.code
    assert "LEFT_OUT" not in part.settings and "VAL_SHARE" not in part.settings
    assert_same_files(part, index)


def test_the_studios_split_is_its_rule_and_seed(tmp_path: Path) -> None:
    folder = make_photos(tmp_path / "photos", CLASSES, {"green": 11, "red": 1})
    index = open_dataset(folder, SplitConfig(0.3, 0.2, 7))
    assert index.by_split[Split.TEST]
    part = data_part(index)
    assert "SPLIT_SEED = 7" in part.settings and "TEST_SHARE = 0.2" in part.settings
    assert_same_files(part, index)


def test_a_train_folder_alone_is_split(tmp_path: Path) -> None:
    make_photos(tmp_path / "photos" / "train", CLASSES, 6)
    make_photos(tmp_path / "photos" / "test", CLASSES, 2)
    index = open_dataset(tmp_path / "photos")
    assert_same_files(data_part(index), index)


def test_a_folder_around_the_dataset_is_gone_into(tmp_path: Path) -> None:
    make_split_photos(tmp_path / "download" / "photos", CLASSES)
    index = open_dataset(tmp_path / "download")
    part = data_part(index)
    assert part.folder == tmp_path / "download" / "photos"
    assert_same_files(part, index)


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    folder = make_split_photos(tmp_path / "photos", CLASSES)
    (folder / "train" / "red" / "broken.png").write_bytes(b"no picture")
    photo().save(folder / "train" / "red" / ".hidden.png")
    index = open_dataset(folder)
    part = data_part(index)
    assert "train/red/broken.png" in part.settings and "train/red/.hidden.png" in part.settings
    assert_same_files(part, index)


@pytest.mark.parametrize("split", [SplitConfig(0.3), SplitConfig(0.3, anew=True), None])
def test_what_was_changed_by_hand_is_read_as_in_the_studio(
    tmp_path: Path, split: SplitConfig | None
) -> None:
    folder = make_split_photos(tmp_path / "photos", CLASSES, 8, 4)
    index = open_dataset(folder, split)
    out = Manifest().leaving_out(["train/red/red_001.png", "val/green/green_002.png"])
    moved = out.moving(["train/red/red_002.png"], "green")
    placed = moved.placing(["train/green/green_003.png"], Split.VAL)
    pair = ["train/red/red_004.png", "val/red/red_001.png"]
    for manifest in (out, moved, placed, placed.grouping(pair, "twins")):
        edited = index.edited(manifest)
        assert edited.fingerprint != index.fingerprint
        assert_same_files(data_part(edited), edited)


@pytest.mark.parametrize(
    "split",
    [
        SplitConfig(val_images=7, test_images=3),
        SplitConfig(group_by=GroupBy.PREFIX),
        SplitConfig(test_fraction=0.2, folds=3, fold=2),
    ],
)
def test_other_splits_are_read_as_in_the_studio(tmp_path: Path, split: SplitConfig) -> None:
    folder = make_photos(tmp_path / "photos", CLASSES, 12)
    for file in sorted(folder.rglob("*.png")):
        file.rename(file.with_name(f"{file.parent.name[0]}{int(file.stem[-3:]) // 3}-{file.name}"))
    index = open_dataset(folder, split)
    assert_same_files(data_part(index), index)


def test_what_no_rule_finds_is_listed(tmp_path: Path) -> None:
    folder = make_split_photos(tmp_path / "photos", ("caf\N{COMBINING ACUTE ACCENT}e", "red"))
    (folder / "train" / "cafe\N{COMBINING ACUTE ACCENT}").mkdir()
    photo().save(folder / "train" / "cafe\N{COMBINING ACUTE ACCENT}" / "one.png")
    index = open_dataset(folder)
    part = data_part(index)
    assert "TRAIN_FILES" in part.code
    assert_same_files(part, index)


def test_without_validation_images_there_are_none(tmp_path: Path) -> None:
    folder = make_split_photos(tmp_path / "photos", CLASSES)
    for path in (folder / "val").rglob("*.png"):
        path.unlink()
    index = open_dataset(folder)
    assert not index.by_split[Split.VAL]
    assert_same_files(data_part(index), index)


def test_names_with_quotes_are_spelled(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path / 'it\'s "q"', ("a'b", 'c"d')))
    assert_same_files(data_part(index), index)


def test_names_that_look_like_code_stay_names(tmp_path: Path) -> None:
    classes = ("'''\nimport os\n'''", '"""{n}"""', "100% <i>&", "\\' # \u2028x")
    root = tmp_path / '"""\nraise SystemExit\n# \u2028{n} <b>'
    root.mkdir()
    index = open_dataset(make_split_photos(root / "\x1b[2J", classes))
    assert_same_files(data_part(index), index)
    listed = replace(index, samples=index.samples[1:])  # no rule finds these
    assert_same_files(data_part(listed), listed)


def test_a_title_ends_neither_its_line_nor_its_string(tmp_path: Path) -> None:
    name = '"""\nraise SystemExit("ran")\n# \u2028\\'
    index = replace(open_dataset(make_split_photos(tmp_path / "photos", ("a", "b"))), name=name)
    code = export_code(RunConfig(), index)
    for text in (code.script, code.cells):
        statements = ast.parse(text).body
        assert not [s for s in statements if isinstance(s, ast.Raise)]
    assert "\n" not in code.title and "“''' raise" in code.title
    heading = json.loads(code.notebook)["cells"][0]["source"][0]
    assert "\\# " in heading and heading.count("\n") == 1
