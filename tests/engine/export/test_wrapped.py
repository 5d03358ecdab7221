import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from tlstudio.core.config import make_config
from tlstudio.core.evaluation.novelty import ConformalLevels, NoveltyDetector
from tlstudio.engine.data.transforms import normalise
from tlstudio.engine.export.wrapped import (
    DISTANCE,
    INPUT,
    LIMIT_SLACK,
    ExportedNetwork,
    export_metadata,
    limits_of,
)
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.onnx.convert import to_onnx
from tlstudio.engine.onnx.session import session
from tlstudio.engine.probing.pooling import feature_pooler

CLASSES = ("개", "고양이", "새")


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """LeNet on grey images, which tells "none of these"."""
    made = build_classifier(
        make_config({"model": "lenet5", "initialisation": "random", "seed": 1}), CLASSES
    )
    made.network.eval()
    made.temperature = 1.7
    own = made.preprocessing
    pooler = feature_pooler(made.network, own)
    images = torch.randn(40, own.channels, own.crop_px, own.crop_px)
    logits, vectors = pooler.with_logits(images)
    nobody = ConformalLevels(np.zeros(0, np.float32), np.zeros(0, np.int32), len(CLASSES))
    detector = NoveltyDetector.packed(vectors.numpy(), [0] * 40, nobody)
    known = ConformalLevels(
        detector.distances(vectors.numpy()), logits.argmax(1).numpy().astype(np.int32), 3
    )
    made.novelty = replace(detector, known=known)
    return made


@pytest.mark.parametrize("with_preprocessing", [False, True])
def test_the_exported_graph_says_what_the_studio_says(tmp_path, classifier, with_preprocessing):
    own = classifier.preprocessing
    module = ExportedNetwork(classifier, with_preprocessing=with_preprocessing)
    to_onnx(
        module,
        module.example(side=own.crop_px),
        tmp_path / "a.onnx",
        input_names=(INPUT,),
        output_names=module.output_names,
    )
    views = torch.randint(0, 256, (5, 3, own.crop_px, own.crop_px), dtype=torch.uint8)
    inputs = normalise(views, own)
    given = views if with_preprocessing else inputs
    probabilities, distances = session(tmp_path / "a.onnx").run(None, {INPUT: given.numpy()})
    logits, vectors = feature_pooler(classifier.network, own).with_logits(inputs)
    wanted = (logits / classifier.temperature).softmax(dim=1).numpy()
    np.testing.assert_allclose(probabilities, wanted, atol=1e-6)
    np.testing.assert_allclose(distances, classifier.novelty.distances(vectors.numpy()), atol=1e-6)


def test_limits_refuse_what_the_studio_refuses(classifier):
    limits = limits_of(classifier)
    detector = classifier.novelty
    for answer, limit in enumerate(limits):
        own = limit - LIMIT_SLACK
        beyond = np.nextafter(np.float32(limit), np.float32(9))
        for distance in (*detector.known.scores[:10].tolist(), own, beyond):
            is_known = detector.judge(np.float32(distance), answer).is_known
            assert is_known is bool(np.float32(distance) <= np.float32(limit))


def test_metadata_say_how_to_read_a_file(classifier):
    values = export_metadata(classifier, with_preprocessing=True, licence="bsd")
    assert json.loads(values["classes"]) == list(CLASSES)
    assert json.loads(values["preprocessing"])["inside"] is True
    assert len(json.loads(values["limits"])) == len(CLASSES)
    assert values["licence"] == "bsd" and json.loads(values["temperature"]) == 1.7


def test_none_of_these_stays_away_where_it_is_off_or_cannot_be_told(classifier):
    off = replace(classifier, novelty=classifier.novelty.changed(is_on=False))
    few = replace(classifier, novelty=classifier.novelty.changed(level=0.01))
    for one in (off, few, replace(classifier, novelty=None)):
        assert DISTANCE not in ExportedNetwork(one).output_names
        assert "limits" not in export_metadata(one, with_preprocessing=False)
