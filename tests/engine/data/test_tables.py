"""Tables of images and classes: read as they are found, and shown as they were read."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.archives import zip_folder
from tests.helpers import photo
from tlstudio.cli.main import main
from tlstudio.core.data.dataset import DatasetIndex, Layout, Split
from tlstudio.core.data.options import COLUMN_A_CLASS, NO_COLUMN, ReadOptions, TableOptions
from tlstudio.core.errors import DatasetError
from tlstudio.engine.code_export.data_part import data_part
from tlstudio.engine.data.sources import is_dataset, open_dataset
from tlstudio.engine.data.sources.tables.source import NO_CLASS, NOT_LISTED, SEVERAL_CLASSES

CLASSES = ("ant", "bee")
COUNT = 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eight pictures in one folder, ``images/0.png`` and on."""
    (tmp_path / "images").mkdir()
    for number in range(COUNT):
        photo(number % 2, number, (12, 10)).save(tmp_path / "images" / f"{number}.png")
    return tmp_path


def rows_of(cell: Callable[[int], str], head: str = "path,label", sep: str = ",") -> str:
    """A table with a row for each picture."""
    lines = [f"{cell(number)}{sep}{CLASSES[number % 2]}" for number in range(COUNT)]
    return "\n".join([head.replace(",", sep), *lines] if head else lines) + "\n"


