"""The user guide: whole in both languages, without dead links and without words of no window."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tlstudio.core.lessons.table import find_lesson
from tlstudio.core.storage import resources_dir

GUIDE = resources_dir() / "guide"
LANGUAGES = ("en", "ko")
CHAPTERS = sorted(path.name for path in (GUIDE / "en").glob("*.md"))
BOTH = [(code, name) for code in LANGUAGES for name in CHAPTERS]
PICTURES_BYTES = 4_000_000
MNEMONIC = re.compile(r"\(&.\)|&|…|\(?\{[^}]*\}\)?")
WAY = re.compile(r"\*([^*→]+→[^*]+)\*")  # *Help → Take the tour*
LINK = re.compile(r"\]\(([^)]+)\)")


def read(code: str, name: str) -> str:
    return (GUIDE / code / name).read_text("utf-8")


def said(code: str) -> set[str]:
    """What the window says in a language, without the marks of keys."""
    tree = ElementTree.parse(resources_dir() / "translations" / "tlstudio_ko.ts")
    kind = "source" if code == "en" else "translation"
    texts = (message.findtext(kind, "") for message in tree.iter("message"))
    return {MNEMONIC.sub("", text).strip() for text in texts}


def plain(text: str) -> str:
    return " ".join(text.split())


def test_the_chapters_are_numbered_and_the_same_in_both_languages() -> None:
    assert [name[:3] for name in CHAPTERS] == [f"{n:02}-" for n in range(1, 13)]
    assert sorted(path.name for path in (GUIDE / "ko").glob("*.md")) == CHAPTERS


@pytest.mark.parametrize(("code", "name"), BOTH)
def test_every_link_leads_somewhere(code: str, name: str) -> None:
    text = read(code, name)
    assert text.startswith("# ") and "\n# " not in re.sub("```.*?```", "", text, flags=re.DOTALL)
    terms = {row["id"] for row in json.loads((resources_dir() / "help" / "terms.json").read_text())}
    for target in LINK.findall(text):
        if target.startswith("term:"):
            assert target[5:] in terms, target
        elif target.startswith("lesson:"):
            assert find_lesson(target[7:]) is not None, target
        elif not target.startswith("https://"):
            assert (GUIDE / code / target).is_file(), target
        if target.startswith("../pictures/"):
            assert Path(target).stem.endswith(f"-{code}"), target


@pytest.mark.parametrize(("code", "name"), BOTH)
def test_every_way_through_the_window_is_one(code: str, name: str) -> None:
    words = said(code)
    for way in WAY.findall(plain(read(code, name))):
        for part in way.split("→"):
            assert part.strip().rstrip("…") in words, way


@pytest.mark.parametrize(("code", "name"), BOTH)
def test_no_star_is_left_in_the_text(code: str, name: str) -> None:
    """Markdown ends no emphasis between a sign and a letter, as in *왜?*는."""
    text = re.sub("```.*?```|`[^`]*`", "", read(code, name), flags=re.DOTALL)
    assert not re.findall(r"[…?!.)]\*+(?=\w)", text)


@pytest.mark.parametrize("name", CHAPTERS)
def test_both_languages_give_the_same_figures_code_and_pictures(name: str) -> None:
    en, ko = (plain(read(code, name).replace("```", "\0")) for code in LANGUAGES)
    for pattern in (
        r"\*\*[\d.–×]+(?: ± [\d.]+)?(?: %)?\*\*",  # the best of a table
        r"\d+\.\d+ ± \d+\.\d+",
        r"`[^`\0]+`",
        r"https://[^)]+",
        r"term:[a-z0-9-]+",
        r"lesson:[a-z_]+",
        r"\.\./pictures/[a-z-]+(?=-(?:en|ko)\.webp)",
    ):
        assert sorted(re.findall(pattern, en)) == sorted(re.findall(pattern, ko)), pattern


def test_pictures_are_small_and_each_is_shown() -> None:
    pictures = {path.name: path.stat().st_size for path in (GUIDE / "pictures").glob("*.webp")}
    shown = {Path(link).name for both in BOTH for link in LINK.findall(read(*both))}
    assert pictures.keys() <= shown
    assert sum(pictures.values()) < PICTURES_BYTES


def test_what_is_new_begins_with_the_latest_version() -> None:
    versions = []
    for code in LANGUAGES:
        text = (resources_dir() / "help" / f"new.{code}.md").read_text("utf-8")
        versions.append(re.findall(r"^## ([\d.]+)$", text, re.MULTILINE))
    assert versions[0] == versions[1] == sorted(versions[0], reverse=True)
