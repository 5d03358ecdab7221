"""Small forward passes are quicker on one thread, above all on a busy machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.downloads.servers import FileServer
from tests.engine.models.conftest import one_thread as one_thread


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Serves files on this machine."""
    monkeypatch.setenv("no_proxy", "*")
    served = FileServer()
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield served
    served.release.set()
    served.shutdown()
    served.server_close()
    thread.join(60)


@pytest.fixture
def hub(
    server: FileServer, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FileServer]:
    """The same server as the Hugging Face hub, with a cache of its own."""
    from huggingface_hub import close_session, constants

    template = server.address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(own_home / "hub"))
    close_session()
    yield server
    close_session()
