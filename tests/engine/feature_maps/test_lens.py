"""One model looked through: whose weights, what is kept, what is compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tests.helpers import photo, tiny_classifier
from tlstudio.core.config import RunConfig
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError, WeightsError, WeightsMissingError
from tlstudio.core.feature_maps.maps import MapOrder, MapRequest, WeightsOrigin
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.feature_maps import lens
from tlstudio.engine.feature_maps import maps as feature_maps
from tlstudio.engine.feature_maps.lens import Lens, twin
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.save import save_weights


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    photo().save(path)
    return path


def test_the_classifier_in_hand_is_looked_through(image: Path) -> None:
    classifier = tiny_classifier()
    through = Lens(RunConfig(), 2, classifier)
    assert through.open() is WeightsOrigin.TRAINED
    maps = through.maps(MapRequest(ImageRef.of_file(image), "0", MapOrder.NUMBER))
    assert maps is not None
    assert maps.maps.shape == (4, 7, 7) and maps.channels == (0, 1, 2, 3)
    assert through.view(ImageRef.of_file(image)).shape == (16, 16, 3)
    assert through.filters(MapOrder.NUMBER, 0, 64).tiles.shape == (4, 3, 3, 3)


def test_networks_for_grey_images(image: Path) -> None:
    classifier = tiny_classifier()
    classifier.network[0] = nn.Conv2d(1, 4, 3, stride=2)
    classifier.preprocessing = classifier.preprocessing.as_grey()
    through = Lens(RunConfig(), 2, classifier)
    maps = through.maps(MapRequest(ImageRef.of_file(image), "0"))
    assert maps is not None and maps.maps.shape == (4, 7, 7)
    view = through.view(ImageRef.of_file(image))
    assert view.shape == (16, 16, 3) and (view[..., 0] == view[..., 2]).all()
    assert through.filters(MapOrder.NUMBER, 0, 64).tiles.shape == (4, 3, 3)


def test_a_twin_shares_the_weights_and_nothing_else() -> None:
    network = tiny_classifier().network.train()
    copy = twin(network)
    assert network.training and not copy.training
    for mine, theirs in zip(network.parameters(), copy.parameters(), strict=True):
        assert mine.data_ptr() == theirs.data_ptr()
    ran = []
    network.register_forward_hook(lambda *_: ran.append("original"))
    copy(torch.zeros(1, 3, 16, 16))
    assert not ran


def test_a_layer_that_was_seen_is_not_computed_again(
    image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = []
    real = feature_maps.layer_output

    def counted(*args: object) -> object:
        passes.append(args)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(lens, "layer_output", counted)
    through = Lens(RunConfig(), 2, tiny_classifier())
    for order in MapOrder:
        for first in (0, 2):
            through.maps(MapRequest(ImageRef.of_file(image), "0", order, first, 2))
    assert len(passes) == 1
    photo(1).save(image)
    through.maps(MapRequest(ImageRef.of_file(image), "0"))
    through.maps(MapRequest(ImageRef.of_file(image), "1"))
    assert len(passes) >= 2


def test_what_is_kept_is_bounded(
    tmp_path: Path, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lens, "OUTPUT_BYTES", 2 * 4 * 7 * 7 * 4)
    through = Lens(RunConfig(), 2, tiny_classifier())
    for path in ("0", "1", "2", "3"):
        through.maps(MapRequest(ImageRef.of_file(image), path))
    assert [key[2] for key in through._outputs] == ["2", "3"]
    for number in range(2 * lens.VIEWS_KEPT):
        path = tmp_path / f"{number}.png"
        photo(0, number).save(path)
        through.view(ImageRef.of_file(path))
    assert len(through._views) == lens.VIEWS_KEPT


def test_stopped_and_unreadable(tmp_path: Path, image: Path) -> None:
    through = Lens(RunConfig(), 2, tiny_classifier())
    stop = StopToken()
    stop.stop()
    assert through.maps(MapRequest(ImageRef.of_file(image), "0"), stop) is None
    with pytest.raises(ImageError):
        through.maps(MapRequest(ImageRef.of_file(tmp_path / "missing.png"), "0"))


def test_the_pretrained_network_and_what_training_changed(image: Path) -> None:
    pretrained = Lens(RunConfig(), 2)
    assert pretrained.open() is WeightsOrigin.PRETRAINED
    request = MapRequest(ImageRef.of_file(image), "blocks.0", MapOrder.NUMBER)
    before = pretrained.maps(request)

    classifier = tiny_classifier()
    classifier.model = "tf_efficientnet_lite0"
    classifier.preprocessing = pretrained._preprocessing
    classifier.network = pretrained._networks[WeightsOrigin.PRETRAINED]
    trained = Lens(RunConfig(), 2, classifier)
    with torch.no_grad():
        classifier.network.get_parameter("blocks.0.0.conv_pw.weight").mul_(2)
    both = trained.compare(request)
    assert before is not None and both is not None
    assert both.difference.high > 0
    old = [before.maps[channel].astype(int) for channel in both.before.channels]
    # what was the whole range is now a part of the common one, in the same order
    assert np.argmax(old[0]) == np.argmax(both.before.maps[0])
    filters = trained.compare_filters(MapOrder.NUMBER, 0, 64)
    assert (filters.difference.tiles == 128).all()  # the first convolution stayed


def test_a_start_from_a_file_shows_the_values_of_the_file(image: Path, tmp_path: Path) -> None:
    config = RunConfig().changed(model="lenet5", initialisation="random", seed=7, image_px=32)
    source = build_classifier(config, ("a", "b"))
    save_weights(source, tmp_path / "w.safetensors")
    start = config.changed(initialisation="file", start_from=str(tmp_path / "w.safetensors"))
    request = MapRequest(ImageRef.of_file(image), first_convolution(source), MapOrder.NUMBER)
    through = Lens(start, 2)
    assert through.open() is WeightsOrigin.FILE
    one, two = through.maps(request), Lens(config, 2, source).maps(request)
    assert one is not None and two is not None
    assert np.array_equal(one.maps, two.maps)
    source.config = start
    both = Lens(start, 2, source).compare(request)
    assert both is not None and both.difference.high == both.difference.low == 0
    (tmp_path / "w.safetensors").unlink()
    with pytest.raises(WeightsError, match="is not there"):
        Lens(start, 2).open()


def first_convolution(classifier: Classifier) -> str:
    modules = classifier.network.named_modules()
    return next(name for name, module in modules if isinstance(module, nn.Conv2d))


def test_without_weights_on_this_machine_the_network_is_random_and_always_the_same(
    image: Path,
) -> None:
    through = Lens(RunConfig(model="squeezenet1_1"), 2)
    assert through.open() is WeightsOrigin.RANDOM
    again = Lens(RunConfig(model="squeezenet1_1"), 2)
    request = MapRequest(ImageRef.of_file(image), "features.0")
    one, two = through.maps(request), again.maps(request)
    assert one is not None and two is not None
    assert np.array_equal(one.maps, two.maps)
    with pytest.raises(WeightsMissingError):
        through.compare(request)
