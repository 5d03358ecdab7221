"""Measuring the evidence of a real network on tiny photos, and keeping it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers import make_photos, make_split_photos, tiny_network
from tlstudio.core.advice.evidence import (
    MAX_CLASSES,
    MAX_IMAGES,
    EvidenceMeasured,
    EvidenceProgressed,
    EvidenceRecord,
    evidence_stages,
)
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.core.storage import cache_dir
from tlstudio.engine.advice import measure
from tlstudio.engine.advice.files import evidence_key, known_evidence
from tlstudio.engine.advice.gradients import gradient_ratios, mixed
from tlstudio.engine.advice.measure import chosen, measure_evidence
from tlstudio.engine.advice.pixels import SIDE_PX, handedness, pixel_rows
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.tree import layer_tree, tree_of

CONFIG = RunConfig().changed(image_px=32, device="cpu", precision="float32")


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return open_dataset(make_split_photos(tmp_path / "photos", train=12, val=3))


def measured(config: RunConfig, index: DatasetIndex) -> tuple[EvidenceRecord, list[object]]:
    events = list(measure_evidence(config, index, StopToken()))
    last = events[-1]
    assert isinstance(last, EvidenceMeasured)
    return last.record, list(events)


def test_each_depth_is_measured_and_found_again(index: DatasetIndex) -> None:
    assert known_evidence(CONFIG, index) is None
    record, events = measured(CONFIG, index)
    tree = layer_tree(CONFIG.model, 2)
    assert [row.path for row in record.stages] == [stage.path for stage in evidence_stages(tree)]
    assert record.head.path == tree.head_path
    assert (record.images, record.classes, record.chance) == (24, 2, 0.5)
    assert record.model == CONFIG.model and record.weights and record.image_px == 32
    for row in record.rows:
        assert len(row.answers) == 24
        assert row.gradient_ratio is not None and row.gradient_ratio > 0
        assert row.knn_accuracy is not None and 0 <= row.knn_accuracy <= 1
        assert row.parameters == tree.nodes[row.path].parameters
    assert record.pixels.probe_accuracy == 1.0  # the classes are colours
    progress = [event.progress for event in events if isinstance(event, EvidenceProgressed)]
    assert progress == sorted(progress) and progress[-1] == 1.0

    again, told = measured(CONFIG.changed(strategy="fine_tuning", learning_rate=0.5), index)
    assert told == [EvidenceMeasured(record, from_cache=True)]
    assert again == record == known_evidence(CONFIG, index)
    scratch = CONFIG.changed(strategy="from_scratch", initialisation="random")
    assert known_evidence(scratch, index) == record  # what the weights would be worth
    assert known_evidence(CONFIG.changed(colours="grey"), index) is None


def test_other_images_are_other_evidence(index: DatasetIndex) -> None:
    key = evidence_key(CONFIG, index)
    assert evidence_key(CONFIG.changed(epochs=3), index) == key
    make_photos(index.root / "train", per_class=13)
    assert evidence_key(CONFIG, open_dataset(index.root)) != key


def test_stopped_it_says_nothing_and_keeps_nothing(index: DatasetIndex) -> None:
    stop, events = StopToken(), []
    for event in measure_evidence(CONFIG, index, stop):
        events.append(event)
        stop.stop()
    assert not any(isinstance(event, EvidenceMeasured) for event in events)
    assert known_evidence(CONFIG, index) is None


def test_depths_that_were_measured_before_it_was_stopped_are_not_measured_again(
    index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe, probed = measure.cross_validate, []

    def counted(x: object, *arguments: object) -> object:
        probed.append(x)
        return probe(x, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(measure, "cross_validate", counted)
    stop = StopToken()
    for event in measure_evidence(CONFIG, index, stop):
        if isinstance(event, EvidenceProgressed) and len(probed) == 3:
            stop.stop()
    assert known_evidence(CONFIG, index) is None
    first = len(probed)
    record, _ = measured(CONFIG, index)
    assert len(probed) <= first + len(record.rows) + 1 - 3
    assert not list((cache_dir() / "evidence").glob("*.so_far.json"))


def test_files_that_break_later_are_left_out(index: DatasetIndex) -> None:
    broken = index.by_split[Split.TRAIN][3].image.path
    broken.write_bytes(b"no image")
    record, events = measured(CONFIG, index)
    assert [e.path for e in events if isinstance(e, SampleSkipped)] == [str(broken)]
    assert (record.images, record.train_images) == (23, 24)


def test_too_few_images_are_refused(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path, train=1, val=1))
    with pytest.raises(DatasetError):
        list(measure_evidence(CONFIG, index, StopToken()))
    assert known_evidence(CONFIG, index) is None


def test_a_model_without_weights_is_measured_with_random_values(index: DatasetIndex) -> None:
    record, _ = measured(RunConfig().changed(model="lenet5", device="cpu"), index)
    assert record.weights == ""
    assert record.head.features == 84


def test_gradients_over_weights(index: DatasetIndex) -> None:
    """By hand on a small network, which is left as it was."""
    network = tiny_network().train()
    network[0].requires_grad_(False)
    side = 16
    own = Preprocessing(resize_px=side, crop_px=side, mean=(0.5,) * 3, std=(0.5,) * 3)
    classifier = Classifier(network, "tiny", index.classes, own)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    samples = index.by_split[Split.TRAIN]
    store = ImageStore(own)
    tree = tree_of(network, "tiny", 2, side)
    ratios = gradient_ratios(classifier, tree, ["0", "1", "6", ""], samples, store)

    assert network.training and not network[0].weight.requires_grad
    assert all(parameter.grad is None for parameter in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())

    images = torch.stack([store.view(s.image) for s in mixed(samples, 32)]).float() / 255
    targets = torch.tensor([s.class_index for s in mixed(samples, 32)])
    network.eval().requires_grad_(True)
    loss = torch.nn.functional.cross_entropy(network((images - 0.5) / 0.5), targets)
    loss.backward()  # type: ignore[no-untyped-call]
    for path, parts in (("0", [network[0]]), ("6", [network[6]]), ("", [network])):
        parameters = [p for part in parts for p in part.parameters()]
        gradient = torch.cat([p.grad.flatten() for p in parameters]).norm()
        weights = torch.cat([p.detach().flatten() for p in parameters]).norm()
        assert ratios[path] == pytest.approx(float(gradient / weights), rel=1e-3)


def test_a_batch_has_all_classes_in_turn(index: DatasetIndex) -> None:
    samples = index.by_split[Split.TRAIN]
    assert [s.class_index for s in mixed(samples, 6)] == [0, 1, 0, 1, 0, 1]
    assert len(set(mixed(samples, 100))) == len(samples)
    assert mixed(samples, 6) == mixed(samples, 6)


def test_which_images_are_looked_at() -> None:
    def sample(number: int, target: int) -> Sample:
        return Sample(ImageRef.of_file(Path(f"{target}/{number}")), target, Split.TRAIN)

    many = [sample(n, target) for target in range(120) for n in range(60)]
    kept = chosen(many)
    assert len({s.class_index for s in kept}) == MAX_CLASSES
    assert abs(len(kept) - MAX_IMAGES) <= MAX_CLASSES
    assert kept == chosen(many)
    assert chosen(many[:30]) == tuple(many[:30])


def test_handedness() -> None:
    """A slope from left to right has a side; the same at random, or a symmetric one, has not."""
    random = np.random.default_rng(0)
    slope = np.linspace(-1, 1, SIDE_PX, dtype=np.float32)

    def rows(signs: np.ndarray) -> np.ndarray:
        images = np.broadcast_to(slope, (len(signs), SIDE_PX, SIDE_PX)) * signs[:, None, None]
        noise = random.normal(0, 0.3, (len(signs), SIDE_PX, SIDE_PX))
        flat: np.ndarray = (images + noise).reshape(len(signs), -1)
        return flat.astype(np.float32)

    assert handedness(rows(np.ones(60))) == 1.0
    assert handedness(rows(random.choice([-1.0, 1.0], 200))) == pytest.approx(0.5, abs=0.12)
    assert handedness(rows(np.zeros(200))) == pytest.approx(0.5, abs=0.12)


def test_pixels_are_those_of_the_view(index: DatasetIndex) -> None:
    own = Preprocessing(resize_px=32, crop_px=32, mean=(0.5,) * 3, std=(0.5,) * 3)
    samples = index.by_split[Split.TRAIN][:2]
    rows = pixel_rows(samples, ImageStore(own), StopToken())
    assert rows.shape == (2, 3 * SIDE_PX**2) and rows.dtype == np.float32
    view = ImageStore(own).view(samples[0].image).float() / 255
    assert rows[0].mean() == pytest.approx(float((view.mean() - 0.5) / 0.5), abs=1e-4)
