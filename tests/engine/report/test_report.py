"""The report of a run: whole, in both languages, needing no other file."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.engine.runs.runs import write_kept
from tests.helpers import epoch_record, photo
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Split, SplitConfig
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.split_config import GroupBy
from tlstudio.core.errors import StorageError
from tlstudio.core.runs.events import PredictionsReady
from tlstudio.core.runs.history import History
from tlstudio.core.runs.kept import KeptRun, RunMarks
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.settings import Settings
from tlstudio.engine.report.report import LISTED_CLASSES, Extras, report_html, write_report
from tlstudio.engine.runs.store import RunStore

VOID = {"meta", "img", "br"}


class _Page(HTMLParser):
    """Checks that tags are closed in order, and collects what they say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words = ""
        self.feed(text)
        self.words = " ".join(self.words.split())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += f" {data}"

    def values(self, tag: str, name: str) -> list[str]:
        return [value for a, b, value in self.attributes if (a, b) == (tag, name)]


def _run(
    tmp_path: Path, classes: tuple[str, ...] = ("fruit", "<b>greens"), images: int = 6
) -> KeptRun:
    """A run with a photo for every image, a third of them told wrongly."""
    store = RunStore(tmp_path / "runs")
    write_kept(store.folder / "run-1", accuracies=(0.5, 0.75, 0.6))
    kept = store.open("run-1")
    predictions = []
    for number in range(images):
        path = tmp_path / "photos" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        if number < 20:
            photo(number % 2, number).save(path)
        target = number % len(classes)
        said = (target + 1) % len(classes) if number % 3 == 0 else target
        rest = 0.2 / (len(classes) - 1)
        probabilities = tuple(0.8 if place == said else rest for place in range(len(classes)))
        predictions.append(PredictionRecord(ImageRef.of_file(path), probabilities, target))
    ready = PredictionsReady(2, tuple(predictions))
    record = replace(kept.record, classes=classes, predictions=ready, best_predictions=ready)
    marks = RunMarks("my <run>", note="a & b")
    split = {"root": "/data/my photos", "classes": list(classes)}
    samples = {"train": [["a.png", 0]], "val": [["b.png", 0], ["c.png", 1]]}
    split |= {"samples": samples, "split_config": {"val_fraction": 0.3, "seed": 5}}
    return KeptRun(replace(kept.entry, marks=marks), record, {"torch": "2.10"}, split)


def test_it_needs_no_other_file_and_says_what_a_person_wrote_as_it_is(tmp_path: Path) -> None:
    text = report_html(_run(tmp_path), extras=Extras(script="import <torch>"))
    page = _Page(text)
    assert page.values("html", "lang") == ["en"]
    for word in ("my <run>", "a & b", "<b>greens", "import <torch>"):
        assert word in page.words
    sources = page.values("img", "src")
    assert sources and all(source.startswith("data:image/") for source in sources)
    assert "http" not in re.sub(r"base64,[^\"]*", "", text)
    assert "Validation accuracy 66.7 % (30–90), 4 of 6" in page.words


def test_its_charts_are_drawings_and_its_pictures_photos(tmp_path: Path) -> None:
    sources = _Page(report_html(_run(tmp_path))).values("img", "src")
    drawings = [source for source in sources if source.startswith("data:image/svg+xml")]
    assert len(drawings) == 3  # accuracy, loss and calibration: the rate is always the same
    for source in drawings:
        root = ET.fromstring(base64.b64decode(source.split(",")[1]))
        assert root.tag.endswith("svg")
    photos = [base64.b64decode(s.split(",")[1]) for s in sources if "image/jpeg" in s]
    assert len(photos) == 2 + 4 + 6  # sure and wrong, sure and right, least sure
    assert all(data.startswith(b"\xff\xd8") for data in photos)


def test_a_rate_that_changes_has_its_chart(tmp_path: Path) -> None:
    run = _run(tmp_path)
    epochs = tuple(epoch_record(n, learning_rate=10.0**-n) for n in range(1, 5))
    run = replace(run, record=replace(run.record, history=History(epochs)))
    assert report_html(run).count("data:image/svg+xml") == 4


def test_every_sentence_of_it_is_korean(tmp_path: Path) -> None:
    page = _Page(report_html(_run(tmp_path), language="ko"))
    assert page.values("html", "lang") == ["ko"]
    headings = re.findall(r"<h2>(.*?)</h2>", report_html(_run(tmp_path), language="ko"))
    assert headings and all(re.search("[가-힣]", heading) for heading in headings)
    for english in ("Validation", "Accuracy", "Epoch", "images", "Class", "Settings", "actual"):
        assert english not in page.words


def test_images_that_are_gone_are_named(tmp_path: Path) -> None:
    run = _run(tmp_path)
    for path in (tmp_path / "photos").iterdir():
        path.unlink()
    page = _Page(report_html(run))
    assert not [source for source in page.values("img", "src") if "jpeg" in source]
    assert "5.png" in page.words


