"""How a network is fitted to images that are not like those it was made for."""

from __future__ import annotations

import dataclasses

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import ImagesGlance
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.build_config import BuildConfig, build_config
from tlstudio.core.networks.catalog import (
    Library,
    ModelFilter,
    ModelSpec,
    SizeRule,
    WeightsPlace,
    WeightsSpec,
)
from tlstudio.core.networks.inputs import input_notes, input_preprocessing
from tlstudio.core.networks.preprocessing import Preprocessing

LARGE = Preprocessing(resize_px=384, crop_px=384)


def spec(**values: object) -> ModelSpec:
    weights = (
        WeightsSpec("V1", WeightsPlace.REMOTE, 1, Preprocessing()),
        WeightsSpec("E2E", WeightsPlace.CACHED, 1, LARGE),
    )
    row = ModelSpec(
        *("net", "Net", "Family", Library.TORCHVISION, 10, 1.0, weights, Preprocessing(), 64)
    )
    return dataclasses.replace(row, **values)  # type: ignore[arg-type]


def sentences(config: RunConfig, row: ModelSpec) -> list[str]:
    return [str(note) for note in input_notes(config, row)]


def test_nothing_is_changed_by_default() -> None:
    assert build_config(RunConfig(), spec()) == BuildConfig(224, 3, "original")
    assert input_preprocessing(RunConfig(), spec()) == Preprocessing()
    assert sentences(RunConfig(), spec()) == []


def test_a_file_to_start_from_was_trained_with_such_inputs_already() -> None:
    config = RunConfig(stem="small", colours="grey")
    assert any("summed" in sentence for sentence in sentences(config, spec()))
    file = config.changed(initialisation="file", start_from="w.pth")
    assert not any(
        "summed" in sentence or "kernels" in sentence for sentence in sentences(file, spec())
    )


def test_other_weights_bring_their_own_size() -> None:
    config = RunConfig(weights="E2E")
    assert build_config(config, spec()).image_px == 384
    assert input_preprocessing(config, spec()) == LARGE
    with pytest.raises(ConfigError, match="no weights called") as caught:
        build_config(RunConfig(weights="V9"), spec())
    assert "V1, E2E" in caught.value.hint_text


def test_a_size_keeps_the_share_of_the_margin() -> None:
    config = RunConfig(image_px=112)
    assert input_preprocessing(config, spec()).resize_px == 128
    assert sentences(config, spec()) == ["Images are 112 px wide instead of 224 px."]


def test_embeddings_are_only_resampled_where_there_are_some() -> None:
    config = RunConfig(image_px=112)
    row = spec(size_rule=SizeRule.INTERPOLATED)
    assert any("position embeddings" in text for text in sentences(config, row))
    random = config.changed(initialisation="random", strategy="from_scratch")
    assert not any("position embeddings" in text for text in sentences(random, row))


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match="64 px and more"):
        build_config(RunConfig(image_px=48), spec())
    with pytest.raises(ConfigError, match="224 px only"):
        build_config(RunConfig(image_px=256), spec(size_rule=SizeRule.FIXED))
    assert build_config(RunConfig(image_px=224), spec(size_rule=SizeRule.FIXED)).image_px == 224


def test_grey_averages_mean_and_deviation_and_says_what_happens_to_the_weights() -> None:
    config = RunConfig(colours="grey")
    grey = input_preprocessing(config, spec())
    assert grey.channels == 1 and grey.mean == pytest.approx((0.449,) * 3, abs=1e-3)
    assert any("summed" in text for text in sentences(config, spec()))
    own = spec(weights=(), preprocessing=dataclasses.replace(Preprocessing(), channels=1))
    assert build_config(RunConfig(), own).channels == 1
    assert sentences(RunConfig(), own) == ["Images are turned to grey: it has one channel."]


def test_the_small_stem_says_what_it_does() -> None:
    assert "pooling" in sentences(RunConfig(stem="small"), spec())[0]


def test_preprocessing_of_one_channel_survives_a_file() -> None:
    grey = Preprocessing().as_grey()
    assert Preprocessing.from_dict(grey.to_dict()) == grey
    old = {key: value for key, value in Preprocessing().to_dict().items() if key != "channels"}
    assert Preprocessing.from_dict(old) == Preprocessing()
    with pytest.raises(ValueError):
        Preprocessing.from_dict({**old, "channels": 2})


def test_the_filter_combines_its_conditions() -> None:
    small = spec(name="small", parameters=1_000_000, recommended=True)
    unknown = spec(name="unknown", parameters=0, library=Library.TIMM)
    bare = spec(name="bare", weights=(), preprocessing=LARGE, library=Library.CLASSIC)
    rows = (small, unknown, bare)

    def names(wanted: ModelFilter) -> list[str]:
        return [row.name for row in wanted(rows)]

    assert names(ModelFilter()) == ["small", "unknown", "bare"]
    assert names(ModelFilter(recommended=True)) == ["small"]
    assert names(ModelFilter(library=Library.TIMM)) == ["unknown"]
    assert names(ModelFilter(max_parameters=10**6)) == ["small", "bare"]  # unknown is not small
    assert names(ModelFilter(max_input_px=224)) == ["small", "unknown"]
    assert names(ModelFilter(with_weights=True)) == ["small", "unknown"]
    assert names(ModelFilter(ready=True, query="NET small")) == ["small"]
    assert names(ModelFilter(family="Other")) == []


def test_what_happens_to_tiny_and_grey_images_is_said() -> None:
    tiny = ImagesGlance(short_side_px=28, is_grey=True)
    assert [str(note) for note in input_notes(RunConfig(), spec(), tiny)] == [
        "The images of the dataset, about 28 px, are enlarged to 224 px.",
        "Grey images are repeated into red, green and blue.",
    ]
    fitting = ImagesGlance(short_side_px=200, is_grey=False)
    assert input_notes(RunConfig(), spec(), fitting) == ()
    grey = RunConfig(colours="grey", image_px=64)
    assert not any("repeated" in str(note) for note in input_notes(grey, spec(), tiny))
