"""The parts of the studio and their licences: what is written, read, and found installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlstudio.core import licences
from tlstudio.core.errors import StorageError
from tlstudio.core.licences import Part, installed_parts, read_parts, write_parts

PARTS = (
    Part("TLStudio", "1.0", "Apache-2.0", "https://example.org", "Apache\n"),
    Part("one/two", "2.0", "MIT", "", "You may.\n"),
    Part("three", "", "MIT", "", "You may.\n"),
    Part("폰트", "", "", "", ""),
)


def install(site: Path, name: str, about: str, files: dict[str, str]) -> None:
    """Put a package into the folder `site`, as pip would."""
    info = site / f"{name}-1.0.dist-info"
    written = {"METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{about}\n", **files}
    for path, text in written.items():
        (info / path).parent.mkdir(parents=True, exist_ok=True)
        (info / path).write_text(text, encoding="utf-8")
    record = "\n".join(f"{info.name}/{path},," for path in written)
    (info / "RECORD").write_text(record, encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A studio that needs `big`, whose extra needs `fast`; nobody needs `other` here."""
    monkeypatch.syspath_prepend(str(tmp_path))
    needs = 'Requires-Dist: big[quick]>=1\nRequires-Dist: other; extra == "dev"'
    install(tmp_path, "tlstudio", needs, {"licenses/LICENSE": "Apache\n"})
    install(
        tmp_path,
        "big",
        "License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n"
        "Home-page: UNKNOWN\nProject-URL: Source, https://example.org/big\n"
        'Requires-Dist: fast; extra == "quick"\nRequires-Dist: absent; sys_platform == "other"',
        {"LICENSE": "Mine.\n", "licenses/a/COPYING": "Theirs.\n", "licenses/b/NOTICE": "Mine.\n"},
    )
    install(tmp_path, "fast", "License-Expression: MPL-2.0", {"licence.py": "no text"})
    install(tmp_path, "other", "License-Expression: MIT", {})
    return tmp_path


def test_parts_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_parts(tmp_path, PARTS)
    assert read_parts(tmp_path) == PARTS
    assert len(list(tmp_path.glob("*.txt"))) == 2, "equal texts are written once"


@pytest.mark.parametrize(
    "damage", ["", "{}", "[1]", '[{"name": "a"}]', '[{"name": "a", "text": "absent.txt"}]']
)
def test_a_damaged_list_says_so(tmp_path: Path, damage: str) -> None:
    (tmp_path / licences.LIST_NAME).write_text(damage, encoding="utf-8")
    with pytest.raises(StorageError, match="damaged"):
        read_parts(tmp_path)


def test_needed_packages_are_followed_through_their_extras(site: Path) -> None:
    found = {part.name: part for part in installed_parts()}
    assert next(iter(found)) == "TLStudio" and found["TLStudio"].text == "Apache\n"
    assert {"big", "fast", "Python", "Qt", "Pretendard", "Phosphor Icons"} < found.keys()
    assert not {"other", "absent", "tlstudio"} & found.keys()


def test_a_package_is_asked_in_all_the_ways_that_it_may_say_its_licence(site: Path) -> None:
    found = {part.name: part for part in installed_parts()}
    big = found["big"]
    assert (big.licence, big.url, big.version) == ("MIT", "https://example.org/big", "1.0")
    assert big.text.count("Mine.") == 1, "equal files are shown once"
    assert "LICENSE\nb/NOTICE\n========" in big.text and "Theirs." in big.text
    assert (found["fast"].licence, found["fast"].text) == ("MPL-2.0", "")


def test_the_parts_of_this_very_installation_have_licence_and_text() -> None:
    found = {part.name.lower(): part for part in installed_parts()}
    for name in ("tlstudio", "torch", "numpy", "timm", "pyside6_essentials", "qt"):
        assert found[name].licence and found[name].text and found[name].version, name
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in found["qt"].text
    assert "Alpaydin" in found["optical recognition of handwritten digits"].text


def test_a_bundle_brings_its_own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "resources_dir", lambda: tmp_path)
    write_parts(tmp_path / "licences", PARTS)
    assert licences.parts() == PARTS
