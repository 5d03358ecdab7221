"""timm's weights through a hub of our own on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import pytest
import timm
from safetensors.torch import load, save

import tlstudio
from tests.engine.downloads.servers import REVISION, FileServer
from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.downloads import DownloadProgress, WeightsName
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.downloads.fetch import Wanted, fetch
from tlstudio.engine.downloads.partial import PartialFile, PartialNote
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.places import hub_path
from tlstudio.engine.weights.download import download_weights
from tlstudio.engine.weights.stored import partial_downloads, remove_weights, stored_weights

MODEL = "test_vit"
WEIGHTS = "r160_in1k"
REPOSITORY = f"timm/{MODEL}.{WEIGHTS}"
SAFE = "model.safetensors"
PICKLED = "pytorch_model.bin"
ROOT = Path(tlstudio.__file__).parent.parent

# What a person with plain timm would do, in a process of its own.
PLAIN_TIMM = f"""
import timm, torch
network = timm.create_model("{MODEL}.{WEIGHTS}", pretrained=True).eval()
print(sum(float(values.double().sum()) for values in network.state_dict().values()))
"""


@cache
def content() -> bytes:
    """A state dict of the network, as safetensors."""
    return save(timm.create_model(MODEL).state_dict())


def plain_timm(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PLAIN_TIMM],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "HF_HUB_CACHE": str(home / "hub"),
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "no_proxy": "*",
            **environment,
        },
    )


def files(home: Path) -> list[str]:
    hub = home / "hub"
    paths = (path.relative_to(hub) for path in hub.rglob("*") if path.is_file())
    return sorted("/".join(path.parts[1:]) for path in paths if path.parts[0] != ".locks")


def test_they_arrive_where_the_hub_puts_them(hub: FileServer, own_home: Path) -> None:
    served = hub.put_hub(REPOSITORY, SAFE, content())
    told: list[DownloadProgress] = []
    path = download_weights(MODEL, on_progress=told.append)
    assert path.read_bytes() == content()
    assert path == hub_path(REPOSITORY)
    assert files(own_home) == [
        f"blobs/{served.sha256}",
        "refs/main",
        f"snapshots/{REVISION}/{SAFE}",
    ]
    assert told[-1].done_bytes == told[-1].total_bytes == len(content())
    spec = get_model(MODEL)
    assert spec.weights_place is WeightsPlace.CACHED
    assert spec.weights_bytes == len(content())
    build_network(MODEL, 3, initialisation="pretrained")


def test_plain_timm_finds_what_the_studio_fetched(hub: FileServer, own_home: Path) -> None:
    hub.put_hub(REPOSITORY, SAFE, content())
    download_weights(MODEL)
    expected = sum(float(values.double().sum()) for values in load(content()).values())
    offline = plain_timm(own_home, HF_HUB_OFFLINE="1")
    assert offline.returncode == 0, offline.stderr
    assert float(offline.stdout) == pytest.approx(expected, abs=1e-9)
    hub.asked.clear()
    online = plain_timm(own_home, HF_ENDPOINT=hub.address)
    assert online.returncode == 0, online.stderr
    # it asked whether it is the latest, and took ours
    assert {asked.method for asked in hub.asked if REPOSITORY in asked.path} == {"HEAD"}


def test_the_studio_finds_what_plain_timm_fetched(hub: FileServer, own_home: Path) -> None:
    hub.put_hub(REPOSITORY, SAFE, content())
    fetched = plain_timm(own_home, HF_ENDPOINT=hub.address)
    assert fetched.returncode == 0, fetched.stderr
    assert get_model(MODEL).weights_ready
    assert [row.name for row in stored_weights() if row.removable] == [WeightsName(MODEL, WEIGHTS)]


def test_the_older_kind_of_file_will_do(hub: FileServer, tmp_path: Path) -> None:
    import torch

    torch.save(timm.create_model(MODEL).state_dict(), tmp_path / "x.bin")
    hub.put_hub(REPOSITORY, PICKLED, (tmp_path / "x.bin").read_bytes())
    assert download_weights(MODEL).name == PICKLED
    assert get_model(MODEL).weights_ready
    build_network(MODEL, 3, initialisation="pretrained")


def test_what_broke_off_goes_on(hub: FileServer, own_home: Path) -> None:
    served = hub.put_hub(REPOSITORY, SAFE, content(), cut_bytes=100_000)
    with pytest.raises(WeightsError, match="broke off"):
        download_weights(MODEL)
    (left,) = partial_downloads()
    assert left.name == WeightsName(MODEL, WEIGHTS)
    assert (left.done_bytes, left.total_bytes) == (100_000, len(content()))
    assert not get_model(MODEL).weights_ready
    served.cut_bytes = 0
    assert download_weights(MODEL).read_bytes() == content()
    assert hub.ranges_asked() == ["", "bytes=100000-"]
    assert len(files(own_home)) == 3


def test_a_new_version_starts_again(hub: FileServer) -> None:
    hub.put_hub(REPOSITORY, SAFE, content()[::-1], cut_bytes=100_000)
    with pytest.raises(WeightsError, match="broke off"):
        download_weights(MODEL)
    hub.put_hub(REPOSITORY, SAFE, content())
    assert download_weights(MODEL).read_bytes() == content()
    assert hub.ranges_asked() == ["", ""]


def test_wrong_bytes_are_thrown_away(hub: FileServer, own_home: Path) -> None:
    hub.put_hub(REPOSITORY, SAFE, content()).body = content()[::-1]
    with pytest.raises(WeightsError, match="another file"):
        download_weights(MODEL)
    assert files(own_home) == []


def test_a_token_is_for_the_hub_alone(hub: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.put_hub(REPOSITORY, SAFE, content())
    download_weights(MODEL)
    told = {
        a.path: a.headers.get("Authorization", a.headers.get("authorization")) for a in hub.asked
    }
    assert told[f"/{REPOSITORY}/resolve/main/{SAFE}"] == "Bearer hf_secret"
    assert told[f"/storage/{REPOSITORY}/{SAFE}"] is None


def test_a_redirect_hears_no_secrets_but_goes_on_in_the_middle(
    hub: FileServer, tmp_path: Path
) -> None:
    stored = hub.put_hub(REPOSITORY, SAFE, content(), cut_bytes=100_000)
    address = f"{hub.address}/{REPOSITORY}/resolve/main/{SAFE}"
    wanted = Wanted("ViT", address, sha256=stored.sha256, secrets={"Authorization": "Bearer me"})
    part, note = PartialFile(tmp_path / SAFE), PartialNote(MODEL, WEIGHTS, address)
    with pytest.raises(WeightsError, match="broke off"):
        fetch(wanted, part, note)
    stored.cut_bytes = 0
    assert fetch(wanted, part, note).read_bytes() == content()
    told = [(asked.path.split("/")[1], asked.headers.get("Authorization")) for asked in hub.asked]
    assert told == [("timm", "Bearer me"), ("storage", None)] * 2
    assert hub.ranges_asked() == ["", "", "bytes=100000-", "bytes=100000-"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, r"does not have the weights .*\(404\)"),
        (401, r"refuses the download \(401\)"),
        (403, r"refuses the download \(403\)"),
        (429, r"is busy \(429\)"),
        (500, r"is busy \(500\)"),
    ],
)
def test_refusals_are_said_plainly(
    status: int, words: str, hub: FileServer, own_home: Path
) -> None:
    hub.put(f"/{REPOSITORY}/resolve/main/{SAFE}", b"", status=status)
    with pytest.raises(WeightsError, match=words) as caught:
        download_weights(MODEL)
    assert caught.value.hint_text
    assert files(own_home) == []


def test_a_page_instead_of_the_hub(hub: FileServer) -> None:
    hub.put(f"/{REPOSITORY}/resolve/main/{SAFE}", b"<html>", kind="text/html")
    with pytest.raises(WeightsError, match="web page"):
        download_weights(MODEL)


@pytest.mark.parametrize("tag", ["../../../outside", "a/b", ".."])
def test_names_of_the_server_lead_to_no_other_folder(
    tag: str, hub: FileServer, own_home: Path
) -> None:
    hub.put_hub(REPOSITORY, SAFE, content())
    hub.files[f"/{REPOSITORY}/resolve/main/{SAFE}"].etag = f'"{tag}"'
    with pytest.raises(WeightsError):
        download_weights(MODEL)
    assert not [path for path in own_home.rglob("*") if path.is_file()]


def test_no_network(hub: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    template = "http://127.0.0.1:9/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    with pytest.raises(WeightsError, match="No network"):
        download_weights(MODEL)


def test_stopping_does_not_wait_for_the_hub(
    hub: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    stop = StopToken()
    problems: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        template = f"http://127.0.0.1:{silent.getsockname()[1]}/{{repo_id}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 600)

        def work() -> None:
            try:
                download_weights(MODEL, stop=stop)
            except WeightsError as error:
                problems.append(str(error))

        thread = threading.Thread(target=work)
        thread.start()
        asked, _ = silent.accept()
        with asked:
            stop.stop()
            thread.join(60)
            assert not thread.is_alive()
    assert "stopped" in problems[0]


def test_a_proxy_that_is_not_there(hub: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.delenv("no_proxy")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    template = "http://weights.invalid/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    with pytest.raises(WeightsError, match="No network"):
        download_weights(MODEL)


def test_offline_by_wish(hub: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match="HF_HUB_OFFLINE"):
        download_weights(MODEL)


def test_removing_leaves_the_rest_of_the_cache(hub: FileServer, own_home: Path) -> None:
    hub.put_hub(REPOSITORY, SAFE, content())
    path = download_weights(MODEL)
    other = path.with_name("config.json")
    other.write_text("{}")
    assert remove_weights(MODEL) == path
    assert files(own_home) == ["refs/main", f"snapshots/{REVISION}/config.json"]
    assert not get_model(MODEL).weights_ready
    other.unlink()
    download_weights(MODEL)
    remove_weights(MODEL)
    assert files(own_home) == []
    with pytest.raises(WeightsError, match="not on this machine"):
        remove_weights(MODEL)


def test_what_is_on_board_stays() -> None:
    with pytest.raises(WeightsError, match="stay"):
        remove_weights("tf_efficientnet_lite0")
    (row,) = (row for row in stored_weights() if row.name.model == "tf_efficientnet_lite0")
    assert row.place is WeightsPlace.ON_BOARD
    assert not row.removable
    assert row.size_bytes > 10**7
