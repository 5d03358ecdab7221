"""Marks sentences of core, engine and cli for translation without knowing Qt.

The window looks the marked sentences up in the context ``"core"``; the terminal prints them as they
are.
"""


class Sentence(str):
    """A string of ours, in English; any other string is a person's own and is never translated."""

    __slots__ = ()


def QT_TRANSLATE_NOOP(context: str, text: str) -> Sentence:  # noqa: N802 - lupdate looks for it
    """Mark `text`; its English form is the key of its translations.

    The name is Qt's own because `lupdate` finds strings by it.
    """
    return Sentence(text)
