"""What the bundle leaves out, its licences and its sizes; nothing is built for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.scripts import PACKAGING, load
from tlstudio.core.licences import Part, read_parts

contents = load("pyinstaller/contents.py")
licences = load("pyinstaller/licences.py")
sizes = load("pyinstaller/sizes.py")


def test_no_file_of_the_studio_is_left_out() -> None:
    resources = PACKAGING.parent / "resources"
    paths = [path.relative_to(resources.parent) for path in resources.rglob("*") if path.is_file()]
    assert paths and not [path for path in paths if contents.is_left_out(path.as_posix())]


@pytest.mark.parametrize(
    ("path", "is_left_out"),
    [
        ("PySide6/Qt/translations/qtbase_ko.qm", False),
        ("PySide6/Qt/translations/qtbase_fr.qm", True),
        ("PySide6\\translations\\qtbase_fr.qm", True),
    ],
)
def test_qt_speaks_the_languages_of_the_studio(path: str, is_left_out: bool) -> None:
    assert contents.is_left_out(path) is is_left_out


@pytest.mark.parametrize(
    "path",
    [
        "torchvision.libs/libcudart.faf08d9a.so.13",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "libreadline.so.8",
        "torch-2.13.0.dist-info/RECORD",
    ],
)
def test_cuda_gpl_and_what_only_builders_need_stay_out(path: str) -> None:
    assert contents.is_left_out(path)


def test_modules_with_readline_and_its_like_stay_out() -> None:
    assert {"readline", "_gdbm", "tensorboard"} <= set(contents.module_names())
    assert "PySide6.QtSvg" not in contents.module_names()


def test_libraries_of_what_is_left_out_go_with_it() -> None:
    linked = {
        "PySide6/Qt/plugins/platforms/libqxcb.so": ["libxcb-icccm.so.4"],
        "libxcb-icccm.so.4": ["libxcb.so.1", "libc.so.6"],
        "libxcb.so.1": [],
        "pillow.libs/libavif.so": [],
        "PIL/_avif.so": ["libavif.so"],
        "libgtk-3.so.0": ["libpango.so.0"],
        "libpango.so.0": ["libgtk-3.so.0"],
        "libpython3.11.so": [],
    }
    kept = contents.needed(linked, linked.__getitem__, asked_for=["libpython3.11.so", "absent"])
    assert {path for path in linked if path.rpartition("/")[2] not in kept} == {
        "libgtk-3.so.0",
        "libpango.so.0",
    }


def test_every_row_says_why() -> None:
    assert all(row.what and row.why for row in (*contents.MODULES, *contents.FILES))


def test_a_library_whose_licence_nobody_knows_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    owners = {"libz.so.1": ("zlib1g", "zlib", "1.3"), "libnew.so": ("libnew1", "libnew", "1")}
    monkeypatch.setattr(licences, "_debian_package", lambda path: owners.get(path.name))
    found = licences.system_parts([tmp_path / "libz.so.1", tmp_path / "own.so"])
    assert [(part.name, part.version, part.licence) for part in found] == [("zlib", "1.3", "Zlib")]
    with pytest.raises(SystemExit, match=r"SYSTEM_LIBRARIES.*libnew"):
        licences.system_parts([tmp_path / "libnew.so"])


def test_licences_of_a_bundle_are_of_what_is_in_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(licences, "_bootloader", lambda: Part("The start"))  # of PyInstaller
    licences.write_licences(tmp_path, ["torch", "tlstudio.core"], [])
    names = {part.name for part in read_parts(tmp_path)}
    assert {"TLStudio", "torch", "Python", "Pretendard", "The start"} <= names
    assert not names & {"timm", "numpy"}


def test_sizes_add_up_and_links_count_once(tmp_path: Path) -> None:
    for name, size in (("_internal/torch/lib/libtorch_cpu.so", 50_000), ("_internal/libz.so.1", 9)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    (tmp_path / "libtorch_cpu.so").symlink_to("_internal/torch/lib/libtorch_cpu.so")
    text = sizes.table(tmp_path)
    assert text.splitlines()[2].startswith("| torch: operators |")
    assert "| system libraries |" in text and sizes.OTHER not in text
    assert sizes.total_mb(tmp_path) == pytest.approx(
        sum(size for _, size in sizes.files_of(tmp_path)) / 1e6
    )


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/tlstudio", sizes.PROGRAM),
        ("/tlstudio.exe", sizes.PROGRAM),
        ("/_internal/torch/lib/torch_cpu.dll", "torch: operators"),
        ("/_internal/libicudata.so.73", "Qt: ICU"),
        ("/_internal/resources/samples/digits.csv.gz", "resources: samples"),
        ("/_internal/strange", sizes.OTHER),
    ],
)
def test_every_file_belongs_to_a_part(path: str, title: str) -> None:
    assert sizes.group_of(path) == title
