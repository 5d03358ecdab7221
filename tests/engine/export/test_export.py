"""Each form of export: written, opened by another process, put in its place with its receipt."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from tests.core.export.test_receipt import RECEIPT
from tests.helpers import photo
from tlstudio.core.config import make_config
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import ConfigError, ExportError, StorageError
from tlstudio.core.export.formats import (
    EXPORT_FORMATS,
    Exported,
    ExportOptions,
    ExportPart,
    ExportProgressed,
)
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.export import compare as comparing
from tlstudio.engine.export import export as exporting
from tlstudio.engine.export import int8 as quantising
from tlstudio.engine.export import onnx_file
from tlstudio.engine.export.export import WRITERS, ExportWriter, export_run
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.readers import ReadingTask, run_task
from tlstudio.engine.export.studio_process import studio_command
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.onnx.convert import to_onnx

CLASSES = ("개", "고양이")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> DatasetIndex:
    root = tmp_path_factory.mktemp("photos")
    for split, count in (("train", 6), ("val", 5)):
        for place, name in enumerate(CLASSES):
            (root / split / name).mkdir(parents=True)
            for number in range(count):
                photo(place, number).save(root / split / name / f"{number}.png")
    return open_dataset(root)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    config = make_config({"model": "lenet5", "initialisation": "random", "seed": 1})
    return build_classifier(config, CLASSES)


@pytest.fixture(scope="module")
def graphs() -> dict[tuple[Any, ...], bytes]:
    """ONNX files that were written already."""
    return {}


@pytest.fixture
def written_once(graphs: dict[tuple[Any, ...], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives a graph that was traced before again: torch's exporter takes seconds for one."""

    def write(module: nn.Module, example: torch.Tensor, path: Path, **options: Any) -> None:
        weights = tuple(value.sum().item() for value in module.state_dict().values())
        key = (example.shape, example.dtype, weights, repr(sorted(options.items())))
        if key not in graphs:
            to_onnx(module, example, path, **options)
            graphs[key] = path.read_bytes()
        path.write_bytes(graphs[key])

    monkeypatch.setattr(onnx_file, "to_onnx", write)


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves the start of another Python, where a test is about something else."""

    def run_here(task: ReadingTask, job: ExportJob) -> Iterator[int]:
        if not job.stop.stopped:
            run_task(task.write())
        yield task.count

    monkeypatch.setattr(comparing, "_in_another_process", run_here)


def _export(
    classifier: Classifier, options: ExportOptions, out: Path, index: DatasetIndex | None = None
) -> Exported:
    events = list(export_run(classifier, options, out, StopToken(), index=index))
    assert all(isinstance(event, ExportProgressed) for event in events[:-1])
    assert isinstance(events[-1], Exported)
    return events[-1]


def _change(classifier: Classifier) -> Classifier:
    """Another network of the same form."""
    config = make_config({"model": "lenet5", "initialisation": "random", "seed": 2})
    return replace(classifier, network=build_classifier(config, CLASSES).network)


def _check_folder(folder: Path) -> None:
    names = {"model.onnx", "labels.txt", "predict.py", "requirements.txt", "README.md"}
    assert {path.name for path in folder.iterdir()} == names | {"MODEL_CARD.md", "receipt.json"}
    assert (folder / "labels.txt").read_text(encoding="utf-8").split() == list(CLASSES)
    assert "Of 10 validation images" in (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "10 of 10 answers are equal" in (folder / "README.md").read_text(encoding="utf-8")


def test_every_format_has_a_way_to_be_written() -> None:
    assert set(WRITERS) == {row.id for row in EXPORT_FORMATS}


@pytest.mark.usefixtures("written_once")
@pytest.mark.parametrize("name", [name for name in WRITERS if name != "web"])  # see web/
def test_another_program_computes_the_same(tmp_path, classifier, index, name, request):
    if name != "folder":  # one of them is enough to show that the other process works
        request.getfixturevalue("in_this_process")
    suffix = next(row.suffix for row in EXPORT_FORMATS if row.id == name)
    training = classifier.network.training
    exported = _export(classifier, ExportOptions(name), tmp_path / f"a{suffix}", index)
    receipt = exported.receipt
    assert receipt.is_passed and receipt.same == receipt.images == 10
    assert receipt.dataset == index.name and receipt.accuracy_before == receipt.accuracy_after
    assert receipt.versions[receipt.runtime] and receipt.versions["studio"]
    assert exported.path == tmp_path / f"a{suffix}"
    told = json.loads(exported.paths[1].read_text(encoding="utf-8"))
    assert Receipt.from_values(told) == receipt and told["is_passed"] is True
    assert not list(tmp_path.glob(".*")), "nothing of the work is left"
    assert classifier.network.training is training
    if name == "folder":
        _check_folder(exported.path)


@pytest.mark.usefixtures("in_this_process")
def test_what_computes_something_else_is_kept_under_a_name_that_says_so(
    tmp_path, classifier, index, monkeypatch
):
    """As with exporters that wrote wrong ResNets: pytorch#169178."""

    def write_wrongly(job, path):
        yield from WRITERS["safetensors"].write(replace(job, classifier=_change(classifier)), path)

    out = tmp_path / "a.safetensors"
    out.write_bytes(b"from before")
    monkeypatch.setattr(
        exporting, "WRITERS", {"safetensors": replace(WRITERS["safetensors"], write=write_wrongly)}
    )
    exported = _export(classifier, ExportOptions("safetensors"), out, index)
    assert not exported.receipt.is_passed
    assert exported.path == tmp_path / "a.safetensors.failed" and exported.path.is_file()
    assert json.loads(exported.paths[1].read_text(encoding="utf-8"))["is_passed"] is False
    assert out.read_bytes() == b"from before"


