"""The language of the window: translators, and the sentences of core in that language."""

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from tlstudio.core.errors import TLStudioError
from tlstudio.core.storage import resources_dir
from tlstudio.core.texts import Sentence, readable


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """A language of the window. `title` is its own name for itself."""

    code: str
    title: str


LANGUAGES = (LanguageSpec("en", "English"), LanguageSpec("ko", "한국어"))

_installed: list[QTranslator] = []


def resolve(code: str) -> str:
    """The language to use for a preference: ``system`` follows the system's languages."""
    known = [language.code for language in LANGUAGES]
    if code in known:
        return code
    for name in QLocale.system().uiLanguages():
        if name[:2] in known:
            return name[:2]
    return "en"


def install(code: str) -> None:
    """Make `code` the language of all widgets that are built from now on."""
    for translator in _installed:
        QCoreApplication.removeTranslator(translator)
    _installed.clear()
    QLocale.setDefault(QLocale(code if code != "en" else "en_US"))
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    own_folder = str(resources_dir() / "translations")
    for name, folder in ((f"qtbase_{code}", qt_folder), (f"tlstudio_{code}", own_folder)):
        translator = QTranslator()
        if translator.load(name, folder):
            QCoreApplication.installTranslator(translator)
            _installed.append(translator)


def current() -> str:
    """The code of the language that `install` put in force: ``en``, ``ko``."""
    return QLocale().name()[:2]


def core_text(sentence: str, **values: object) -> str:
    """A sentence of core (or engine) in the language of the window, filled in."""
    text = QCoreApplication.translate("core", sentence)
    if not values:
        return text
    shown_values = {
        k: shown(str(v) if isinstance(v, Path) else v) if isinstance(v, str | Path) else v
        for k, v in values.items()
    }
    return string.Formatter().vformat(text, (), shown_values)


def shown(text: str) -> str:
    """`text` in the language of the window if it is ours; a person's own words stay, readable."""
    return core_text(text) if isinstance(text, Sentence) else readable(text)


def error_text(error: TLStudioError) -> str:
    """Return the sentence of `error` in the language of the window."""
    return core_text(error.sentence, **error.values)


def error_hint(error: TLStudioError) -> str:
    """The hint of `error`; empty where it has none."""
    return core_text(error.hint, **error.values) if error.hint else ""


def error_with_hint(error: TLStudioError) -> str:
    """What went wrong and what helps, as one text."""
    return f"{error_text(error)} {error_hint(error)}".strip()
