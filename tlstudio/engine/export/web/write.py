"""The form web: a page that is written, and read again as its comparison needs it."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tlstudio.core.evaluation.scores import Share
from tlstudio.core.export.formats import ExportProgressed
from tlstudio.core.storage import atomic_write
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.onnx_file import write_onnx
from tlstudio.engine.export.web.browser import Browser, BrowserError, find_browser, opened_page
from tlstudio.engine.export.web.page import PageAccuracy, PageFacts, compose_page
from tlstudio.engine.export.web.runtime import NAME, VERSION, require_runtime
from tlstudio.engine.export.wrapped import detector_of, limits_of
from tlstudio.engine.models.catalog import get_model, has_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PART = r'<script type="[^"]+" id="{name}">([^<]*)</script>'


def write_page(job: ExportJob, path: Path) -> Iterator[ExportProgressed]:
    """Write the classifier as a web page.

    Raises:
        ExportError: it cannot be written so, or what runs it is not on this machine.
        StorageError: the file cannot be written.
    """
    runtime = require_runtime()
    network = path.with_name("network.onnx")
    yield from write_onnx(replace(job, options=replace(job.options, format="onnx")), network)
    if job.stop.stopped:
        return
    atomic_write(path, compose_page(network.read_bytes(), page_facts(job), runtime))
    network.unlink()


def page_facts(job: ExportJob) -> PageFacts:
    """What the page says of a classifier, and of the run that made it."""
    classifier, entry = job.classifier, job.run.entry if job.run is not None else None
    model = get_model(classifier.model).title if has_model(classifier.model) else classifier.model
    detector = detector_of(classifier)
    accuracy: PageAccuracy | None = None
    if entry is not None and entry.right is not None and entry.images:
        share = Share(entry.right, entry.images)
        assert share.value is not None and share.interval is not None
        low, high = share.interval.low, share.interval.high
        accuracy = PageAccuracy(share.value, share.images, low, high)
    return PageFacts(
        title=(entry.name or entry.dataset if entry is not None else "") or model,
        classes=classifier.classes,
        preprocessing=classifier.preprocessing,
        limits=limits_of(classifier) or (),
        level=detector.level if detector is not None else 0.0,
        network=model,
        precision="int8" if job.options.int8 else "float32",
        created=date.today().isoformat(),
        licence=job.licence,
        accuracy=accuracy,
    )


def facts_in(page: str) -> dict[str, Any]:
    """What `PageFacts.to_values` gave the page.

    Raises:
        ValueError: this is no such page.
    """
    values: dict[str, Any] = json.loads(_part(page, "facts"))
    return values


def network_in(page: str) -> bytes:
    """The page's network, as ONNX.

    Raises:
        ValueError: this is no such page.
    """
    return gzip.decompress(base64.b64decode(_part(page, "model")))


class PageInBrowser:
    """A page that is open in a browser of this machine until `close` is called.

    Attributes:
        versions: of the browser and of what runs the network in it.

    Raises:
        BrowserError: there is none, or it does not come to run the network.
    """

    def __init__(self, path: Path) -> None:
        browser = find_browser()
        if browser is None:
            raise BrowserError("no browser")
        with ExitStack() as stack:
            self._page: Browser = stack.enter_context(opened_page(path, browser))
            if not self._page.has_network():
                raise BrowserError("no network")
            self.close = stack.pop_all().close
        name, _, version = self._page.version.partition("/")
        self.versions = {name: version, NAME: VERSION}

    def answer(self, files: Sequence[str]) -> tuple[NDArray[np.float64], ...]:
        """Probabilities, and distances where there are some, of image files.

        Raises:
            BrowserError: the page cannot read one of them, or does not answer.
        """
        answers = list(self._page.answers([Path(file) for file in files]))
        for file, answer in zip(files, answers, strict=True):
            if not answer.probabilities:
                raise BrowserError(f"the browser cannot read {Path(file).name}")
        probabilities = np.array([answer.probabilities for answer in answers])
        if answers[0].distance is None:
            return (probabilities,)
        return probabilities, np.array([answer.distance for answer in answers])


def _part(page: str, name: str) -> str:
    found = re.search(_PART.format(name=name), page)
    if found is None:
        raise ValueError("no web page of the studio")
    return found[1]
