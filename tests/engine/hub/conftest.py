"""A hub of our own, which no test leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.hub.server import TOKEN, HubServer


@pytest.fixture
def nobody(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """The hub, and nobody who is logged in."""
    from huggingface_hub import close_session, constants, hf_api

    monkeypatch.setenv("no_proxy", "*")
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    server = HubServer()
    template = server.address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    monkeypatch.setattr(hf_api.api, "endpoint", server.address)  # which `login` asks
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(own_home / "hub"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(own_home / "login" / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(own_home / "login" / "tokens"))
    close_session()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(60)
    close_session()


@pytest.fixture
def hub(nobody: HubServer, monkeypatch: pytest.MonkeyPatch) -> HubServer:
    """The hub, and a person who is logged in."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    return nobody
