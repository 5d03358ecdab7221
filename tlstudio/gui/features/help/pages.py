"""The pages of the help as Markdown: an entry of the glossary, or a chapter as it is written."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from tlstudio.core.guide import Chapter, chapters, contributing, whats_new
from tlstudio.core.help import HelpEntry, HelpKind, help_entry
from tlstudio.core.lessons.table import LESSONS
from tlstudio.core.preferences import PreferencesConfig
from tlstudio.gui.kit import language
from tlstudio.gui.kit.language import core_text

translate = QCoreApplication.translate
TERM, SETTING, PREFERENCE, PICTURE, LESSON = (
    "term",
    "setting",
    "preference",
    "picture",
    "lesson",
)  # schemes of links: ``term:freeze``
FOREIGN = 3  # names in the other language


def term_page(entry: HelpEntry) -> str:
    """An entry with its picture, its other names, and what to read next."""
    parts = [f"# {entry.title}", entry.text]
    if entry.picture or entry.icon:
        parts.insert(1, f"![{entry.title}]({PICTURE}:{entry.id})")
    foreign = [name for name in entry.foreign if name not in entry.synonyms][:FOREIGN]
    names = ", ".join((*entry.synonyms, *foreign))
    if names:
        parts.append(translate("help", "Also called: {names}").format(names=names))
    others = [help_entry(name, language.current()) for name in entry.see]
    links = " · ".join(f"[{other.title}]({TERM}:{other.id})" for other in others if other)
    if links:
        heading = translate("help", "See also")
        parts.append(f"**{heading}**: {links}")
    taught = " · ".join(
        f"[{core_text(lesson.title)}]({LESSON}:{lesson.id})"
        for lesson in LESSONS
        if entry.id in lesson.terms
    )
    if taught:
        heading = translate("help", "Lessons")
        parts.append(f"**{heading}**: {taught}")
    if entry.kind is HelpKind.FIELD:
        section, _, name = entry.where[0].partition(".")
        go, scheme = translate("help", "Go to this setting"), SETTING
        if section == PreferencesConfig.help_section:
            go, scheme = translate("help", "Open the preferences"), PREFERENCE
        parts.append(f"[{go}]({scheme}:{name})")
    return "\n\n".join(parts)


def all_chapters() -> tuple[Chapter, ...]:
    """Those of the guide, what is new, and the guide for contributors, as far as they are there."""
    code = language.current()
    others = (whats_new(code), contributing())
    return (*chapters(code), *(chapter for chapter in others if chapter is not None))


def place_of(link: str) -> str:
    """The place that a link of a page leads to; empty for an address outside of the help."""
    scheme, _, rest = link.partition(":")
    if scheme == TERM:
        return f"term/{rest}"
    file, _, anchor = link.partition("#")
    elsewhere = ("mailto", SETTING, PREFERENCE, LESSON)
    if "://" in link or scheme in elsewhere or not file.endswith(".md"):
        return ""
    name = file.rpartition("/")[2].removesuffix(".md")
    place = name if not name[:1].isdigit() else f"guide/{name}"
    return f"{place}#{anchor}" if anchor else place