def test_numbers_and_pairs_are_those_of_the_predictions(tmp_path: Path) -> None:
    words = _Page(report_html(_run(tmp_path))).words
    assert "Most confused Images fruit → <b>greens 1 <b>greens → fruit 1" in words
    assert "66.7 % (21–94)" in words  # 2 of 3 of each class
    assert "it trusts itself too much" in words


def test_what_explains_an_answer_is_shown(tmp_path: Path) -> None:
    asked: list[PredictionRecord] = []

    def explain(record: PredictionRecord) -> bytes:
        asked.append(record)
        return b"\xff\xd8map"

    page = _Page(report_html(_run(tmp_path), extras=Extras(explain=explain)))
    assert [record.is_right for record in asked] == [False, False]
    shown = base64.b64encode(b"\xff\xd8map").decode()
    assert sum(shown in source for source in page.values("img", "src")) == 2


def test_the_second_accuracy_leaves_look_alikes_of_training_images_out(tmp_path: Path) -> None:
    run = _run(tmp_path)
    seen = [run.record.shown_predictions.predictions[1].image]
    words = _Page(report_html(run, extras=Extras(lookalikes=seen))).words
    assert "60.0 % (23–88), 3 of 5, without the one image that is also in training" in words


def test_a_run_without_validation_images_or_epochs_is_still_told(tmp_path: Path) -> None:
    run = _run(tmp_path)
    nothing = replace(
        run.record, predictions=None, best_predictions=None, history=History(), end=None
    )
    page = _Page(report_html(replace(run, record=nothing, split=None, environment={})))
    assert "There were no validation images." in page.words
    assert not page.values("img", "src")
    unknown = replace(nothing, settings=None)  # weights that were loaded from a file
    assert "How to repeat it" not in _Page(report_html(replace(run, record=unknown))).words


def test_the_line_that_repeats_it_has_what_differs_from_the_tutorial(tmp_path: Path) -> None:
    run = _run(tmp_path)
    config = RunConfig().changed(learning_rate=0.02, epochs=3, strategy="fine_tuning")
    run = replace(run, record=replace(run.record, settings=Settings(config)))
    words = _Page(report_html(run)).words
    line = (
        "tlstudio-cli train '/data/my photos' --preset tutorial --strategy fine_tuning --epochs 3 "
        "--learning-rate 0.02 --val-fraction 0.3 --split-seed 5"
    )
    assert line in words


def test_it_says_what_was_wrong_with_the_data_when_it_was_trained(tmp_path: Path) -> None:
    run = _run(tmp_path)
    assert "findings" not in _Page(report_html(run)).words  # nobody had looked
    for findings, told in (({}, "none"), ({"leaks": 3}, "Copies in several splits: 3")):
        page = _Page(report_html(replace(run, split={**(run.split or {}), "findings": findings})))
        assert f"Open findings that change the result {told}" in page.words


def test_it_says_how_it_was_split_and_what_was_changed_by_hand(tmp_path: Path) -> None:
    run = _run(tmp_path)
    manifest = Manifest().leaving_out(["a.png", "d.png"]).placing(["b.png"], Split.VAL)
    split = SplitConfig(seed=5, val_images=30, group_by=GroupBy.TIME, anew=True)
    told = {"split_config": split.to_values(), "manifest": manifest.to_values()}
    settings = Settings(RunConfig().changed(epochs=3))
    kept = replace(run.record, settings=settings)
    run = replace(run, record=kept, split={**(run.split or {}), **told})
    words = _Page(report_html(run)).words
    for sentence in (
        "with seed 5: 30 for validation, 0 % for testing.",
        "Images of a burst of the camera stayed together.",
        "Changed by hand: 2 images left out, 1 placed in a split.",
        "--val-images 30 --group-by time --gap-seconds 10 --split-anew",
    ):
        assert sentence in words
    folds = replace(run, split={**told, "split_config": SplitConfig(folds=5, fold=2).to_values()})
    words = _Page(report_html(folds)).words
    assert "Dealt to 5 folds" in words and "fold 2 validates" in words
    assert "tlstudio-cli cross-validate" in words and "--folds 5" in words


def test_a_thousand_classes_do_not_make_it_long(tmp_path: Path) -> None:
    classes = tuple(f"class {number}" for number in range(1000))
    run = _run(tmp_path, classes, images=1500)
    text = report_html(run)
    assert f"Of 1000 classes the {LISTED_CLASSES} with the lowest F1 are listed." in text
    assert len(text) < 2e6


def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    run = _run(tmp_path)
    path = write_report(run, tmp_path / "out" / "report.html")
    assert path.read_text(encoding="utf-8") == report_html(run)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_report(run, tmp_path / "file" / "report.html")
