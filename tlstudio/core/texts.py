"""Marks sentences of core, engine and cli for translation without knowing Qt.

The window looks the marked sentences up in the context ``"core"``; the terminal prints them as they
are.
"""

import re

# Of other systems' names, and of files that anybody wrote: halves of characters, what moves the
# cursor of a terminal or rings it, and what turns the rest of a sentence round.
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u2029\u202a-\u202e\u2066-\u2069]"
)


class Sentence(str):
    """A string of ours, in English; any other string is a person's own and is never translated."""

    __slots__ = ()


def readable(text: str) -> str:
    """A person's own words as they can be shown anywhere; what no screen can show is a mark."""
    return _UNREADABLE.sub("�", text) if _UNREADABLE.search(text) else text


def QT_TRANSLATE_NOOP(context: str, text: str) -> Sentence:  # noqa: N802 - lupdate looks for it
    """Mark `text`; its English form is the key of its translations.

    The name is Qt's own because `lupdate` finds strings by it.
    """
    return Sentence(text)
