"""The chapters of the guide, what is new, and the guide for contributors: Markdown files.

``resources/guide/<language>/NN-name.md`` are chapters in the order of their numbers, each with its
title in the first line (``# Title``); `contributing.md` beside these folders is in English.
``resources/help/new.<language>.md`` says what is new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tlstudio.core.errors import StorageError
from tlstudio.core.help import LANGUAGES
from tlstudio.core.storage import resources_dir

NEW, CONTRIBUTING = "new", "contributing"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A text of several paragraphs.

    Attributes:
        name: of its place: ``guide/03-train``, `NEW` or `CONTRIBUTING`.
        title: its first line.
        text: the whole of it, as Markdown.
        folder: where the pictures are that it names.
    """

    name: str
    title: str
    text: str
    folder: Path


def chapters(language: str) -> tuple[Chapter, ...]:
    """The chapters of the guide in `language`, or in English where it has none."""
    code = re.split("[-_]", language.lower())[0]
    return _chapters(code) or _chapters(LANGUAGES[0])


def whats_new(language: str) -> Chapter | None:
    """What is new, newest first; None where there is no such file."""
    code = re.split("[-_]", language.lower())[0]
    return _chapter(NEW, "help", f"new.{code}.md") or _chapter(
        NEW, "help", f"new.{LANGUAGES[0]}.md"
    )


def contributing() -> Chapter | None:
    """The guide for whoever changes the studio, in English; None where there is no such file."""
    return _chapter(CONTRIBUTING, "guide", "contributing.md")


@cache
def _chapters(code: str) -> tuple[Chapter, ...]:
    try:
        files = sorted((resources_dir() / "guide" / code).glob("[0-9]*.md"))
    except (OSError, StorageError):
        return ()
    found = (_chapter(f"guide/{file.stem}", "guide", code, file.name) for file in files)
    return tuple(chapter for chapter in found if chapter is not None)


def _chapter(name: str, *parts: str) -> Chapter | None:
    try:
        path = resources_dir().joinpath(*parts)
        text = path.read_text(encoding="utf-8")
    except (OSError, StorageError):
        return None
    return Chapter(name, text.partition("\n")[0].lstrip("# ").strip(), text, path.parent)