def write(folder: Path, text: str, name: str = "list.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def is_right(index: DatasetIndex) -> bool:
    """Whether every picture is there, with its class."""
    found = {
        int(s.image.name.removesuffix(".png")): index.classes[s.class_index] for s in index.samples
    }
    return found == {number: CLASSES[number % 2] for number in range(COUNT)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (rows_of(lambda n: f"images/{n}.png"), "list.csv"),
        (rows_of(lambda n: f"images/{n}.png", sep=";"), "list.csv"),
        (rows_of(lambda n: f"images/{n}.png", sep="\t"), "list.tsv"),
        (rows_of(lambda n: f"images/{n}.png", sep="|"), "list.csv"),
        (rows_of(lambda n: f"images/{n}.png", head="", sep=" "), "train.txt"),
        (rows_of(lambda n: f"images/{n}.png", head=""), "list.csv"),
        (rows_of(lambda n: f".\\images\\{n}.png"), "list.csv"),
        (rows_of(lambda n: f"{n}.png", head="image_id,species"), "list.csv"),
        (rows_of(lambda n: str(n), head="id,breed"), "labels.csv"),
        (rows_of(lambda n: f"/kaggle/input/images/{n}.png"), "list.csv"),
        (rows_of(lambda n: f'"images/{n}.png"', head='"파일명","클래스"'), "표.csv"),
        (rows_of(lambda n: f"C:\\me\\images\\{n}.png"), "list.csv"),
        (rows_of(lambda n: f"https://example.org/a/{n}.png?size=9#x"), "list.csv"),
        (rows_of(lambda n: f"{n:05}", head="id,label"), "list.csv"),
        (rows_of(lambda n: f"{n}.0", head="id,label"), "list.csv"),
        ("sep=;\n" + rows_of(lambda n: f"images/{n}.png", sep=";"), "list.csv"),
        ("# made by a program\n#\n" + rows_of(lambda n: f"images/{n}.png"), "list.csv"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le"])
def test_columns_delimiters_and_encodings(
    folder: Path, text: str, name: str, encoding: str
) -> None:
    index = open_dataset(write(folder, text, name, encoding))
    assert index.layout is Layout.TABLE and is_right(index)
    assert not index.excluded and not index.warnings
    assert index.table is not None and len(index.table.columns) == 2
    assert index.table.chosen.image_column == index.table.columns[0]
    assert index.table.chosen.class_column == index.table.columns[1]


def test_json_lines(folder: Path) -> None:
    lines = [
        json.dumps({"file_name": f"images/{n}.png", "label": CLASSES[n % 2], "extra": {"a": 1}})
        for n in range(COUNT)
    ]
    assert is_right(open_dataset(write(folder, "\n".join(lines), "data.jsonl")))
    several = json.dumps({"file_name": "images/0.png", "label": ["ant", "bee"]})
    with pytest.raises(DatasetError, match=r"several classes: ant, bee \(row 9\)"):
        open_dataset(write(folder, "\n".join([*lines, several]), "data.jsonl"))


def test_json_of_a_list_or_of_names(folder: Path) -> None:
    rows = [{"file": f"images/{n}.png", "label": CLASSES[n % 2]} for n in range(COUNT)]
    assert is_right(open_dataset(write(folder, json.dumps(rows), "list.json")))
    names = {f"{n}.png": CLASSES[n % 2] for n in range(COUNT)}
    assert is_right(open_dataset(write(folder, json.dumps(names), "names.json")))
    coco = {"images": rows, "annotations": []}
    with pytest.raises(DatasetError, match="no list of images and classes"):
        open_dataset(write(folder, json.dumps(coco), "coco.json"))


def named(folder: Path, cells: Sequence[str], **more: Sequence[str]) -> DatasetIndex:
    """The dataset of a table with these classes."""
    lines = [
        ",".join([f"images/{n}.png", cell, *(values[n] for values in more.values())])
        for n, cell in enumerate(cells)
    ]
    return open_dataset(write(folder, "\n".join([",".join(["path", "label", *more]), *lines])))


def test_classes_as_spreadsheets_and_people_write_them(folder: Path) -> None:
    numbers = ("0.0", "1", "0", "1.0", "0", "1", "0", "1")
    assert named(folder, numbers).classes == ("0", "1")
    measured = ("0.0", "1.5", "0.0", "1.5", "0.0", "1.5", "0.0", "1.5")
    assert named(folder, measured).classes == ("0.0", "1.5")
    missing = named(folder, (*"abababa", "NaN"))
    assert missing.classes == ("a", "b")
    assert [file.reason for file in missing.excluded] == [NO_CLASS]
    spelled = named(folder, ("Ant", "bee", "ant", "bee", "ant", "Bee", "ant", "bee"))
    assert spelled.classes == CLASSES and is_right(spelled)
    assert str(spelled.warnings[0]) == "“Ant”, “ant” are read as one class, “ant”."


def test_a_yes_or_no_is_a_split_only_where_its_name_says_one(folder: Path) -> None:
    yes = ("True", "True", *["False"] * 6)
    index = named(folder, CLASSES * 4, is_valid=yes)
    assert {s: len(found) for s, found in index.by_split.items()} == {
        Split.TRAIN: 6,
        Split.VAL: 2,
        Split.TEST: 0,
    }
    assert named(folder, CLASSES * 4, is_male=yes).split_config is not None


def test_spaces_in_names_are_not_taken_for_the_delimiter(folder: Path) -> None:
    for n in range(COUNT):
        (folder / "images" / f"{n}.png").rename(folder / "images" / f"my {n}.png")
    text = rows_of(lambda n: f"images/my {n}.png").replace("images/my 3.png,bee", "images/my 3.png")
    index = open_dataset(write(folder, text.replace("my 5.png,bee", "my 5.png,bee,x,")))
    assert index.classes == CLASSES and len(index.samples) == COUNT - 1


def test_names_in_either_unicode_form(folder: Path) -> None:
    for n in range(COUNT):
        name = unicodedata.normalize("NFD", f"사진 {n}.png")
        (folder / "images" / f"{n}.png").rename(folder / "images" / name)
    index = open_dataset(write(folder, rows_of(lambda n: f"images/사진 {n}.png")))
    assert index.classes == CLASSES and len(index.samples) == COUNT


def test_parts_of_a_download_are_no_classes_where_a_table_says_them(folder: Path) -> None:
    """HAM10000: the images in two numbered folders, the diagnoses in a table beside them."""
    (folder / "images").rename(folder / "images_part_1")
    (folder / "images_part_2").mkdir()
    for n in range(4, COUNT):
        name = f"{n}.png"
        (folder / "images_part_1" / name).rename(folder / "images_part_2" / name)
    write(folder, rows_of(str, head="image_id,dx"), "metadata_of_all.csv")
    pixels = [",".join(f"pixel{n}" for n in range(784)), ",".join("1" * 784)]
    write(folder, "\n".join(pixels), "pixels.csv")
    index = open_dataset(folder)
    assert index.layout is Layout.TABLE and is_right(index)
    assert [file.image.key for file in index.other_files] == ["pixels.csv"]
    with pytest.raises(DatasetError, match="the images themselves"):
        open_dataset(folder / "pixels.csv")


def test_a_table_of_several_classes_beside_numbered_parts(folder: Path) -> None:
    """Chest X-ray 14: twelve folders, each with one called images."""
    (folder / "images").rename(folder / "all")
    for n in range(COUNT):
        (folder / f"images_00{n // 4}" / "images").mkdir(parents=True, exist_ok=True)
        (folder / "all" / f"{n}.png").rename(folder / f"images_00{n // 4}" / "images" / f"{n}.png")
    (folder / "all").rmdir()
    text = rows_of(lambda n: f"{n}.png", head="Image Index,Finding Labels")
    write(folder, text.replace("1.png,bee", "1.png,bee|ant"))
    with pytest.raises(DatasetError, match="several classes"):
        open_dataset(folder)
    write(folder, text)
    assert is_right(open_dataset(folder))


def test_classes_by_number_are_not_taken_for_names_of_images(folder: Path) -> None:
    text = rows_of(lambda n: f"images/{n}.png").replace("ant", "0").replace("bee", "1")
    index = open_dataset(write(folder, text + "images/gone.png,1\n"))
    assert index.classes == ("0", "1") and len(index.samples) == COUNT


def test_attributes_and_parts_are_no_classes(folder: Path) -> None:
    """CelebA: many attributes of each image, -1 or 1, and a number for its split."""
    lines = [f"{n}.png,{n % 2 or -1},1" for n in range(COUNT)]
    with pytest.raises(DatasetError, match="several classes: Male, Young"):
        open_dataset(write(folder, "\n".join(["image_id,Male,Young", *lines])))
    lines = [f"{n}.png,{n % 3}" for n in range(COUNT)]
    with pytest.raises(DatasetError, match="says the classes"):
        open_dataset(write(folder, "\n".join(["image_id,partition", *lines])))


def test_the_name_of_a_table_tells_which_of_two_images_it_means(folder: Path) -> None:
    """CIFAR-10 of Kaggle: train/1.png, test/1.png, and trainLabels.csv."""
    (folder / "images").rename(folder / "train")
    shutil.copytree(folder / "train", folder / "test")
    write(folder, rows_of(str, head="id,label"), "trainLabels.csv")
    index = open_dataset(folder)
    assert is_right(index) and all(s.image.key.startswith("train/") for s in index.samples)
    assert {file.reason for file in index.excluded} == {NOT_LISTED}
    assert len(index.samples) + len(index.excluded) == 2 * COUNT


def test_the_tables_of_roboflow(folder: Path) -> None:
    (folder / "images").rename(folder / "train")
    lines = [f"{n}.png, {1 - n % 2}, {n % 2}" for n in range(COUNT)]
    write(folder / "train", "\n".join(["filename, ant, bee", *lines]), "_classes.csv")
    assert is_right(open_dataset(folder))


def test_why_a_table_beside_loose_images_is_of_no_use(folder: Path) -> None:
    text = rows_of(lambda n: f"{n}.png")
    write(folder, text.replace("1.png,bee", "1.png,bee|ant"))
    with pytest.raises(DatasetError, match=r"several classes: bee, ant \(row 2\)"):
        open_dataset(folder)
    write(folder, text)
    write(folder, text, "other.csv")
    with pytest.raises(DatasetError, match="several tables") as refused:
        open_dataset(folder)
    assert refused.value.instead == folder / "list.csv"
    with pytest.raises(DatasetError, match="not there: 8") as refused:
        open_dataset(write(folder, rows_of(lambda n: f"gone{n}.jpg", head="path,label")))
    assert refused.value.hint_text == "The first one is “gone0.jpg”; files are called “0.png”."
    with pytest.raises(DatasetError, match="is a spreadsheet"):
        open_dataset(write(folder, "PK", "labels.xlsx"))


def test_absolute_paths_may_lead_elsewhere(folder: Path, tmp_path_factory: object) -> None:
    elsewhere = tmp_path_factory.mktemp("else")  # type: ignore[attr-defined]
    index = open_dataset(write(elsewhere, rows_of(lambda n: str(folder / "images" / f"{n}.png"))))
    assert is_right(index)
    assert all(sample.path is not None for sample in index.samples)
    assert is_right(open_dataset(write(folder, rows_of(lambda n: f"{folder}/images/{n}.png"))))
    (folder / "tables").mkdir()
    assert is_right(open_dataset(write(folder / "tables", rows_of(lambda n: f"../images/{n}.png"))))


def test_split_and_group_columns(folder: Path) -> None:
    splits = ("train", "train", "train", "train", "val", "val", "test", "test")
    lines = [f"{n},images/{n}.png,{CLASSES[n % 2]},{splits[n]},p{n // 2}" for n in range(COUNT)]
    path = write(folder, "\n".join(["no,file,label,split,patient_id", *lines]))
    index = open_dataset(path)
    assert is_right(index) and index.split_config is None
    assert {s: len(found) for s, found in index.by_split.items()} == {
        Split.TRAIN: 4,
        Split.VAL: 2,
        Split.TEST: 2,
    }
    chosen = index.table.chosen
    assert (chosen.split_column, chosen.group_column) == ("split", "patient_id")
    assert {index.own_groups[s.image.key] for s in index.samples} == {"p0", "p1", "p2", "p3"}
    options = ReadOptions(table=TableOptions(split_column=NO_COLUMN, class_column="patient_id"))
    other = open_dataset(path, options=options)
    assert other.classes == ("p0", "p1", "p2", "p3") and other.split_config is not None
    with pytest.raises(DatasetError, match="no column “nothing”"):
        open_dataset(path, options=ReadOptions(table=TableOptions(class_column="nothing")))


def test_a_column_for_each_class(folder: Path) -> None:
    lines = [f"images/{n}.png,{1 - n % 2},{n % 2}" for n in range(COUNT)]
    path = write(folder, "\n".join(["image,ant,bee", *lines]))
    index = open_dataset(path)
    assert is_right(index) and index.table.chosen.class_column == COLUMN_A_CLASS
    write(folder, "\n".join(["image,ant,bee", *lines[:-1], "images/7.png,1,1"]))
    with pytest.raises(DatasetError, match=r"several classes: ant, bee \(row 8\)"):
        open_dataset(path)
    one = open_dataset(path, options=ReadOptions(table=TableOptions(class_column="bee")))
    assert one.classes == ("0", "1")


def test_rows_and_images_that_are_left_out_are_counted(folder: Path) -> None:
    (folder / "images" / "7.png").write_bytes(b"broken")
    text = rows_of(lambda n: f"images/{n}.png").splitlines()
    text[2] = "images/gone.png,bee"  # and images/1.png has no row now
    text[3] = "images/2.png,"
    text += ["images/4.png,bee", "images/5.png,bee"]
    index = open_dataset(write(folder, "\n".join(text)))
    reasons = {file.image.name: file.reason for file in index.excluded}
    assert set(reasons) == {"gone.png", "1.png", "2.png", "4.png", "7.png"}
    assert reasons["1.png"] == NOT_LISTED and reasons["2.png"] == NO_CLASS
    assert reasons["4.png"] == SEVERAL_CLASSES
    assert len(index.samples) + len(index.excluded) == COUNT + 1  # one row means no file
    said = " ".join(map(str, index.warnings))
    for part in ("not there: 1", "no class, not used: 1", "several classes, not used: 1"):
        assert part in said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "a,b\n1,2\n",
        'path,label\n"images/0.png,ant\n' + "x" * 200_000,
        "path,label\n",
        rows_of(lambda n: f"gone/{n}.jpg"),
        rows_of(lambda n: f"images/{n}.png").replace("bee", "ant"),
        "\0" * 100,
        "path\nimages/0.png\nimages/1.png\n",
    ],
)
def test_tables_that_say_nothing_are_refused(folder: Path, text: str) -> None:
    path = write(folder, text)
    assert is_dataset(path)
    with pytest.raises(DatasetError):
        open_dataset(path)


def test_a_folder_with_a_table_beside_loose_images(folder: Path) -> None:
    write(folder, rows_of(str, head="id,label"), "train.csv")
    write(folder, rows_of(str, head="id,label"), "sample_submission.csv")
    write(folder, "a note", "readme.txt")
    index = open_dataset(folder)
    assert index.layout is Layout.TABLE and is_right(index)
    assert index.table.name == "train.csv"
    archive = zip_folder(folder, folder.parent / "dogs.zip")
    zipped = open_dataset(archive)
    assert is_right(zipped) and zipped.fingerprint == index.fingerprint
    assert all(sample.path is None for sample in zipped.samples)


def test_class_folders_go_before_a_table(folder: Path) -> None:
    for name in CLASSES:
        (folder / "set" / name).mkdir(parents=True)
        for number in range(3):
            photo(0, number, (9, 9)).save(folder / "set" / name / f"{number}.png")
    write(folder / "set", "path,label\nant/0.png,x\nbee/0.png,y\n", "notes.csv")
    assert open_dataset(folder / "set").classes == CLASSES


def test_the_image_folders_of_the_hub(folder: Path) -> None:
    for split, numbers in (("train", range(6)), ("test", range(6, 8))):
        (folder / "hub" / split).mkdir(parents=True)
        for n in numbers:
            (folder / "images" / f"{n}.png").rename(folder / "hub" / split / f"{n}.png")
        lines = [f"{n}.png,{CLASSES[n % 2]}" for n in numbers]
        write(folder / "hub" / split, "\n".join(["file_name,label", *lines]), "metadata.csv")
    index = open_dataset(folder / "hub")
    assert is_right(index)
    assert len(index.by_split[Split.TEST]) == 2


def test_parquet_is_an_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DatasetError, match="pyarrow"):
        open_dataset(write(folder, "PAR1", "data.parquet"))


