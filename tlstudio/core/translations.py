"""Sentences of core and engine in another language, without Qt: for files that people read."""

from __future__ import annotations

import string
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from tlstudio.core.storage import resources_dir
from tlstudio.core.texts import Sentence

SOURCE_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Translations:
    """The sentences that are marked in the context ``"core"``, in one language.

    They are read from the very file that the window's own translations are compiled from, so that
    a report and the window say the same.

    Attributes:
        language: ``en`` or ``ko``.
        texts: by their English form; a sentence that is missing stays English.
    """

    language: str
    texts: Mapping[str, str]

    @classmethod
    def of(cls, language: str) -> Translations:
        """The translations of a language; English where the studio does not speak it."""
        path = resources_dir() / "translations" / f"tlstudio_{language}.ts"
        if language == SOURCE_LANGUAGE or not path.is_file():
            return cls(SOURCE_LANGUAGE, MappingProxyType({}))
        return _read(language)

    def __call__(self, sentence: str, **values: object) -> str:
        """A sentence, filled in; values that are sentences of the studio are translated, too."""
        text = self.texts.get(sentence, sentence)
        if not values:
            return text
        known = {
            name: self(value) if isinstance(value, Sentence) else value
            for name, value in values.items()
        }
        return string.Formatter().vformat(text, (), known)


@cache
def _read(language: str) -> Translations:
    root = ET.parse(resources_dir() / "translations" / f"tlstudio_{language}.ts").getroot()
    texts = {}
    for context in root.iter("context"):
        if context.findtext("name") != "core":
            continue
        for message in context.iter("message"):
            source, text = message.findtext("source"), message.findtext("translation")
            if source and text:
                texts[source] = text
    return Translations(language, MappingProxyType(texts))
