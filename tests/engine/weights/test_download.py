"""Downloads of plain files from a server of our own on this machine."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import threading
from pathlib import Path

import pytest
import torch

from tests.engine.downloads.servers import FileServer
from tlstudio.core import storage
from tlstudio.core.errors import ConfigError, StorageError, WeightsError
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.downloads import DownloadProgress, WeightsName
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.downloads import web
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.onboard import onboard_path
from tlstudio.engine.models.places import checkpoint_path
from tlstudio.engine.weights import download
from tlstudio.engine.weights.download import download_weights
from tlstudio.engine.weights.stored import discard_partial, partial_downloads

CONTENT = bytes(range(256)) * 8000
DIGEST = hashlib.sha256(CONTENT).hexdigest()[:8]
NAME = f"net-{DIGEST}.pth"
MODEL = "squeezenet1_1"


def left_behind(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "torch").rglob("*") if path.is_file())


def get(server: FileServer, name: str = NAME, **arguments: object) -> Path:
    return download_weights(MODEL, url=f"{server.address}/{name}", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("has_length", [True, False])
def test_a_whole_file_arrives(has_length: bool, server: FileServer, own_home: Path) -> None:
    server.put(f"/{NAME}", CONTENT, has_length=has_length)
    told: list[DownloadProgress] = []
    path = get(server, on_progress=told.append)
    assert path.read_bytes() == CONTENT
    assert path.parent == own_home / "torch" / "hub" / "checkpoints"
    assert told[-1].done_bytes == len(CONTENT)
    assert told[-1].total_bytes == (len(CONTENT) if has_length else 0)
    assert told[-1].fraction == (1.0 if has_length else None)
    assert not any(progress.is_resumed for progress in told)
    assert [p.done_bytes for p in told] == sorted(p.done_bytes for p in told)
    assert left_behind(own_home) == [NAME]


def test_plain_torch_finds_it(server: FileServer) -> None:
    state = {"weight": torch.arange(6.0).reshape(2, 3)}
    made = Path(os.environ["TORCH_HOME"]).parent / "made.pth"
    torch.save(state, made)
    name = f"mine-{hashlib.sha256(made.read_bytes()).hexdigest()[:8]}.pth"
    server.put(f"/{name}", made.read_bytes())
    get(server, name)
    server.files.clear()  # whoever asked now would be told 404
    url = f"{server.address}/{name}"
    found = torch.hub.load_state_dict_from_url(url, check_hash=True, progress=False)
    assert torch.equal(found["weight"], state["weight"])


def test_what_is_there_is_not_fetched_again() -> None:
    path = checkpoint_path(get_model(MODEL).weights[0].url)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert download_weights(MODEL, url="http://127.0.0.1:9/net.pth") == path
    assert get_model(MODEL).weights_place is WeightsPlace.CACHED
    assert download_weights("tf_efficientnet_lite0") == onboard_path("tf_efficientnet_lite0")


# -- who sent it ---------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["ftp://127.0.0.1/net.pth", "file:///etc/passwd", "data:,x"])
def test_no_redirect_leaves_the_web(place: str, server: FileServer, own_home: Path) -> None:
    server.put(f"/{NAME}", CONTENT, location=place)
    with pytest.raises(WeightsError, match="not safe"):
        get(server)
    assert left_behind(own_home) == []


def test_a_redirect_stays_encrypted() -> None:
    web.check_step("https://a.org/x", "https://b.org/x")
    web.check_step("http://a.org/x", "https://b.org/x")
    with pytest.raises(WeightsError, match="not safe"):
        web.check_step("https://a.org/x", "http://b.org/x")


@pytest.mark.parametrize("name", [NAME, "without-a-checksum.pth"])
def test_the_same_address_must_go_on_to_give_the_same_file(
    name: str, server: FileServer, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(f"/{name}", CONTENT)
    get(server, name).unlink()
    get(server, name).unlink()  # the same once more
    other = bytes(reversed(CONTENT))
    server.put(f"/{name}", other)
    if name == NAME:  # one whose eight digits are the same: 2^32 tries find it
        monkeypatch.setattr(download, "HASH_IN_NAME", re.compile(r"-([0-9a-f]{99,})\."))
    with pytest.raises(WeightsError, match=r"another file .* than on"):
        get(server, name)
    assert left_behind(own_home) == []


# -- broken off, and gone on with ----------------------------------------------------------------


def break_off(server: FileServer, cut_bytes: int = 700_000) -> None:
    served = server.put(f"/{NAME}", CONTENT, cut_bytes=cut_bytes)
    with pytest.raises(WeightsError, match="broke off") as caught:
        get(server)
    assert "goes on" in caught.value.hint_text
    served.cut_bytes = 0


def test_what_broke_off_goes_on(server: FileServer, own_home: Path) -> None:
    break_off(server)
    assert left_behind(own_home) == [f"{NAME}.part", f"{NAME}.part.json"]
    (left,) = partial_downloads()
    assert left.name == WeightsName(MODEL, get_model(MODEL).weights[0].name)
    assert (left.done_bytes, left.total_bytes) == (700_000, len(CONTENT))
    told: list[DownloadProgress] = []
    assert get(server, on_progress=told.append).read_bytes() == CONTENT
    assert server.ranges_asked() == ["", "bytes=700000-"]
    assert server.asked[-1].headers["If-Range"] == '"one"'
    assert told[0].is_resumed
    assert told[0].done_bytes >= 700_000
    assert left_behind(own_home) == [NAME]
    assert partial_downloads() == ()


def test_a_server_without_ranges_starts_again(server: FileServer) -> None:
    break_off(server)
    server.files[f"/{NAME}"].ranges = False
    told: list[DownloadProgress] = []
    assert get(server, on_progress=told.append).read_bytes() == CONTENT
    assert not told[-1].is_resumed


def test_a_file_that_changed_starts_again(server: FileServer) -> None:
    server.put(f"/{NAME}", b"\0" * 900_000, cut_bytes=300_000, etag='"old"')
    with pytest.raises(WeightsError, match="broke off"):
        get(server)
    server.put(f"/{NAME}", CONTENT, etag='"new"')
    assert get(server).read_bytes() == CONTENT


def test_a_changed_file_is_noticed_by_its_size_alone(server: FileServer) -> None:
    server.put(f"/{NAME}", b"\0" * 900_000, cut_bytes=300_000, etag="")
    with pytest.raises(WeightsError, match="broke off"):
        get(server)
    server.put(f"/{NAME}", CONTENT, etag="")
    assert get(server).read_bytes() == CONTENT
    assert server.ranges_asked() == ["", "bytes=300000-", ""]


def test_more_than_there_is_starts_again(server: FileServer, own_home: Path) -> None:
    break_off(server)
    part = next(own_home.rglob("*.part"))
    part.write_bytes(part.read_bytes() + b"\0" * len(CONTENT))
    assert get(server).read_bytes() == CONTENT  # after a 416
    assert server.ranges_asked()[-1] == ""


def test_a_complete_part_is_only_checked(server: FileServer, own_home: Path) -> None:
    break_off(server)
    next(own_home.rglob("*.part")).write_bytes(CONTENT)
    count = len(server.asked)
    assert get(server).read_bytes() == CONTENT
    assert len(server.asked) == count


@pytest.mark.parametrize(
    "note", [None, b"", b"[]", b'{"model": 3}', b"\xff", b'{"total_bytes": 1}']
)
def test_a_part_without_a_sound_note_starts_again(
    note: bytes | None, server: FileServer, own_home: Path
) -> None:
    break_off(server)
    path = next(own_home.rglob("*.part.json"))
    path.unlink() if note is None else path.write_bytes(note)
    assert partial_downloads() == ()
    assert get(server).read_bytes() == CONTENT
    assert server.ranges_asked()[-1] == ""


def test_a_part_with_wrong_bytes_is_thrown_away(server: FileServer, own_home: Path) -> None:
    break_off(server)
    part = next(own_home.rglob("*.part"))
    part.write_bytes(b"\1" * 700_000)
    with pytest.raises(WeightsError, match="another file"):
        get(server)
    assert left_behind(own_home) == []
    assert get(server).read_bytes() == CONTENT


def test_a_clean_restart_on_request(server: FileServer) -> None:
    break_off(server)
    assert get(server, restart=True).read_bytes() == CONTENT
    assert server.ranges_asked() == ["", ""]


def test_leftovers_can_be_discarded(own_home: Path, server: FileServer) -> None:
    address = get_model(MODEL).weights[0].url
    target = checkpoint_path(address)
    target.parent.mkdir(parents=True)
    target.with_name(target.name + ".part").write_bytes(b"half")
    discard_partial(MODEL)
    assert left_behind(own_home) == []


# -- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manners", "words"),
    [
        ({"status": 404}, r"does not have the weights of SqueezeNet 1\.1 \(404\)"),
        ({"status": 403}, r"refuses the download \(403\)"),
        ({"status": 418}, r"refuses the download \(418\)"),
        ({"status": 407}, r"wants a login first \(407\)"),
        ({"status": 503}, r"is busy \(503\)"),
        ({"body": b"\0" * 5000}, "another file"),
        ({"body": b"<html>log in", "kind": "text/html; charset=utf-8"}, "web page"),
        ({"body": b"\n<!DOCTYPE html>"}, "web page"),
        ({"body": CONTENT[:1000], "has_length": False}, "another file"),
    ],
)
def test_what_goes_wrong_is_said_and_leaves_nothing(
    manners: dict[str, object], words: str, server: FileServer, own_home: Path
) -> None:
    server.put(f"/{NAME}", **{"body": CONTENT, **manners})  # type: ignore[arg-type]
    with pytest.raises(WeightsError, match=words) as caught:
        get(server)
    assert caught.value.hint_text
    assert left_behind(own_home) == []


def test_a_silent_server_is_given_up(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "TIMEOUT_S", 3)  # enough for the bytes before the silence
    server.put(f"/{NAME}", CONTENT, cut_bytes=1000, stalls=True)
    with pytest.raises(WeightsError, match="broke off"):
        get(server)


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "TIMEOUT_S", 0.3)
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/{NAME}"
        with pytest.raises(WeightsError, match="does not answer"):
            download_weights(MODEL, url=url)


def test_it_can_be_stopped_and_gone_on_with(server: FileServer, own_home: Path) -> None:
    server.put(f"/{NAME}", CONTENT)
    stop = StopToken()
    with pytest.raises(WeightsError, match="stopped"):
        get(server, stop=stop, on_progress=lambda _: stop.stop())
    assert get(server, stop=StopToken()).read_bytes() == CONTENT


def test_stopping_does_not_wait_for_a_silent_server(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "TIMEOUT_S", 600)  # after which the server would be given up
    server.put(f"/{NAME}", CONTENT, cut_bytes=1000, stalls=True)
    stop, came = StopToken(), threading.Event()
    problems: list[BaseException] = []

    def work() -> None:
        try:
            get(server, stop=stop, on_progress=lambda _: came.set())
        except WeightsError as error:
            problems.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert came.wait(60)
    stop.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert "stopped" in str(problems[0])


def test_stopping_does_not_wait_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(web, "TIMEOUT_S", 600)
    stop, came = StopToken(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/{NAME}"

        def work() -> None:
            came.set()
            with pytest.raises(WeightsError, match="stopped"):
                download_weights(MODEL, url=url, stop=stop)

        thread = threading.Thread(target=work)
        thread.start()
        assert came.wait(60)
        asked, _ = silent.accept()
        with asked:
            stop.stop()
            thread.join(60)
            assert not thread.is_alive()


def test_no_server_is_explained(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(WeightsError, match=r"No network: 127\.0\.0\.1") as caught:
        download_weights(MODEL, url="http://127.0.0.1:9/net.pth")
    assert "import" in caught.value.hint_text
    assert left_behind(own_home) == []


def test_an_unknown_host_is_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(WeightsError, match=r"No network: nowhere\.invalid"):
        download_weights(MODEL, url="http://nowhere.invalid/net.pth")


def test_a_proxy_is_honoured(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy")
    monkeypatch.setenv("http_proxy", server.address)
    url = f"http://weights.invalid/{NAME}"
    server.put(url, CONTENT)  # a proxy is asked for the whole address
    assert download_weights(MODEL, url=url).read_bytes() == CONTENT


def test_a_full_disk_is_noticed_before(
    server: FileServer, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_RESERVE_BYTES", 10**18)
    server.put(f"/{NAME}", CONTENT)
    with pytest.raises(StorageError, match="too full"):
        get(server)
    assert left_behind(own_home) == []


def test_two_at_once_do_not_mix(server: FileServer, own_home: Path) -> None:
    server.put(f"/{NAME}", CONTENT, cut_bytes=1000, stalls=True)
    stop, came = StopToken(), threading.Event()

    def work() -> None:
        with pytest.raises(WeightsError, match="stopped"):
            get(server, stop=stop, on_progress=lambda _: came.set())

    thread = threading.Thread(target=work)
    thread.start()
    assert came.wait(60)
    with pytest.raises(WeightsError, match="right now"):
        get(server)
    stop.stop()
    thread.join(60)
    assert left_behind(own_home) == [f"{NAME}.part", f"{NAME}.part.json"]


def test_what_another_program_fetched_meanwhile_is_taken(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(f"/{NAME}", CONTENT)
    first = get(server)
    asked = len(server.asked)
    # it was not there yet when this one began
    answers = iter([None, first])
    monkeypatch.setattr(download, "pretrained_path", lambda *_: next(answers))
    assert get(server) == first
    assert len(server.asked) == asked


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x.pth"])
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(WeightsError):
        download_weights(MODEL, url=url)


def test_what_the_catalog_lacks_is_refused() -> None:
    with pytest.raises(ConfigError):
        download_weights("resnet19")
    with pytest.raises(ConfigError):
        download_weights("resnet18", "V9")
    with pytest.raises(WeightsError, match="no pretrained weights"):
        download_weights("lenet5")


def test_who_states_no_checksum_is_known() -> None:
    without = get_model("vit_huge_patch14_gap_224").weights_named("in1k_ijepa")
    assert without is not None
    assert not without.has_checksum
    assert all(weights.has_checksum for weights in get_model("resnet18").weights)
