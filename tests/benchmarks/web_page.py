"""Whether a web page answers in browsers as the studio does, on real photos, and how fast.

    python -m tests.benchmarks.web_page [DATA] [--model tf_efficientnet_lite0] [--epochs 5]

A network is trained on DATA (the sample photos unless it is named), "none of these" is measured,
and the page is exported in float32 and in 8-bit integers. Each is opened from its file in Chromium
(Chrome, Edge) and in Firefox, where they are installed, and asked about every validation image.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tests.benchmarks.firefox import opened_in_firefox
from tlstudio.core.config import make_config
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.export.formats import ExportOptions
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.data.samples import sample_dataset_folder
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.web.browser import PageAnswer, find_browser, opened_page
from tlstudio.engine.export.web.write import write_page
from tlstudio.engine.inference import predict
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.training.trainer import train
from tlstudio.engine.understanding.novelty import MeasuredNovelty, measure_novelty

FIREFOX = ("firefox", "firefox-esr")


def trained(index: DatasetIndex, model: str, epochs: int) -> Classifier:
    config = make_config({"model": model, "epochs": epochs})
    classifier = build_classifier(config, index.classes)
    list(train(config, index, StopToken(), classifier))
    parts = index.by_split
    for event in measure_novelty(classifier, parts[Split.TRAIN], parts[Split.VAL], StopToken()):
        if isinstance(event, MeasuredNovelty):
            classifier.novelty = event.detector
    return classifier


def in_browsers(
    page: Path, images: Sequence[Path]
) -> Iterator[tuple[str, list[PageAnswer], float]]:
    """Name, answers and milliseconds an image of each browser."""
    chromium = find_browser()
    if chromium is not None:
        with opened_page(page, chromium) as opened:
            opened.has_network()
            start = time.perf_counter()
            answers = list(opened.answers(images))
            yield opened.version, answers, 1000 * (time.perf_counter() - start) / len(images)
    program = next(filter(None, map(shutil.which, FIREFOX)), None)
    if program is not None:
        with opened_in_firefox(page, program) as firefox:
            firefox.wait_for("document.body && document.body.dataset.ready")
            start = time.perf_counter()
            answers = list(firefox.answers(images))
            yield firefox.version, answers, 1000 * (time.perf_counter() - start) / len(images)


def told(name: str, wanted: Sequence[PredictionRecord], answers: Sequence[PageAnswer]) -> str:
    before = np.array([record.probabilities for record in wanted])
    after = np.array([answer.probabilities for answer in answers])
    same = int((before.argmax(axis=1) == after.argmax(axis=1)).sum())
    known = sum(
        record.is_known is not answer.is_none
        for record, answer in zip(wanted, answers, strict=True)
    )
    return (
        f"{name}: {same} of {len(wanted)} labels equal, none of these alike {known}, "
        f"largest difference {np.abs(before - after).max():.1e}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--model", default="tf_efficientnet_lite0")
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    index = open_dataset(arguments.data or sample_dataset_folder("autumn_table"))
    classifier = trained(index, arguments.model, arguments.epochs)
    samples = index.by_split[Split.VAL]
    images = [sample.path for sample in samples if sample.path is not None]
    records = list(predict(classifier, images))
    wanted = [record for record in records if isinstance(record, PredictionRecord)]
    assert len(wanted) == len(images) == len(samples)
    targets = np.array([sample.class_index for sample in samples])
    print(f"{index.name}, {arguments.model}, {len(images)} validation images")
    with tempfile.TemporaryDirectory() as folder:
        for int8 in (False, True):
            options = ExportOptions("web", int8=int8)
            page = Path(folder) / f"{'int8' if int8 else 'float32'}.html"
            job = ExportJob.of(classifier, options, StopToken(), index)
            list(write_page(job, page))
            print(f"{page.stem}: {page.stat().st_size / 1e6:.1f} MB")
            for name, answers, milliseconds in in_browsers(page, images):
                given = np.array([answer.probabilities for answer in answers]).argmax(axis=1)
                right = int((given == targets).sum())
                line = told(name, wanted, answers)
                print(f"  {line}; {right} right; {milliseconds:.0f} ms an image")


if __name__ == "__main__":
    main()
