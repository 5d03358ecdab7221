"""Opens an export as somebody else would, in a process of its own, and lets it answer.

What runs here knows the network from the file alone. Nothing heavy is imported before the one
runtime that is needed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tlstudio.core.networks.preprocessing import Preprocessing

if TYPE_CHECKING:
    from numpy.typing import NDArray

COMMAND = "run-export"  # of the terminal, by which the studio starts itself for this
_BATCH = 16
_LONGEST = 2000  # characters of a reason


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """What the other process is to do; it travels as JSON.

    Attributes:
        reader: which of `READERS`.
        path: the export.
        folder: where `views.npy` lies (uint8 ``[N, 3, S, S]``), and where the answers are put.
        count: of the views that are to be answered.
        files: the images themselves, for exports that read files.
    """

    reader: str
    path: str
    folder: str
    count: int
    files: tuple[str, ...] = field(default=())

    @property
    def place(self) -> Path:
        return Path(self.folder)

    def write(self) -> Path:
        """Put it into its folder; returns the file."""
        path = self.place / "task.json"
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> ReadingTask:
        values = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**values, "files": tuple(values["files"])})

    @property
    def answers(self) -> Path:
        return self.place / "answers.npz"

    @property
    def done(self) -> Path:
        """Holds the number of images that were answered so far."""
        return self.place / "done.txt"

    @property
    def failure(self) -> Path:
        """Holds why it failed, if it did."""
        return self.place / "failure.txt"


Outputs = tuple["NDArray[np.floating[Any]]", ...]
Answering = Callable[["NDArray[np.uint8]", Sequence[str]], Outputs]


@dataclass(frozen=True, slots=True)
class OpenedExport:
    """An export in its runtime.

    Attributes:
        answer: probabilities ``[B, C]`` (and distances ``[B]``) of views ``[B, 3, S, S]``, or of
            the files that they come from.
        versions: of the runtime and of what it stands on.
        classes: as the file says them.
        close: ends what the runtime has started.
    """

    answer: Answering
    versions: dict[str, str]
    classes: tuple[str, ...]
    close: Callable[[], None] = lambda: None


def run_task(path: Path) -> None:
    """Do the task in a file, and leave the answers or the reason of failure in its folder."""
    task = ReadingTask.read(path)
    try:
        opened = READERS[task.reader](Path(task.path))
        with contextlib.closing(opened):
            views = np.load(task.place / "views.npy", mmap_mode="r")
            parts = list(_answers(opened, views, task))
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        told = {"versions": opened.versions, "classes": list(opened.classes)}
        np.savez(task.answers, *columns, told=np.array(json.dumps(told)))
    except Exception as error:  # whatever it is, the other side is to hear of it
        reason = f"{type(error).__name__}: {error}"[:_LONGEST]
        task.failure.write_text(reason, encoding="utf-8", errors="replace")
        raise


def _answers(
    opened: OpenedExport, views: NDArray[np.uint8], task: ReadingTask
) -> Iterator[Outputs]:
    for start in range(0, task.count, _BATCH):
        end = min(start + _BATCH, task.count)
        yield opened.answer(np.ascontiguousarray(views[start:end]), task.files[start:end])
        task.done.write_text(str(end), encoding="ascii")


def _open_onnx(model: Path | bytes) -> OpenedExport:
    from tlstudio.engine.onnx.session import session

    run = session(model)
    told = run.get_modelmeta().custom_metadata_map
    preprocess = _preprocess(told)
    name = run.get_inputs()[0].name

    def answer(views: NDArray[np.uint8], _files: Sequence[str]) -> Outputs:
        return tuple(run.run(None, {name: preprocess(views)}))

    return OpenedExport(answer, _versions("onnxruntime"), _classes(told))


def _open_folder(path: Path) -> OpenedExport:
    """By the program in the folder, as a person would run it."""
    spec = importlib.util.spec_from_file_location("exported_predict", path / "predict.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    classifier = module.Classifier(path)

    def answer(_views: NDArray[np.uint8], files: Sequence[str]) -> Outputs:
        rows = [classifier.outputs(file) for file in files]
        return tuple(np.stack(column) for column in zip(*rows, strict=True))

    return OpenedExport(answer, _versions("onnxruntime", "pillow"), tuple(classifier.classes))


def _open_torch_export(path: Path) -> OpenedExport:
    import torch

    told = {"metadata.json": ""}
    network = torch.export.load(path, extra_files=told).module()
    values = json.loads(told["metadata.json"])
    preprocess = _preprocess(values)

    def answer(views: NDArray[np.uint8], _files: Sequence[str]) -> Outputs:
        with torch.no_grad():
            outputs = network(torch.from_numpy(preprocess(views)))
        return tuple(output.numpy() for output in outputs)

    return OpenedExport(answer, _versions("torch"), _classes(values))


def _open_safetensors(path: Path) -> OpenedExport:
    """By the library of the format; the network is built anew from the catalog."""
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file

    from tlstudio.core.config import make_config
    from tlstudio.core.networks.build_config import BuildConfig
    from tlstudio.engine.models.build import network_with, set_input_transform
    from tlstudio.engine.weights.metadata import METADATA_KEY

    with safe_open(path, framework="pt") as file:
        values = json.loads(file.metadata()[METADATA_KEY])
    own = Preprocessing.from_dict(values["preprocessing"])
    asked = BuildConfig.of(make_config(values["config"]), own.crop_px, own.channels)
    build = replace(asked, auxiliary=False)  # exports leave them out
    network = network_with(values["model"], len(values["classes"]), load_file(path), build)
    set_input_transform(network, bool(values.get("input_transform", False)))
    network.eval()
    temperature = float(values.get("temperature", 1))

    def answer(views: NDArray[np.uint8], _files: Sequence[str]) -> Outputs:
        with torch.no_grad():
            logits = network(torch.from_numpy(_normalised(views, own)))
        return ((logits.double() / temperature).softmax(dim=1).numpy(),)

    return OpenedExport(answer, _versions("safetensors", "torch"), tuple(values["classes"]))


def _open_page(path: Path) -> OpenedExport:
    """In a browser of this machine; where there is none, its network by onnxruntime."""
    from tlstudio.engine.export.web.browser import BrowserError
    from tlstudio.engine.export.web.write import PageInBrowser, facts_in, network_in

    page = path.read_text(encoding="utf-8")
    try:
        opened = PageInBrowser(path)
    except BrowserError:
        return _open_onnx(network_in(page))

    def answer(_views: NDArray[np.uint8], files: Sequence[str]) -> Outputs:
        return opened.answer(files)

    classes = tuple(facts_in(page)["classes"])
    return OpenedExport(answer, opened.versions, classes, opened.close)


READERS: dict[str, Callable[[Path], OpenedExport]] = {
    "onnxruntime": _open_onnx,
    "predict.py": _open_folder,
    "torch.export": _open_torch_export,
    "browser": _open_page,
    "safetensors": _open_safetensors,
}


def _classes(told: dict[str, str]) -> tuple[str, ...]:
    return tuple(json.loads(told["classes"]))


def _preprocess(told: dict[str, str]) -> Callable[[NDArray[np.uint8]], NDArray[Any]]:
    """What a file's own metadata say is to be done with views."""
    values = json.loads(told["preprocessing"])
    own = Preprocessing.from_dict(values)
    return (lambda views: views) if values["inside"] else (lambda views: _normalised(views, own))


def _normalised(views: NDArray[np.uint8], own: Preprocessing) -> NDArray[np.float32]:
    mean = np.array(own.mean[: own.channels], np.float32).reshape(-1, 1, 1)
    std = np.array(own.std[: own.channels], np.float32).reshape(-1, 1, 1)
    images: NDArray[np.float32] = views[:, : own.channels].astype(np.float32)
    return ((images / np.float32(255)) - mean) / std


def _versions(*packages: str) -> dict[str, str]:
    found = {name: metadata.version(name) for name in (*packages, "numpy")}
    return {**found, "python": platform.python_version()}
