"""Marks sentences of core, engine and cli for translation without knowing Qt.

The functions bear Qt's own names because `lupdate` finds strings by them. The window looks the
marked sentences up in the context ``"core"``; the terminal prints them as they are.
"""


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - lupdate looks for this name
    """Return `text` unchanged; its English form is the key of its translations."""
    return text
