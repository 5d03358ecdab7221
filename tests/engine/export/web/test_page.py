"""The web page: what it is made of, and that a browser's answers are the studio's."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.engine.downloads.servers import FileServer
from tests.helpers import photo
from tlstudio.core.config import make_config
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.novelty import ConformalLevels, NoveltyDetector
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.storage import resources_dir
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_view
from tlstudio.engine.export.web.browser import LOCAL_SCHEMES, Browser, find_browser, opened_page
from tlstudio.engine.export.web.page import SCRIPTS, PageFacts, compose_page
from tlstudio.engine.export.web.runtime import WebRuntime, find_runtime
from tlstudio.engine.export.wrapped import INPUT, ExportedNetwork, limits_of
from tlstudio.engine.inference import predict
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.onnx.convert import to_onnx
from tlstudio.engine.probing.pooling import feature_pooler

BAD_NAME = "</script><img src=x onerror=alert(1)>&\u2028'\""
CLASSES = (BAD_NAME, "고양이", "bird")
NOTHING = WebRuntime(gzip.compress(b"loader"), gzip.compress(b"wasm"))
PAGE = resources_dir() / "web_page"


class _Parsed(HTMLParser):
    """The elements of a page: scripts by id, and all tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = [("", {})]
        self.scripts: dict[str, str] = {}
        self.title = self.style = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(("", {}))

    def handle_data(self, data: str) -> None:
        tag, attributes = self.tags[-1]
        if tag == "script":
            name = attributes.get("id") or "program"
            self.scripts[name] = self.scripts.get(name, "") + data
        elif tag in ("title", "style"):
            setattr(self, tag, getattr(self, tag) + data)


@pytest.fixture(scope="module")
def parsed() -> _Parsed:
    facts = PageFacts(BAD_NAME, CLASSES, Preprocessing(), (0.25, math.inf, 0.5), 0.05)
    return _Parsed(compose_page(b"a network", facts, NOTHING))


def test_names_with_tags_stay_names(parsed: _Parsed) -> None:
    facts = json.loads(parsed.scripts["facts"])
    assert facts["classes"] == list(CLASSES) and parsed.title == BAD_NAME
    assert facts["limits"] == [0.25, None, 0.5]
    assert not [attributes for tag, attributes in parsed.tags if tag == "img"]


def test_the_parts_are_inside(parsed: _Parsed) -> None:
    parts = {
        name: gzip.decompress(base64.b64decode(parsed.scripts[name]))
        for name in ("loader", "wasm", "model")
    }
    assert parts == {"loader": b"loader", "wasm": b"wasm", "model": b"a network"}


def test_only_its_own_script_runs_and_nothing_is_connected_to(parsed: _Parsed) -> None:
    policy = next(
        str(attributes["content"])
        for tag, attributes in parsed.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == rules["connect-src"] == rules["form-action"] == ["'none'"]
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in (parsed.scripts["program"], parsed.style)
    ]
    assert [rules["script-src"][0], rules["style-src"][0]] == digests
    assert "'unsafe-inline'" not in policy and "http" not in policy
    links = [
        value
        for _, attributes in parsed.tags
        for name, value in attributes.items()
        if name in ("src", "href") and not str(value).startswith("data:")
    ]
    assert links == []


def test_both_languages_say_all_that_the_page_asks_for() -> None:
    texts = json.loads((PAGE / "texts.json").read_text(encoding="utf-8"))
    template = (PAGE / "page.html.j2").read_text(encoding="utf-8")
    app = (PAGE / "app.js").read_text(encoding="utf-8")
    asked = set(re.findall(r'data-text="(\w+)"', template + app))
    asked |= set(re.findall(r'\btext\("(\w+)"', app))
    assert set(texts["en"]) == set(texts["ko"]) and asked <= set(texts["en"])
    for key, sentence in texts["en"].items():
        fields = set(re.findall(r"\{\w+\}", sentence))
        assert fields == set(re.findall(r"\{\w+\}", texts["ko"][key])), key
    used = "".join((PAGE / name).read_text(encoding="utf-8") for name in SCRIPTS) + template
    assert not [key for key in texts["en"] if key.removeprefix("fact_") not in used]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Photos of every shape: wide, tall, tiny, turned, transparent, grey, and one that is none."""
    folder = tmp_path_factory.mktemp("images")
    for number, size in enumerate([(48, 40), (31, 97), (640, 480), (9, 7), (1200, 20), (28, 28)]):
        photo(number, number, size).save(folder / f"{number}.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    photo(1, 7, (90, 60)).save(folder / "turned.jpg", exif=exif, quality=95)
    clear = photo(2, 8, (60, 60)).convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((60, 60)).point(lambda v: 255 * (v > 99)))
    clear.save(folder / "clear.png")
    photo(0, 9).convert("L").save(folder / "grey.png")
    (folder / "none.png").write_bytes(b"no image")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def classifier(images: list[Path]) -> Classifier:
    """LeNet on grey images, which takes half of the photos for "none of these"."""
    options = {"model": "lenet5", "initialisation": "random", "seed": 1}
    made = build_classifier(make_config(options), CLASSES)
    made.network.eval()
    made.temperature = 0.2
    own = made.preprocessing
    pooler = feature_pooler(made.network, own)
    noise = torch.randn(40, own.channels, own.crop_px, own.crop_px)
    nobody = ConformalLevels(np.zeros(0, np.float32), np.zeros(0, np.int32), len(CLASSES))
    detector = NoveltyDetector.packed(pooler(noise).numpy(), [0] * 40, nobody)
    views = [read_view(ImageRef.of_file(path), own) for path in images if path.name != "none.png"]
    distances = np.sort(detector.distances(pooler(stack(views, own)).numpy()))
    limit = distances[3:5].mean()
    answers = np.resize(np.arange(3, dtype=np.int32), 60)
    known = ConformalLevels(np.full(60, limit, np.float32), answers, 3)
    made.novelty = replace(detector, known=known, level=0.15)
    return made


@pytest.fixture(scope="module")
def opened(classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The page of the classifier in a browser."""
    browser, runtime = find_browser(), find_runtime()
    if browser is None:
        pytest.skip("needs Chromium, Chrome or Edge")
    if runtime is None:
        pytest.skip("needs packaging/web_runtime.py to have been run")
    folder = tmp_path_factory.mktemp("page")
    own, exported = classifier.preprocessing, ExportedNetwork(classifier)
    example = exported.example(side=own.crop_px)
    names = {"input_names": (INPUT,), "output_names": exported.output_names}
    to_onnx(exported, example, folder / "network.onnx", **names)
    limits = limits_of(classifier)
    assert limits is not None
    facts = PageFacts("Signs", CLASSES, own, limits, 0.15)
    page = folder / "한글 page.html"
    network = (folder / "network.onnx").read_bytes()
    page.write_text(compose_page(network, facts, runtime), encoding="utf-8")
    with opened_page(page, browser, 60) as driven:
        yield driven


