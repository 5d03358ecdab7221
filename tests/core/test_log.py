"""The log file of the studio."""

from __future__ import annotations

import io
import logging

import pytest

from tlstudio.core.log import start_log


class Full(io.StringIO):
    """A file on a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_no_news_for_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    start_log("a test")
    (handler,) = root.handlers
    assert isinstance(handler, logging.FileHandler)
    handler.stream.close()
    handler.stream = Full()  # type: ignore[assignment]
    root.warning("there is no room for this")
    handler.close()
    assert capsys.readouterr().err == ""
