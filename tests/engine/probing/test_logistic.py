"""Logistic regression against scikit-learn's, and heads that start as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from tests.helpers import make_photos, tiny_classifier, tiny_preprocessing
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ModelError, TrainingError
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.logistic import fit_head, head_linears, probe_head


def made(count: int = 60, width: int = 7, classes: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    targets = torch.arange(count) % classes
    centres = torch.randn(classes, width, generator=generator)
    x = centres[targets] + 1.2 * torch.randn(count, width, generator=generator)
    scales = torch.logspace(-2, 2, width)
    return x * scales + 5 * scales, targets


def test_it_is_scikit_learns_on_standardised_features() -> None:
    x, targets = made()
    l2 = 0.05
    weight, bias = fit_head(x, targets, 3, l2)
    values = x.double().numpy()
    standard = (values - values.mean(0)) / values.std(0)
    model = LogisticRegression(C=1 / (l2 * len(x)), tol=1e-10, max_iter=5000)
    model.fit(standard, targets.numpy())
    ours = (x.double() @ weight.T + bias).softmax(dim=1).numpy()
    np.testing.assert_allclose(ours, model.predict_proba(standard), atol=1e-6)


def test_equal_features_give_equal_values_whatever_torch_is_set_to() -> None:
    x, targets = made()
    first = fit_head(x, targets, 3)
    torch.manual_seed(7)
    with torch.no_grad():
        again = fit_head(x, targets, 3)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


def test_constant_features_and_missing_classes_do_no_harm() -> None:
    x, targets = made(classes=2)
    x = torch.cat([x, torch.full((len(x), 1), 3.0)], dim=1)
    weight, bias = fit_head(x, targets, 4)
    assert weight.shape == (4, 8)
    assert weight.isfinite().all()
    assert bias.isfinite().all()
    assert weight[:, -1].abs().max() == 0
    predicted = (x.double() @ weight.T + bias).argmax(dim=1)
    assert set(predicted.tolist()) <= {0, 1}


def samples_of(folder: Path, classes: tuple[str, ...] = ("green", "red")) -> list[Sample]:
    make_photos(folder, classes, 6)
    return [
        Sample(ImageRef.of_file(path), index, Split.TRAIN)
        for index, name in enumerate(classes)
        for path in sorted((folder / name).iterdir())
    ]


def run(
    classifier: Classifier, samples: list[Sample], stop: StopToken | None = None
) -> list[object]:
    store = ImageStore(classifier.preprocessing)
    return list(probe_head(classifier, samples, store, batch_size=5, stop=stop or StopToken()))


def test_the_head_starts_as_the_probe_of_what_it_is_given(tmp_path: Path) -> None:
    samples = samples_of(tmp_path)
    (tmp_path / "red" / "red_000.png").write_bytes(b"no image")
    classifier = tiny_classifier()
    network = classifier.network.train()
    network[0].eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    events = run(classifier, samples)
    assert sum(e for e in events if isinstance(e, int)) == 11
    assert [type(e) for e in events].count(SampleSkipped) == 1
    assert [network[n].training for n in (0, 1, 5)] == [False, True, True]
    after = network.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"6.weight", "6.bias"}
    # Colours tell the classes apart even through a random backbone.
    from tlstudio.engine.evaluation import evaluate

    assert evaluate(classifier, samples).accuracy == 1.0


def test_stopped_it_leaves_the_head_alone(tmp_path: Path) -> None:
    classifier, stop = tiny_classifier(), StopToken()
    before = classifier.network[6].weight.clone()
    stop.stop()
    run(classifier, samples_of(tmp_path), stop)
    assert torch.equal(classifier.network[6].weight, before)


def test_without_a_readable_image_it_says_so(tmp_path: Path) -> None:
    samples = samples_of(tmp_path)
    for sample in samples:
        sample.image.path.write_bytes(b"no image")
    with pytest.raises(TrainingError, match="No training image"):
        run(tiny_classifier(), samples)


class TwoHeads(nn.Module):
    """As distilled transformers: two heads whose answers are averaged."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Conv2d(3, 4, 3, stride=2)
        self.head, self.head_dist = nn.Linear(4, 2), nn.Linear(4, 2)

    def get_classifier(self) -> tuple[nn.Module, nn.Module]:
        return self.head, self.head_dist

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.body(images)
        average, most = maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))
        logits: torch.Tensor = (self.head(average) + self.head_dist(most)) / 2
        return logits


def test_each_part_of_a_head_gets_its_own_fit(tmp_path: Path) -> None:
    torch.manual_seed(0)
    classifier = Classifier(
        TwoHeads(), "two", ("green", "red"), tiny_preprocessing(), config=RunConfig()
    )
    run(classifier, samples_of(tmp_path))
    linears = head_linears(classifier.network, 2)
    assert list(linears) == ["head", "head_dist"]
    assert not torch.allclose(linears["head"].weight, linears["head_dist"].weight)


def test_a_head_that_is_not_linear_is_refused() -> None:
    with torch.device("meta"):
        network = architecture("squeezenet1_1", 3)
    with pytest.raises(ModelError, match="SqueezeNet is not a linear layer"):
        head_linears(network, 3)