def test_its_answers_are_those_of_the_studio(
    opened: Browser, classifier: Classifier, images: list[Path]
) -> None:
    answers = list(opened.answers(images))
    expected = list(predict(classifier, images))
    strangers = 0
    for path, answer, record in zip(images, answers, expected, strict=True):
        if not isinstance(record, PredictionRecord):
            assert answer.probabilities == (), path
            continue
        assert answer.probabilities == pytest.approx(record.probabilities, abs=2e-5), path
        assert answer.is_none is not record.is_known, path
        strangers += answer.is_none
    assert strangers == 5
    assert {address.partition(":")[0] for address in opened.requests} <= LOCAL_SCHEMES


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_shows_the_network_the_same_pixels(
    opened: Browser, images: list[Path], interpolation: str, channels: int
) -> None:
    values = Preprocessing(37, 32).to_dict() | {
        "interpolation": interpolation,
        "channels": channels,
    }
    own = Preprocessing.from_dict(values)
    list(opened.answers(images))  # hands over the files
    for number, path in enumerate(images):
        if path.name == "none.png":
            continue
        asked = f"decode(chooser.files[{number}]).then(image => Array.from("
        seen = opened.evaluate(f"{asked}viewOf(image, {json.dumps(values)})))")
        expected = read_view(ImageRef.of_file(path), own).permute(1, 2, 0).numpy().ravel()
        assert np.array_equal(seen, expected), path


def test_a_person_sees_answers_and_can_take_them_away(opened: Browser, images: list[Path]) -> None:
    chooser = opened.evaluate("document.getElementById('files')", by_value=False)
    opened.command("DOM.setFileInputFiles", objectId=chooser, files=[str(p) for p in images])
    all_told = "[...document.querySelectorAll('.card')].every(c => !c.querySelector('.waiting'))"
    opened.wait_for(f"document.querySelectorAll('.card').length === {len(images)} && {all_told}")
    opened.evaluate("document.querySelector('[data-language=ko]').click()")
    shown = opened.evaluate("document.body.innerText")
    assert f"사진 {len(images)}장" in shown and "해당 없음" in shown and BAD_NAME[:20] in shown
    assert "이 브라우저에서는 이 파일을 이미지로 읽을 수 없습니다." in shown
    assert opened.evaluate("document.querySelectorAll('img').length") == 0
    opened.evaluate("document.querySelector('.remove').click()")
    assert opened.evaluate("document.querySelectorAll('.card').length") == len(images) - 1
    opened.evaluate("document.getElementById('clear').click()")
    assert opened.evaluate("document.querySelectorAll('.card').length") == 0


def test_nothing_can_leave_it(opened: Browser, server: FileServer) -> None:
    server.put("/a.png", b"")
    address = f"{server.address}/a.png"
    for attempt in (
        f"fetch('{address}', {{mode: 'no-cors'}})",
        f"new Promise((done, fail) => {{ const image = new Image(); image.onload = done;"
        f" image.onerror = fail; image.src = '{address}'; }})",
        f"import('{address}')",
        f"new Worker('{address}')",
    ):
        told = f"(async () => {attempt})().then(() => 'sent', () => 'refused')"
        assert opened.evaluate(told) == "refused", attempt
    opened.evaluate(f"navigator.sendBeacon('{address}', 'photo')")
    opened.evaluate("1")
    assert server.asked == []