def test_parquet(folder: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    values = {
        "file_name": [f"images/{n}.png" for n in range(COUNT)],
        "label": [CLASSES[n % 2] for n in range(COUNT)],
        "image": [{"bytes": b"x", "path": None}] * COUNT,
    }
    parquet.write_table(pyarrow.table(values), folder / "data.parquet")
    assert is_right(open_dataset(folder / "data.parquet"))
    whole = {"image": values["image"], "label": [n % 2 for n in range(COUNT)]}
    parquet.write_table(pyarrow.table(whole), folder / "train.parquet")
    with pytest.raises(DatasetError, match="the images themselves"):
        open_dataset(folder / "train.parquet")
    (folder / "data.parquet").write_bytes((folder / "data.parquet").read_bytes()[:100])
    with pytest.raises(DatasetError, match="damaged"):
        open_dataset(folder / "data.parquet")


def test_the_terminal_shows_the_columns_and_takes_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"images/{n}.png,{CLASSES[n % 2]},{'xy'[n // 4]}" for n in range(COUNT)]
    path = write(folder, "\n".join(["path,label,size", *lines]))
    arguments = ["split", str(path), "--val-fraction", "0.25"]
    assert main(arguments) == 0
    assert "list.csv: image “path”, class “label”\n" in capsys.readouterr().out
    assert main([*arguments, "--class-column", "size", "--group-column", "-"]) == 0
    said = capsys.readouterr().out
    assert "Classes: x, y" in said and "class “size”" in said


def test_a_script_looks_for_the_images_beside_the_table(folder: Path) -> None:
    part = data_part(open_dataset(write(folder, rows_of(lambda n: f"images/{n}.png"))))
    assert part.folder == folder
    names: dict[str, object] = {"DATA": part.folder, "CLASSES": list(CLASSES)}
    exec(part.settings + part.code, names)
    files = [*names["train_files"], *names["val_files"]]  # type: ignore[misc]
    assert len(files) == COUNT
    assert all(path.is_file() and int(path.stem) % 2 == label for path, label in files)