def test_what_cannot_be_opened_is_an_error(tmp_path, classifier, index, monkeypatch):
    def write_nonsense(job, path):
        path.write_bytes(b"nonsense")
        yield ExportProgressed(ExportPart.WRITE)

    monkeypatch.setattr(
        exporting, "WRITERS", {"onnx": replace(WRITERS["onnx"], write=write_nonsense)}
    )
    with pytest.raises(ExportError, match="onnxruntime"):
        _export(classifier, ExportOptions("onnx"), tmp_path / "a.onnx", index)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("in_this_process")
def test_without_a_dataset_random_images_are_compared(tmp_path, classifier):
    receipt = _export(classifier, ExportOptions("safetensors"), tmp_path / "a.safetensors").receipt
    assert receipt.is_passed and receipt.images > 20
    assert receipt.dataset == "" and receipt.accuracy_before is None


@pytest.mark.usefixtures("in_this_process")
def test_stopping_leaves_nothing(tmp_path, classifier, index):
    for part in (ExportPart.WRITE, ExportPart.COMPARE):
        stop, events = StopToken(), []
        for event in export_run(
            classifier, ExportOptions("safetensors"), tmp_path / "a.safetensors", stop, index=index
        ):
            events.append(event)
            if isinstance(event, ExportProgressed) and event.part is part:
                stop.stop()
        assert not any(isinstance(event, Exported) for event in events)
        assert not list(tmp_path.iterdir())


def test_options_that_a_format_has_not_are_refused_before_any_work(tmp_path, classifier):
    with pytest.raises(ConfigError):
        next(export_run(classifier, ExportOptions("safetensors", int8=True), tmp_path, StopToken()))


def test_a_place_that_cannot_be_written_is_told(tmp_path, classifier):
    (tmp_path / "file").write_text("")
    options = ExportOptions("safetensors")
    with pytest.raises(StorageError):
        next(export_run(classifier, options, tmp_path / "file" / "a", StopToken()))


@pytest.mark.usefixtures("in_this_process")
def test_a_pt2_file_holds_no_more_than_the_network(tmp_path, classifier):
    """The example input is written with its whole storage, however little of it is seen."""
    path = _export(classifier, ExportOptions("torch-export"), tmp_path / "a.pt2").path
    parameters = sum(p.numel() * 4 for p in classifier.network.parameters())
    assert path.stat().st_size < parameters + 200_000
    network = torch.export.load(path).module()
    assert len(network(torch.zeros(3, 1, 32, 32))[0]) == 3


