"""A classifier behind HTTP on this machine: what it answers, and what it refuses."""

from __future__ import annotations

import http.client
import io
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.helpers import photo, tiny_classifier
from tlstudio.core.evaluation.novelty import ConformalLevels, NoveltyDetector
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.serving import ServingProgressed, ServingStarted
from tlstudio.engine.inference import Predictor, predict
from tlstudio.engine.serving.limits import Rate, ServingLimits
from tlstudio.engine.serving.server import ServingError, serve


class Served:
    """A server on a thread of its own, as the terminal and the window run it."""

    def __init__(self, classifier: Any, limits: ServingLimits | None = None) -> None:
        self.stop = StopToken()
        self.events: list[ServingStarted | ServingProgressed] = []
        self._is_up = threading.Event()
        self._work = serve(classifier, "Leaves", port=0, stop=self.stop, limits=limits)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._is_up.wait(60)
        started = self.events[0]
        assert isinstance(started, ServingStarted)
        self.port = int(started.address.rstrip("/").rpartition(":")[2])

    def _run(self) -> None:
        for event in self._work:
            self.events.append(event)
            self._is_up.set()

    def end(self) -> None:
        self.stop.stop()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """Status, what JSON says (or the text), and the headers of one request."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body, named)
            reply = line.getresponse()
            text = reply.read().decode()
            is_json = reply.headers.get_content_type() == "application/json"
            return reply.status, json.loads(text) if is_json else text, reply.headers


Start = Callable[..., Served]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as open_ones:

        def begin(classifier: Any = None, **limits: Any) -> Served:
            served = Served(classifier or tiny_classifier(), ServingLimits(**limits))
            open_ones.callback(served.end)
            return served

        yield begin


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def test_a_photo_is_answered_as_predict_answers_it(start: Start, tmp_path: Path) -> None:
    classifier = tiny_classifier()
    content = encoded(photo())
    (tmp_path / "a.png").write_bytes(content)
    (expected,) = predict(classifier, [tmp_path / "a.png"])
    assert isinstance(expected, PredictionRecord)
    served = start(classifier)
    status, answer, headers = served.ask("POST", "/predict", content)
    assert status == 200
    assert answer["predicted"] == classifier.classes[expected.predicted]
    told = answer["probabilities"]
    assert list(told) == [classifier.classes[i] for i, _ in expected.top(2)]
    assert [told[name] for name in classifier.classes] == list(expected.probabilities)
    assert answer["known"] is True and "distance" not in answer
    assert "Access-Control-Allow-Origin" not in headers
    served.end()
    assert served.events[-1] == ServingProgressed(answered=1, refused=0)


def test_none_of_these(start: Start) -> None:
    classifier = tiny_classifier()
    vectors = -np.ones((40, 16), np.float32)  # after a ReLU none is like these
    known = ConformalLevels(np.zeros(40, np.float32), np.zeros(40, np.int32), classes=2)
    classifier.novelty = NoveltyDetector.packed(vectors, [0, 1] * 20, known)
    _, answer, _ = start(classifier).ask("POST", "/predict", encoded(photo()))
    assert answer["known"] is False and answer["distance"] > 0


def test_the_page_needs_nothing_else_and_speaks_both_languages(start: Start) -> None:
    served = start(tiny_classifier(("<b>green</b>", "red")))
    status, english, headers = served.ask("GET", "/")
    assert status == 200 and "Drop a photo here" in english
    assert "&lt;b&gt;green" in english and "<b>green" not in english
    assert not re.search(r"(src|href)=\"(?!data:)", english)
    policy = headers["Content-Security-Policy"]
    nonce = re.search("script-src 'nonce-([^']+)'", policy)
    assert nonce and english.count(f'nonce="{nonce[1]}"') == 3 and "default-src 'none'" in policy
    _, korean, _ = served.ask("GET", "/", Accept_Language="ko-KR,ko;q=0.9,en;q=0.5")
    assert '<html lang="ko">' in korean and "Drop a photo here" not in korean
    _, about, _ = served.ask("GET", "/about")
    assert about["classes"] == ["<b>green</b>", "red"] and not about["says_none_of_these"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {"Host": "evil.example"}, 421),
        ("POST", "/predict", {"Host": "evil.example:80"}, 421),
        ("POST", "/predict", {"Origin": "https://evil.example"}, 403),
        ("POST", "/predict", {"Origin": "null"}, 403),
        ("POST", "/predict", {"Sec_Fetch_Site": "cross-site"}, 403),
        ("GET", "/../../etc/passwd", {}, 404),
        ("GET", "/resources/serving/page.html.j2", {}, 404),
        ("GET", "/predict", {}, 405),
        ("DELETE", "/predict", {}, 501),
        ("POST", "/predict", {"Transfer_Encoding": "chunked"}, 411),
        ("POST", "/predict", {"Content_Length": "99999999999999999999999"}, 413),
        ("POST", "/predict", {"Content_Length": "-1"}, 411),
    ],
)
def test_what_is_not_ours_is_refused(
    method: str, path: str, headers: dict[str, str], status: int, start: Start
) -> None:
    assert start().ask(method, path, **headers)[0] == status


def test_localhost_is_this_machine_too(start: Start) -> None:
    served = start()
    names = {"Host": f"localhost:{served.port}", "Origin": f"http://localhost:{served.port}"}
    assert served.ask("POST", "/predict", encoded(photo()), **names)[0] == 200


def test_photos_are_bounded(start: Start) -> None:
    content = encoded(photo(size=(60, 50)))
    status, said, _ = start(body_bytes=len(content) - 1).ask("POST", "/predict", content)
    assert status == 413 and said["error"] and said["hint"]
    assert start(pixels=2999).ask("POST", "/predict", content)[0] == 413
    assert start(pixels=3000).ask("POST", "/predict", content)[0] == 200


def test_what_is_no_photo_is_said(start: Start) -> None:
    served = start()
    for content in (b"", b"not a photo", encoded(photo())[:-40]):
        status, said, _ = served.ask("POST", "/predict", content)
        assert status == 422 and said["error"]
    status, said, _ = served.ask("POST", "/predict", b"no", Accept_Language="ko")
    assert status == 422 and not said["error"].isascii()


def test_requests_are_counted(start: Start) -> None:
    served = start(per_second=1e-9, burst=2)
    statuses = [served.ask("GET", "/about")[0] for _ in range(4)]
    assert statuses == [200, 200, 429, 429]


def test_a_quiet_time_fills_the_bucket_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("tlstudio.engine.serving.limits.time.monotonic", lambda: now[0])
    rate = Rate(per_second=2, burst=3)
    assert [rate.take() for _ in range(4)] == [True, True, True, False]
    now[0] += 1
    assert [rate.take() for _ in range(3)] == [True, True, False]
    now[0] += 1000
    assert sum(rate.take() for _ in range(9)) == 3


def test_connections_are_counted(start: Start) -> None:
    served = start(connections=2)
    address = ("127.0.0.1", served.port)
    with ExitStack() as silent:
        for _ in range(2):
            silent.enter_context(socket.create_connection(address, 60))
        with socket.create_connection(address, 60) as third:
            assert third.recv(100).startswith(b"HTTP/1.1 503 ")
    while served.ask("GET", "/about")[0] != 200:  # the silent ones are let go of in a moment
        pass


@pytest.mark.parametrize("limit", ["idle_s", "request_s"])
def test_who_is_slow_is_hung_up_on(limit: str, start: Start) -> None:
    served = start(**{limit: 0.3})
    with socket.create_connection(("127.0.0.1", served.port), 60) as slow:
        slow.sendall(b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nX-")
        assert slow.recv(100) == b""


def test_stopping_hangs_up_and_frees_the_port(start: Start) -> None:
    served = start()
    with socket.create_connection(("127.0.0.1", served.port), 60) as waiting:
        served.end()
        assert waiting.recv(100) == b""
    again = serve(tiny_classifier(), "", port=served.port, stop=served.stop)
    assert isinstance(next(again), ServingStarted)
    with pytest.raises(ServingError, match=str(served.port)):
        next(serve(tiny_classifier(), "", port=served.port, stop=StopToken()))
    assert list(again) == []


def test_a_fault_of_ours_is_told_and_the_server_goes_on(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = start()
    with monkeypatch.context() as patch:
        patch.setattr(Predictor, "answers", lambda *_: 1 / 0)
        status, said, _ = served.ask("POST", "/predict", encoded(photo()))
    assert status == 500 and "ZeroDivisionError" not in said["error"]
    assert served.ask("POST", "/predict", encoded(photo()))[0] == 200
