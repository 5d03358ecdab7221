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
from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.novelty import ConformalLevels, NoveltyDetector
from tlstudio.core.export.formats import ExportOptions
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.kept import KeptRun, RunEntry, RunMarks
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.storage import resources_dir
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_view
from tlstudio.engine.export import compare as comparing
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.readers import ReadingTask, run_task
from tlstudio.engine.export.web import write
from tlstudio.engine.export.web.browser import LOCAL_SCHEMES, Browser, find_browser, opened_page
from tlstudio.engine.export.web.page import SCRIPTS, PageFacts, compose_page
from tlstudio.engine.export.web.runtime import WebRuntime, find_runtime
from tlstudio.engine.export.web.write import page_facts, write_page
from tlstudio.engine.inference import predict
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
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
def job(classifier: Classifier, images: list[Path]) -> ExportJob:
    """The export of the classifier as a page, with the images as its validation images."""
    samples = [Sample(ImageRef.of_file(path), 0, Split.VAL) for path in images]
    root = images[0].parent
    index = DatasetIndex(root, root.name, Layout.SPLIT_FOLDERS, CLASSES, tuple(samples))
    return ExportJob.of(classifier, ExportOptions("web"), StopToken(), index)


@pytest.fixture(scope="module")
def page(job: ExportJob, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_runtime() is None:
        pytest.skip("needs packaging/web_runtime.py to have been run")
    path = tmp_path_factory.mktemp("page") / "한글 page.html"
    list(write_page(job, path))
    assert [path] == list(path.parent.iterdir())
    return path


@pytest.fixture(scope="module")
def opened(page: Path) -> Iterator[Browser]:
    """The page in a browser."""
    browser = find_browser()
    if browser is None:
        pytest.skip("needs Chromium, Chrome or Edge")
    with opened_page(page, browser) as driven:
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


@pytest.mark.parametrize("has_browser", [True, False])
def test_its_receipt_says_what_ran_it(
    page: Path, job: ExportJob, has_browser: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_here(task: ReadingTask, _job: ExportJob) -> Iterator[int]:
        run_task(task.write())
        yield task.count

    monkeypatch.setattr(comparing, "_in_another_process", run_here)
    if not has_browser:
        monkeypatch.setattr(write, "find_browser", lambda: None)
    elif find_browser() is None:
        pytest.skip("needs Chromium, Chrome or Edge")
    *_, receipt = comparing.compare(job, "browser", page)
    assert isinstance(receipt, Receipt) and receipt.is_passed
    assert receipt.images == receipt.same == receipt.same_known == 9
    assert (receipt.runtime == "onnxruntime") is not has_browser
    assert ("onnxruntime-web" in receipt.versions) is has_browser


def test_it_tells_of_the_run_that_made_it(job: ExportJob) -> None:
    entry = RunEntry("1", Path("1"), RunMarks("Signs"), dataset="signs", right=30, images=40)
    facts = page_facts(replace(job, run=KeptRun(entry, RunRecord(), {})))
    assert (facts.title, facts.network) == ("Signs", "LeNet-5") and facts.accuracy is not None
    assert facts.accuracy.share == 0.75 and 0.59 < facts.accuracy.low < 0.75 < facts.accuracy.high
    assert page_facts(job).title == "LeNet-5" and page_facts(job).accuracy is None