@pytest.mark.usefixtures("in_this_process", "written_once")
def test_8_bit_integers_are_told_with_their_accuracy(tmp_path, classifier, index):
    exported = _export(classifier, ExportOptions("onnx", int8=True), tmp_path / "a", index)
    receipt = exported.receipt
    assert receipt.int8 and receipt.accuracy_after is not None and receipt.images == 10
    graph = onnx.load(exported.path).graph
    types = {node.op_type for node in graph.node}
    assert {"QuantizeLinear", "DequantizeLinear", "Conv"} <= types
    weights = [onnx.numpy_helper.to_array(w) for w in graph.initializer]
    codes = [w for w in weights if w.dtype == np.int8 and w.size > 1]
    assert codes and all(np.abs(w.astype(int)).max() <= 64 for w in codes), "right on every AVX2"


@pytest.mark.usefixtures("in_this_process", "written_once")
def test_a_network_that_stays_partly_in_floats_is_no_8_bit_network(
    tmp_path, classifier, index, monkeypatch
):
    monkeypatch.setattr(quantising, "_op_types", lambda graph: ["Conv"])
    with pytest.raises(ExportError, match="cannot compute with 8-bit integers"):
        _export(classifier, ExportOptions("onnx", int8=True), tmp_path / "a.onnx", index)
    assert not list(tmp_path.iterdir())


def test_8_bit_integers_need_training_images(tmp_path, classifier):
    with pytest.raises(ExportError, match="training images"):
        _export(classifier, ExportOptions("onnx", int8=True), tmp_path / "a.onnx")


@pytest.mark.usefixtures("in_this_process")
def test_a_folder_takes_the_place_of_an_export_only(tmp_path, classifier, index, monkeypatch):
    def compare(job, reader, path):
        yield RECEIPT

    def write(job, path):
        path.mkdir()
        yield ExportProgressed(ExportPart.WRITE)

    monkeypatch.setattr(exporting, "WRITERS", {"folder": ExportWriter(write, "predict.py")})
    monkeypatch.setattr(exporting, "compare", compare)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("important")
    with pytest.raises(StorageError):
        _export(classifier, ExportOptions("folder"), mine, index)
    assert (mine / "thesis.txt").read_text() == "important"
    (mine / "thesis.txt").unlink()
    for _ in range(2):
        _export(classifier, ExportOptions("folder"), mine, index)
        assert [path.name for path in mine.iterdir()] == ["receipt.json"]
        (mine / "labels.txt").write_text("of an earlier export")
    (mine / "thesis.txt").write_text("put into it by a person")
    before = sorted(mine.iterdir())
    with pytest.raises(StorageError):
        _export(classifier, ExportOptions("folder"), mine, index)
    assert sorted(mine.iterdir()) == before
    other = tmp_path / "shop"
    other.mkdir()
    for name in ("receipt.json", "diary.txt"):
        (other / name).write_text("of a shop")
    with pytest.raises(StorageError):
        _export(classifier, ExportOptions("folder"), other, index)
    assert len(list(other.iterdir())) == 2


def test_links_are_followed_and_protected_files_stay(tmp_path, classifier, monkeypatch):
    def compare(job, reader, path):
        yield RECEIPT

    monkeypatch.setattr(exporting, "compare", compare)
    real, link = tmp_path / "disk" / "net.safetensors", tmp_path / "net.safetensors"
    link.symlink_to(real)
    for _ in range(2):
        _export(classifier, ExportOptions("safetensors"), link)
        assert link.is_symlink() and real.is_file() and not real.is_symlink()
    real.chmod(0o444)
    before = real.stat().st_mtime_ns
    for place in (link, tmp_path / "disk"):  # protected; a folder where a file is to be
        with pytest.raises(StorageError):
            _export(classifier, ExportOptions("safetensors"), place)
    assert real.stat().st_mtime_ns == before


def test_inside_a_bundle_the_program_starts_itself(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/tlstudio/tlstudio")
    assert studio_command() == ["/opt/tlstudio/tlstudio"]
