"""What desktops on Linux are told: the entry of the menu, the kind of file, the description."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tlstudio
from tlstudio.core.classroom import SUFFIX
from tlstudio.engine.runs.files import RUN

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"
INSTALL = LINUX / "install-desktop-entry.sh"
METAINFO = LINUX / "io.github.tlstudio.TLStudio.metainfo.xml"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
KIND = "application/vnd.tlstudio.run+json"
PACK = "application/vnd.tlstudio.classpack"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shell scripts of Linux")


def entry(path: Path) -> dict[str, str]:
    """The keys of a desktop entry."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def installed(tmp_path: Path, script: Path, *arguments: str) -> Path:
    """Run the script for a user with a new home; returns where their data is."""
    data = tmp_path / "data"
    environment = {**os.environ, "XDG_DATA_HOME": str(data), "HOME": str(tmp_path)}
    subprocess.run(["sh", script, *arguments], env=environment, check=True, capture_output=True)
    return data


def test_all_name_the_same_kind_of_file_and_the_same_program() -> None:
    desktop, component = entry(LINUX / "tlstudio.desktop"), ElementTree.parse(METAINFO).getroot()
    kinds = ElementTree.parse(LINUX / "tlstudio-mime.xml").getroot()
    patterns = {kind.attrib["type"]: kind.find(f"{MIME}glob").attrib["pattern"] for kind in kinds}  # type: ignore[union-attr]
    assert patterns == {KIND: RUN, PACK: f"*{SUFFIX}"}
    assert desktop["MimeType"] == f"{KIND};{PACK};"
    assert [row.text for row in component.iterfind("provides/mediatype")] == [KIND, PACK]
    assert component.findtext("id") == METAINFO.name.removesuffix(".metainfo.xml")
    assert component.findtext("launchable") == "tlstudio.desktop"
    assert component.findtext("summary") == desktop["Comment"]
    assert component.find("releases/release").attrib["version"] == tlstudio.__version__  # type: ignore[union-attr]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    programs = {*project["scripts"], *project["gui-scripts"]}
    assert {binary.text for binary in component.iter("binary")} == programs


@pytest.mark.parametrize(
    "command",
    [
        ("desktop-file-validate", LINUX / "tlstudio.desktop"),
        ("appstreamcli", "validate", "--no-net", METAINFO),
        ("sh", "-n", INSTALL),
        ("bash", "-n", LINUX / "package.sh"),
    ],
    ids=lambda command: command[0],
)
def test_the_real_tools_find_nothing(command: tuple[str | Path, ...]) -> None:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed; packaging/linux/package.sh --check needs it")
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("name", ["tlstudio", 'it\'s 100% $HOME \\ "x" `y`'])
def test_a_user_finds_it_in_the_menu_and_gets_rid_of_it(tmp_path: Path, name: str) -> None:
    program = tmp_path / "마이 프로그램" / name
    program.parent.mkdir()
    program.touch(mode=0o755)
    data = installed(tmp_path, INSTALL, str(program))
    made = entry(data / "applications" / "tlstudio.desktop")
    assert made["TryExec"].replace("\\\\", "\\") == str(program)
    assert made["Exec"].endswith('" %f')
    assert made["MimeType"] == f"{KIND};{PACK};"
    assert len([*data.rglob("apps/tlstudio.*")]) == 8
    if shutil.which("update-mime-database"):
        assert f":{KIND}:{RUN}" in (data / "mime" / "globs2").read_text(encoding="utf-8")
    installed(tmp_path, INSTALL, "--uninstall")
    assert not [*data.rglob("*tlstudio*")]


def test_in_the_folder_of_the_program_it_needs_no_path(tmp_path: Path) -> None:
    folder = tmp_path / "TLStudio"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "resources").symlink_to(ROOT / "resources")
    (folder / "tlstudio").touch(mode=0o755)
    (folder / "linux").mkdir()
    for source in (INSTALL, LINUX / "tlstudio.desktop", LINUX / "tlstudio-mime.xml"):
        shutil.copy(source, folder / "linux")
    data = installed(tmp_path, folder / "linux" / INSTALL.name)
    assert entry(data / "applications" / "tlstudio.desktop")["TryExec"] == str(folder / "tlstudio")
    assert len([*data.rglob("apps/tlstudio.*")]) == 8
