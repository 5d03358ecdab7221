"""Downloads go through the proxies of the preferences, or not at all."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.engine.downloads.servers import REVISION, FileServer
from tlstudio.core.errors import WeightsError
from tlstudio.core.storage import preferences_path, write_preferences
from tlstudio.engine.downloads import web
from tlstudio.engine.models.places import checkpoint_path, checkpoints_dir, hub_dir, hub_path
from tlstudio.engine.network import PROXIES, use_preferences
from tlstudio.engine.weights.hub import find_hub_file

URL = "http://weights.example/resnet18.pth"
HUB = "http://hub.example"
CONTENT = b"some weights"


def prefer(**values: object) -> None:
    write_preferences(values, preferences_path())


@pytest.fixture
def proxy(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """A server that is asked for whole addresses; nothing here can be reached without it."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    yield server
    prefer()
    use_preferences(URL)  # the environment is as it was


def asked(url: str = URL) -> bytes:
    with web.asked(url, {}, secrets={}, stop=None) as response:
        found: bytes = response.read()
    return found


def test_torchvisions_weights_come_through_the_proxy_at_once(
    proxy: FileServer, tmp_path: Path
) -> None:
    proxy.put(URL, CONTENT)
    with pytest.raises(OSError):  # which keeps the proxies of this moment for later calls
        urllib.request.urlopen(URL)
    prefer(http_proxy=proxy.address)
    assert asked() == CONTENT
    torch.hub.download_url_to_file(URL, str(tmp_path / "file"), progress=False)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [request.path for request in proxy.asked] == [URL, URL]


def test_timms_weights_come_through_the_proxy(
    proxy: FileServer, hub: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr(constants, "ENDPOINT", HUB)
    template = HUB + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    page, stored = f"{HUB}/timm/a/resolve/main/model.safetensors", "http://storage.example/a"
    proxy.put(page, CONTENT, location=stored, is_hub=True, etag='"abc"')
    proxy.put(stored, CONTENT)
    prefer(http_proxy=proxy.address)
    found = find_hub_file("timm/a", "", "a")
    assert (found.commit, found.address) == (REVISION, stored)
    assert asked(found.address) == CONTENT
    assert {request.path for request in proxy.asked} >= {page, stored}


def test_https_goes_through_its_own_proxy(proxy: FileServer) -> None:
    prefer(https_proxy=proxy.address)
    with pytest.raises(web.ERRORS):
        asked("https://weights.example/resnet18.pth")
    assert proxy.requests_refused == ["CONNECT weights.example:443"]


def test_servers_without_a_proxy_are_asked_directly(proxy: FileServer) -> None:
    proxy.put("/file", CONTENT)
    prefer(http_proxy="http://127.0.0.1:9", no_proxy="localhost, 127.0.0.1")
    assert asked(f"{proxy.address}/file") == CONTENT


def test_what_is_left_empty_is_as_the_system_has_it(
    proxy: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://of-the-system:1")
    prefer(http_proxy=proxy.address)
    use_preferences(URL)
    assert os.environ["http_proxy"] == os.environ["HTTP_PROXY"] == proxy.address
    prefer()
    use_preferences(URL)
    assert os.environ["http_proxy"] == "http://of-the-system:1"
    assert "HTTP_PROXY" not in os.environ


def test_nothing_is_asked_where_downloads_are_switched_off(proxy: FileServer) -> None:
    prefer(downloads="off", http_proxy=proxy.address)
    for ask in (asked, lambda: find_hub_file("timm/a", "", "a")):
        with pytest.raises(WeightsError, match="switched off in the preferences"):
            ask()
    assert not proxy.asked


def test_weights_are_kept_in_the_chosen_folder(own_home: Path, tmp_path: Path) -> None:
    assert checkpoints_dir() == own_home / "torch" / "hub" / "checkpoints"
    prefer(weights_folder=str(tmp_path))
    assert checkpoint_path(URL) == tmp_path / "torch" / "hub" / "checkpoints" / "resnet18.pth"
    assert hub_dir() == tmp_path / "huggingface" / "hub" and hub_path("timm/a") is None
