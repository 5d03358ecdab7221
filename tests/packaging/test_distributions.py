"""What wheel and sdist hold, as the build backend makes them of this checkout.

`bash packaging/check_wheel.sh` installs and starts them.
"""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import hatchling.build
import pytest

from tests.packaging.scripts import ROOT

NEVER = ("__pycache__", ".git", ".venv", "dist", "build", ".pytest_cache", ".mypy_cache")
MADE = ("resources/licences/", "resources/web/")  # by the build of a bundle, by a download


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with both."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)  # where build backends are asked
        hatchling.build.build_wheel(str(folder))
        hatchling.build.build_sdist(str(folder))
    yield folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> set[str]:
    """The files of the wheel."""
    [path] = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    """The files of the sdist, without the folder that all of them are in."""
    [path] = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()}


def on_disk(*folders: str) -> Iterator[str]:
    """The files that a clone has in these folders of the root."""
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            is_made = name.startswith(MADE) or any(part in NEVER for part in name.split("/"))
            if path.is_file() and not is_made and path.suffix not in (".pyc", ".pyo"):
                yield name


def test_the_wheel_holds_program_and_resources_and_nothing_else(wheel: set[str]) -> None:
    wanted = set(on_disk("tlstudio")) | {f"tlstudio/{name}" for name in on_disk("resources")}
    found = {name for name in wheel if ".dist-info/" not in name}
    made = tuple(f"tlstudio/{name}" for name in MADE)
    assert {name for name in found if not name.startswith(made)} == wanted


def test_the_wheel_brings_its_licences_and_both_programs(wheel: set[str], built: Path) -> None:
    info = next(iter(name for name in wheel if name.endswith("/METADATA"))).rpartition("/")[0]
    for name in ("LICENSE", "resources/fonts/OFL.txt", "resources/icons/phosphor/LICENSE.txt"):
        assert f"{info}/licenses/{name}" in wheel
    [path] = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        programs = archive.read(f"{info}/entry_points.txt").decode()
    assert "[gui_scripts]\ntlstudio = " in programs
    assert "[console_scripts]\ntlstudio-cli = " in programs


@pytest.mark.parametrize(
    "name",
    [
        "translations/tlstudio_ko.qm",
        "fonts/Pretendard-Regular.otf",
        "fonts/OFL.txt",
        "icons/tlstudio-256.png",
        "licence_texts/LGPL-3.0-only.txt",
        "samples/autumn_table/train/pear/pear_001.jpg",
        "report/report.html.j2",
        "web_page/page.html.j2",
    ],
)
def test_the_wheel_holds_what_the_window_needs(wheel: set[str], name: str) -> None:
    assert f"tlstudio/resources/{name}" in wheel


def test_the_sdist_holds_what_tests_and_packaging_need(sdist: set[str]) -> None:
    root = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"}
    root |= {"SECURITY.md", "CITATION.cff", ".ci/run"}
    folders = ("tlstudio", "resources", "tests", "packaging", ".github")
    assert root | set(on_disk(*folders)) <= sdist


def test_neither_holds_what_is_made_or_private(wheel: set[str], sdist: set[str]) -> None:
    found = {
        name
        for name in wheel | sdist
        if any(part in NEVER for part in PurePosixPath(name).parts) or name.endswith(".pyc")
    }
    assert found == set()
