"""Downloads from a server of our own on this machine."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tlstudio.core.catalog import WeightsPlace
from tlstudio.core.errors import ConfigError, WeightsError
from tlstudio.core.events import StopToken
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.places import checkpoint_path
from tlstudio.engine.models.onboard import onboard_path
from tlstudio.engine.weights import download
from tlstudio.engine.weights.download import download_weights

CONTENT = bytes(range(256)) * 8000
DIGEST = hashlib.sha256(CONTENT).hexdigest()[:8]
MODEL = "squeezenet1_1"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if "missing" in self.path:
            self.send_error(404)
            return
        self.send_response(200)
        if "no-length" not in self.path:
            self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:1000] if "cut" in self.path else CONTENT)
        if "stall" in self.path:
            self.server.release.wait(20)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.release = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.release.set()  # type: ignore[attr-defined]
    httpd.shutdown()
    httpd.server_close()
    thread.join(10)


def left_behind(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


@pytest.mark.parametrize("extra", ["", "no-length/"])
def test_a_whole_file_arrives(extra: str, server: str, own_home: Path) -> None:
    told: list[tuple[int, int]] = []
    path = download_weights(
        MODEL, url=f"{server}/{extra}net-{DIGEST}.pth", on_progress=lambda *t: told.append(t)
    )
    assert path.read_bytes() == CONTENT
    assert path.parent == own_home / "torch" / "hub" / "checkpoints"
    assert told[-1] == (len(CONTENT), 0 if extra else len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert left_behind(own_home) == [path]


def test_what_is_there_is_not_fetched_again() -> None:
    path = checkpoint_path(get_model(MODEL).weights[0].url)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert download_weights(MODEL, url="http://127.0.0.1:9/net.pth") == path
    assert get_model(MODEL).weights_place is WeightsPlace.CACHED
    assert download_weights("tf_efficientnet_lite0") == onboard_path("tf_efficientnet_lite0")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (f"missing-{DIGEST}.pth", "404"),
        ("net-00000000.pth", "not the expected file"),
        (f"cut-{DIGEST}.pth", "broke off"),
    ],
)
def test_what_goes_wrong_is_said_and_leaves_nothing(
    name: str, words: str, server: str, own_home: Path
) -> None:
    with pytest.raises(WeightsError, match=words) as caught:
        download_weights(MODEL, url=f"{server}/{name}")
    assert caught.value.hint_text
    assert left_behind(own_home) == []


def test_a_silent_server_is_given_up(
    server: str, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.5)
    with pytest.raises(WeightsError, match="broke off"):
        download_weights(MODEL, url=f"{server}/cut-stall-{DIGEST}.pth")
    assert left_behind(own_home) == []


def test_it_can_be_stopped(server: str, own_home: Path) -> None:
    stop = StopToken()
    with pytest.raises(WeightsError, match="stopped"):
        download_weights(
            MODEL,
            url=f"{server}/net-{DIGEST}.pth",
            stop=stop,
            on_progress=lambda *_: stop.stop(),
        )
    assert left_behind(own_home) == []


def test_no_connection_is_explained(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(WeightsError, match=r"no connection to 127\.0\.0\.1") as caught:
        download_weights(MODEL, url="http://127.0.0.1:9/net.pth")
    assert "checkpoints" in caught.value.hint_text
    assert left_behind(own_home) == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x.pth"])
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(WeightsError):
        download_weights(MODEL, url=url)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ConfigError):
        download_weights("resnet19")
