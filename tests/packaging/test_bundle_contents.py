"""What the bundle leaves out is not what the studio needs."""

from __future__ import annotations

import pytest

from tests.packaging.scripts import PACKAGING, load

contents = load("pyinstaller/contents.py")


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
