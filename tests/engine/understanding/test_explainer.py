"""Occlusion, the tests of maps and class averages, on networks whose reason is known."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from tests.helpers import make_photos, photo, tiny_classifier
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.core.understanding.heat_maps import MapMethod, MapRequest
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.understanding.explainer import Explainer
from tlstudio.engine.understanding.map_checks import deletion_check, likeness, rank_correlation
from tlstudio.engine.understanding.occlusion import occlusion

SIDE = 32


class RedCorner(nn.Module):
    """Class 1 is red in the upper left; nothing else counts."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 1)
        with torch.no_grad():
            self.conv.weight.copy_(torch.tensor([1.0, -0.5, -0.5]).view(1, 3, 1, 1))
            self.conv.bias.zero_()

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        red = self.conv(pixels).relu()[:, 0, : SIDE // 2, : SIDE // 2].mean((1, 2))
        return torch.stack([torch.zeros_like(red), 4 * red - 2], 1)


def red_corner() -> Classifier:
    preprocessing = Preprocessing(SIDE, SIDE, (0.5,) * 3, (0.5,) * 3)
    return Classifier(RedCorner(), "tiny", ("other", "corner"), preprocessing)


@pytest.fixture
def corner(tmp_path: Path) -> ImageRef:
    """Red in all four corners, grey between; the network looks at one of them."""
    pixels = np.full((SIDE, SIDE, 3), 128, np.uint8)
    for rows in (slice(0, 8), slice(24, 32)):
        for columns in (slice(0, 8), slice(24, 32)):
            pixels[rows, columns] = (255, 0, 0)
    path = tmp_path / "corner.png"
    Image.fromarray(pixels).save(path)
    return ImageRef.of_file(path)


def test_occlusion_finds_what_the_answer_rests_on(corner: ImageRef) -> None:
    explainer = Explainer(red_corner())
    told: list[tuple[int, int]] = []
    found = explainer.heat_map(
        MapRequest(corner, MapMethod.OCCLUSION, 1), on_progress=lambda *now: told.append(now)
    )
    assert found is not None
    assert found.values.shape == (SIDE, SIDE)
    assert found.values.max() == 1
    assert found.values[:8, :8].mean() > 0.5
    assert found.values[16:, 16:].max() == 0
    assert told[-1][0] == told[-1][1]
    check = explainer.check(found)
    assert check is not None
    assert check.points_at_cause and check.likeness is None
    assert check.probability == pytest.approx(found.probability, abs=1e-6)


def test_a_map_that_looks_elsewhere_fails_its_test(corner: ImageRef) -> None:
    classifier = red_corner()
    found = Explainer(classifier).heat_map(MapRequest(corner, MapMethod.OCCLUSION, 1))
    assert found is not None
    pixels = torch.from_numpy(found.pixels).permute(2, 0, 1)[None] / 127.5 - 1
    wrong = torch.zeros(SIDE, SIDE)
    wrong[16:, 16:] = 1
    assert not deletion_check(classifier.network, pixels, 1, wrong).points_at_cause
    right = torch.from_numpy(found.values)
    assert deletion_check(classifier.network, pixels, 1, right).points_at_cause


def test_occlusion_in_batches_equals_one_square_at_a_time() -> None:
    network = tiny_classifier().network.eval()
    pixels = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(3))
    found = occlusion(network, pixels, 0, places=5)
    assert found is not None
    total, count = torch.zeros(16, 16), torch.zeros(16, 16)
    with torch.no_grad():
        whole = network(pixels).log_softmax(1)[0, 0]
        for top in (0, 3, 6, 9, 12):
            for left in (0, 3, 6, 9, 12):
                other = pixels.clone()
                other[..., top : top + 4, left : left + 4] = pixels.mean((2, 3), keepdim=True)
                loss = whole - network(other).log_softmax(1)[0, 0]
                total[top : top + 4, left : left + 4] += loss
                count[top : top + 4, left : left + 4] += 1
    assert torch.allclose(found, (total / count).relu(), atol=1e-5)
    stop = StopToken()
    stop.stop()
    assert occlusion(network, pixels, 0, stop=stop) is None


def test_a_map_that_does_not_depend_on_the_weights_is_told() -> None:
    class Edge(nn.Module):
        """Its maps are the picture itself, whatever its weights."""

        def __init__(self) -> None:
            super().__init__()
            self.same = nn.ReLU()
            self.scale = nn.Parameter(torch.tensor([2.0]))

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return self.scale * self.same(pixels).mean((1, 2, 3), keepdim=True)[..., 0, 0]

    pixels = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    values = pixels[0].mean(0)
    assert likeness(Edge().eval(), pixels, 0, values, "same") == pytest.approx(1, abs=1e-6)
    network = tiny_classifier().network.eval()
    noise = torch.randn(1, 3, 16, 16)
    assert abs(likeness(network, noise, 0, torch.rand(7, 7), "0") or 0) < 0.6


def test_rank_correlation_is_spearmans() -> None:
    stats = pytest.importorskip("scipy.stats")
    generator = torch.Generator().manual_seed(0)
    one, other = torch.randint(0, 9, (2, 7, 7), generator=generator).float()
    expected = stats.spearmanr(one.flatten(), other.flatten()).statistic
    assert rank_correlation(one, other) == pytest.approx(expected)
    assert rank_correlation(one, torch.ones(7, 7)) == 0


def test_maps_lie_on_what_the_network_saw(tmp_path: Path) -> None:
    photo(size=(60, 40)).save(tmp_path / "a.png")
    classifier = tiny_classifier()
    classifier.network.train()
    before = copy.deepcopy(classifier.network.state_dict())
    explainer = Explainer(classifier)
    ref = ImageRef.of_file(tmp_path / "a.png")
    found = explainer.heat_map(MapRequest(ref, MapMethod.GRAD_CAM, 1))
    assert found is not None
    assert found.values.shape == found.pixels.shape[:2] == (16, 16)
    assert found.layer and found.grid == (7, 7)
    assert found.box.width == pytest.approx(32 / 60)
    check = explainer.check(found)
    assert check is not None and check.likeness is not None
    assert classifier.network.training  # a copy was used
    after = classifier.network.state_dict()
    assert all(torch.equal(value, before[name]) for name, value in after.items())
    stop = StopToken()
    stop.stop()
    assert explainer.heat_map(MapRequest(ref, MapMethod.GRAD_CAM, 1), stop) is None


def test_a_class_average_is_the_mean_of_its_maps(tmp_path: Path) -> None:
    make_photos(tmp_path, per_class=3)
    images = [ImageRef.of_file(path) for path in sorted((tmp_path / "red").glob("*.png"))]
    explainer = Explainer(tiny_classifier())
    maps = [explainer.heat_map(MapRequest(i, MapMethod.GRAD_CAM, 1)) for i in images]
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    average = explainer.class_average([*images, ImageRef.of_file(broken)], 1)
    assert average is not None
    mean = np.mean([found.values for found in maps if found is not None], axis=0)
    assert average.images == 3
    assert np.allclose(average.values, mean / mean.max(), atol=1e-5)
    pixels = np.mean([found.pixels for found in maps if found is not None], axis=0)
    assert np.abs(average.pixels - pixels).max() <= 1
    with pytest.raises(ImageError):
        explainer.class_average([ImageRef.of_file(broken)], 1)
    stop = StopToken()
    stop.stop()
    assert explainer.class_average(images, 1, stop) is None
