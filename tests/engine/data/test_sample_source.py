"""A second dataset source whose images are not files: nothing on the way asks for a path."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.archives import ZipContainer, ZipSource, zip_folder
from tests.helpers import make_photos, photo, plan_of, tiny_classifier
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError, ImageError
from tlstudio.core.runs.events import PredictionsReady, RunEnded, RunEndReason, StopToken
from tlstudio.engine.code_export.data_part import data_part
from tlstudio.engine.data.digests import ContentDigests
from tlstudio.engine.data.glance import glance
from tlstudio.engine.data.images import BROKEN, image_details, thumbnail
from tlstudio.engine.data.sources import open_dataset, opening
from tlstudio.engine.data.stored_splits import store_split
from tlstudio.engine.evaluation import evaluate
from tlstudio.engine.inference import predict
from tlstudio.engine.training.trainer import train


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five images of each of two classes, and one that is cut off."""
    monkeypatch.setattr(opening, "DATASET_SOURCES", (ZipSource(), *opening.DATASET_SOURCES))
    folder = make_photos(tmp_path / "photos", ("green", "red"), 5)
    photo().save(folder / "red" / "broken.png")
    whole = (folder / "red" / "broken.png").read_bytes()
    (folder / "red" / "broken.png").write_bytes(whole[: len(whole) // 2])
    return zip_folder(folder, tmp_path / "photos.zip")


@pytest.fixture
def index(archive: Path) -> DatasetIndex:
    return open_dataset(archive)


def test_it_is_indexed_as_a_folder_is(index: DatasetIndex, archive: Path) -> None:
    assert index.classes == ("green", "red") and index.name == "photos.zip"
    assert {split: len(samples) for split, samples in index.by_split.items()} == {
        Split.TRAIN: 8,
        Split.VAL: 2,
        Split.TEST: 0,
    }
    assert all(sample.image.path is None for sample in index.samples)
    (left_out,) = index.excluded
    assert (str(left_out.image), left_out.reason) == (f"{archive}/red/broken.png", BROKEN)
    assert "One file cannot be read" in str(index.warnings[-1])
    store_split(archive, replace(index.split_config, seed=3))
    other = open_dataset(archive)
    assert other.split_config.seed == 3
    assert other.fingerprint != index.fingerprint
    assert index.is_same_as(open_dataset(archive, index.split_config))


def test_a_folder_of_the_same_images_has_the_same_fingerprint(
    index: DatasetIndex, archive: Path
) -> None:
    folder = open_dataset(archive.with_suffix(""))
    assert folder.fingerprint == index.fingerprint and not folder.is_same_as(index)


def test_its_images_are_read_and_found_again_by_their_content(
    index: DatasetIndex, archive: Path
) -> None:
    image = index.samples[0].image
    file = ImageRef.of_file(archive.with_suffix("") / image.key)
    again = pickle.loads(pickle.dumps(image))
    assert (thumbnail(again, 32) == thumbnail(file, 32)).all()
    details = image_details(image)
    assert (details.width_px, details.file_bytes) == (48, file.path.stat().st_size)
    with ContentDigests() as digests:
        digest = digests.of(image)
        assert digest.content == digests.of(file).content
    assert digest.is_of(image)
    assert glance([sample.image for sample in index.samples]).short_side_px == 40
    with pytest.raises(ImageError):
        thumbnail(ImageRef(ZipContainer(archive), "red/missing.png"), 32)


def test_it_is_trained_evaluated_and_predicted(index: DatasetIndex) -> None:
    torch.manual_seed(0)
    classifier = tiny_classifier(index.classes)
    config = RunConfig().changed(device="cpu", epochs=1, batch_size=4)
    plan = plan_of(classifier.network)
    events = list(train(config, index, StopToken(), classifier, plan=plan))
    end = events[-1]
    assert isinstance(end, RunEnded) and end.reason is RunEndReason.FINISHED
    (ready,) = [event for event in events if isinstance(event, PredictionsReady)]
    val = [sample.image for sample in index.by_split[Split.VAL]]
    assert [prediction.image for prediction in ready.predictions] == val
    assert pickle.loads(pickle.dumps(events[:-1]))
    classifier.network.eval()
    said = evaluate(classifier, index.by_split[Split.VAL]).predictions
    found = list(predict(classifier, val))
    assert [p.probabilities for p in found] == [p.probabilities for p in said]
    assert [p.image for p in found] == val


def test_a_script_says_that_it_needs_files(index: DatasetIndex) -> None:
    with pytest.raises(DatasetError) as caught:
        data_part(index)
    assert "is not a file of its own" in str(caught.value)
