"""The page that a browser shows: one document with all that it needs inside."""

from __future__ import annotations

import json
from typing import Any

from tlstudio.core.storage import resources_dir
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.core.translations import Translations

TEMPLATE = "page.html.j2"

_TEXTS = {
    "drop": QT_TRANSLATE_NOOP("core", "Drop a photo here"),
    "ways": QT_TRANSLATE_NOOP("core", "or click to choose one, or paste it"),
    "stays": QT_TRANSLATE_NOOP("core", "Photos go to the studio on this computer, and no further."),
    "none": QT_TRANSLATE_NOOP("core", "None of these"),
    "nearest": QT_TRANSLATE_NOOP("core", "Nearest of the known classes:"),
    "further": QT_TRANSLATE_NOOP("core", "Further from the training images than {share} % of them"),
    "looking": QT_TRANSLATE_NOOP("core", "Looking…"),
    "gone": QT_TRANSLATE_NOOP("core", "The studio no longer answers: it was stopped."),
    "forget": QT_TRANSLATE_NOOP("core", "Clear"),
    "programs": QT_TRANSLATE_NOOP("core", "For programs"),
    "answers": QT_TRANSLATE_NOOP("core", "Answers"),
}
_CLASSES = QT_TRANSLATE_NOOP("core", "{count} classes: {names}")
_ACCURACY = QT_TRANSLATE_NOOP("core", "{percent} % right on validation images")
_CLASSES_NAMED = 8


def page_html(about: dict[str, Any], language: str, address: str, nonce: str) -> str:
    """The page in a language.

    Args:
        about: what is served, see `Answerer.about`.
        language: ``en`` or ``ko``.
        address: of the server, for the line that programs can take.
        nonce: the style and the script are let through by it.
    """
    from jinja2 import Environment, StrictUndefined

    say = Translations.of(language)
    names: list[str] = about["classes"]
    named = ", ".join(names[:_CLASSES_NAMED]) + (", …" if len(names) > _CLASSES_NAMED else "")
    facts = [say(_CLASSES, count=len(names), names=named)]
    if about["validation_accuracy"] is not None:
        facts.append(say(_ACCURACY, percent=f"{100 * about['validation_accuracy']:.1f}"))
    texts = {name: say(text) for name, text in _TEXTS.items()}
    template = (resources_dir() / "serving" / TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(template).render(
        language=say.language,
        name=about["name"],
        facts=facts,
        texts=texts,
        # in an element that is no script; nothing in it may end that element
        told=json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"),
        command=f"curl --data-binary @photo.jpg {address}predict",
        nonce=nonce,
    )
