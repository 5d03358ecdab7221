"""Pooled features: the right ones of each kind of network, kept, and found again by content."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers import make_photos, tiny_classifier
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ModelError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.models.build import architecture, build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.probing import features
from tlstudio.engine.probing.features import (
    HEAD_INPUT,
    PooledFeatures,
    Pooling,
    PoolingProgressed,
    pooled_features,
    stage_paths,
)
from tlstudio.engine.probing.pooling import Pooler


def samples_in(folder: Path, per_class: int = 4) -> list[Sample]:
    make_photos(folder, ("green", "red"), per_class)
    return [
        Sample(ImageRef.of_file(path), index, Split.TRAIN)
        for index, name in enumerate(("green", "red"))
        for path in sorted((folder / name).iterdir())
    ]


def run(
    classifier: Classifier, samples: list[Sample], *paths: str, precision: str = "float32"
) -> tuple[list[Pooling], PooledFeatures]:
    *events, last = pooled_features(
        classifier,
        samples,
        paths or (HEAD_INPUT,),
        StopToken(),
        precision=precision,  # type: ignore[arg-type]
    )
    assert isinstance(last, PooledFeatures)
    return events, last


def test_maps_are_averaged_and_the_head_gets_what_it_gets(tmp_path: Path) -> None:
    samples, classifier = samples_in(tmp_path), tiny_classifier()
    network = classifier.network
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    events, found = run(classifier, samples, "2", HEAD_INPUT)
    store = ImageStore(classifier.preprocessing)
    images = stack([store.view(sample.image) for sample in samples], classifier.preprocessing)
    with torch.no_grad():
        maps = network[:3].eval()(images)
        given = network[3:6].eval()(maps)
    np.testing.assert_allclose(found.vectors["2"], maps.mean(dim=(2, 3)), atol=1e-5)
    np.testing.assert_allclose(found.vectors[HEAD_INPUT], given, atol=1e-5)
    assert found.targets.tolist() == [0] * 4 + [1] * 4
    assert found.indices == tuple(range(8))
    assert found.images_per_s is not None
    assert events[-1] == PoolingProgressed(8, 8, 0)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_modes_and_hooks_are_left_alone(tmp_path: Path) -> None:
    classifier = tiny_classifier()
    classifier.network.train()
    classifier.network[1].eval()
    run(classifier, samples_in(tmp_path), "2", HEAD_INPUT)
    modules = list(classifier.network.modules())
    assert [m.training for m in modules] == [True, True, False, True, True, True, True, True]
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in modules)


def test_a_second_question_computes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples, classifier = samples_in(tmp_path), tiny_classifier()
    _, first = run(classifier, samples, "2", HEAD_INPUT)

    def refuse(*_: object, **__: object) -> object:
        raise AssertionError("computed again")

    monkeypatch.setattr(features, "eval_batches", refuse)
    events, second = run(tiny_classifier(), list(reversed(samples)), HEAD_INPUT)
    assert events == [PoolingProgressed(8, 8, 8)]
    assert (second.from_cache, second.images_per_s) == (8, None)
    np.testing.assert_array_equal(second.vectors[HEAD_INPUT], first.vectors[HEAD_INPUT][::-1])


def test_what_changes_the_features_is_computed_again(tmp_path: Path) -> None:
    samples, classifier = samples_in(tmp_path), tiny_classifier()
    _, first = run(classifier, samples)
    with torch.no_grad():
        classifier.network[6].weight.add_(1)  # another head is given the same
    assert run(classifier, samples)[1].from_cache == 8
    samples[0].image.path.write_bytes(samples[-1].image.path.read_bytes())
    _, second = run(classifier, samples)
    assert second.from_cache == 8  # its new content is that of another file
    np.testing.assert_array_equal(second.vectors[HEAD_INPUT][0], first.vectors[HEAD_INPUT][-1])
    with torch.no_grad():
        classifier.network[1].running_mean.add_(0.5)
    assert run(classifier, samples)[1].from_cache == 0


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_unreadable_images_are_told_of_and_left_out(tmp_path: Path, precision: str) -> None:
    samples = samples_in(tmp_path)
    samples[1].image.path.write_bytes(b"no image")
    samples[6].image.path.unlink()
    for again in range(2):
        events, found = run(tiny_classifier(), samples, precision=precision)
        assert {e.path for e in events if isinstance(e, SampleSkipped)} == {
            str(samples[1].image),
            str(samples[6].image),
        }
        assert found.indices == (0, 2, 3, 4, 5, 7)
        assert found.from_cache == 6 * again
        assert len(found.targets) == len(found.vectors[HEAD_INPUT]) == 6


def test_stopped_it_keeps_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "BATCH", 2)
    samples, classifier, stop = samples_in(tmp_path), tiny_classifier(), StopToken()
    for event in pooled_features(classifier, samples, (HEAD_INPUT,), stop, precision="float32"):
        if isinstance(event, PoolingProgressed) and event.done >= 4:
            stop.stop()
    assert not isinstance(event, PooledFeatures)
    assert run(classifier, samples)[1].from_cache >= 4


def test_bfloat16_is_near_and_kept_apart(tmp_path: Path) -> None:
    samples, classifier = samples_in(tmp_path), tiny_classifier()
    _, short = run(classifier, samples, precision="bfloat16")
    _, exact = run(classifier, samples, precision="float32")
    a, b = exact.vectors[HEAD_INPUT], short.vectors[HEAD_INPUT]
    assert (short.from_cache, exact.from_cache) == (0, 0)
    assert 0 < np.linalg.norm(a - b) / np.linalg.norm(a) < 0.05
    assert run(classifier, samples, precision="bfloat16")[1].from_cache == 8


def test_where_bfloat16_is_too_far_off_it_is_float32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "TOLERABLE_ERROR", 0.0)
    samples, classifier = samples_in(tmp_path), tiny_classifier()
    _, asked = run(classifier, samples, precision="bfloat16")
    _, exact = run(classifier, samples, precision="float32")
    assert exact.from_cache == 8
    np.testing.assert_array_equal(asked.vectors[HEAD_INPUT], exact.vectors[HEAD_INPUT])
    assert run(classifier, samples, precision="bfloat16")[1].from_cache == 8


def test_paths_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        run(tiny_classifier(), samples_in(tmp_path), "nowhere")


MODELS = (
    "resnet18",
    "squeezenet1_1",
    "swin_t",  # channels last
    "deit_tiny_distilled_patch16_224",  # class tokens, two heads
    "lenet5",
)


@pytest.mark.parametrize("model", MODELS)
def test_every_stage_of_every_kind_has_a_vector_an_image(model: str) -> None:
    with torch.device("meta"):
        network = architecture(model, 3)
    tree = layer_tree(model, 3)
    paths = stage_paths(tree)
    own = inputs_of(model)
    shape = (1, own.channels, own.crop_px, own.crop_px)
    pooler = Pooler(network, paths, torch.zeros(shape, device="meta"))
    assert tuple(pooler.sizes) == paths
    assert paths[-1] == HEAD_INPUT
    for path in paths[:-1]:
        shape_of = tree.nodes[path].output_shape
        assert pooler.sizes[path] in (shape_of[0], shape_of[-1])
        assert not tree.nodes[path].is_head
    if model == "swin_t":
        assert [pooler.sizes[path] for path in paths[:3]] == [96, 96, 192]
    if model.startswith("deit"):
        assert pooler.sizes[HEAD_INPUT] == 2 * 192


def inputs_of(model: str) -> Preprocessing:
    from tlstudio.engine.models.catalog import get_model

    return get_model(model).preprocessing


def test_grey_and_small_inputs_work(tmp_path: Path) -> None:
    config = RunConfig(model="squeezenet1_1", initialisation="random", image_px=64, colours="grey")
    _, found = run(build_classifier(config, ("green", "red")), samples_in(tmp_path, 2))
    assert found.vectors[HEAD_INPUT].shape == (4, 512)


@pytest.mark.parametrize("paths", [(HEAD_INPUT,), ("2", HEAD_INPUT)])
def test_vectors_of_another_engine_are_near_and_kept_apart(
    tmp_path: Path, paths: tuple[str, ...]
) -> None:
    samples, classifier = samples_in(tmp_path), tiny_classifier()
    _, exact = run(classifier, samples, *paths)
    classifier.config = classifier.config.changed(engine="onnxruntime")
    before = len(list(features.pooled_dir().iterdir()))
    _, fast = run(classifier, samples[:5], *paths)
    assert fast.from_cache == 5  # torch's are as good

    for name in features.pooled_dir().iterdir():
        shutil.rmtree(name)
    _, fast = run(classifier, samples[:5], *paths)
    _, rest = run(classifier, samples, *paths)
    assert (fast.from_cache, rest.from_cache) == (0, 5)
    assert len(list(features.pooled_dir().iterdir())) == before
    for path in paths:
        np.testing.assert_allclose(rest.vectors[path], exact.vectors[path], rtol=0, atol=1e-5)
    classifier.config = classifier.config.changed(engine="torch")
    assert run(classifier, samples, *paths)[1].from_cache == 0
