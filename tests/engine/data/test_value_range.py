"""Deep images: one range of values for the whole dataset, kept with it and with what it trains."""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from tests.helpers import plan_of, tiny_classifier, tiny_preprocessing
from tlstudio.cli.dataset import add_data_argument, add_split_flags, open_data, read_data
from tlstudio.cli.output import Output
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.values import ValueRange
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.code_export.code import export_code
from tlstudio.engine.data.digests import ContentDigests
from tlstudio.engine.data.images import check_image, read_image
from tlstudio.engine.data.sources import open_dataset, value_range
from tlstudio.engine.data.store import read_view
from tlstudio.engine.runs.files import split_values
from tlstudio.engine.training.trainer import train

RAMP = np.tile(np.linspace(0, 1, 256), (16, 1))


def _levels(image: ImageRef | Path) -> NDArray[np.uint8]:
    return np.asarray(read_image(image))[..., 0]


def _write(path: Path, values: NDArray[np.generic], mode: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if mode:
        size = (values.shape[1], values.shape[0])
        Image.frombytes(mode, size, values.tobytes()).save(path)
    else:
        Image.fromarray(values).save(path)
    return path


def _dataset(root: Path, tops: tuple[float, ...] = (1.0, 0.5), count: int = 4) -> Path:
    """Two classes of 12-bit greys, the second one darker."""
    for name, top in zip(("bright", "dark"), tops, strict=True):
        for i in range(count):
            values = (RAMP * 4095 * top).round().astype(np.uint16)
            values[0, i] = 0  # no two are the same
            _write(root / name / f"{i}.png", values)
    return root


def test_greys_of_every_depth_keep_their_levels(tmp_path: Path) -> None:
    for bits, suffix in product((10, 12, 14, 16), (".png", ".tif")):
        stored = (RAMP * (2**bits - 1)).round().astype(np.uint16)
        path = _write(tmp_path / f"deep{bits}{suffix}", stored)
        assert check_image(path) is None
        assert np.abs(_levels(path)[0].astype(int) - np.arange(256)).max() <= 1, path


def test_big_endian_and_32_bits(tmp_path: Path) -> None:
    big = _write(tmp_path / "big.tif", (RAMP * 65535).round().astype(">u2"), "I;16B")
    small = _write(tmp_path / "small.tif", (RAMP * 200).astype(np.int32))
    large = _write(tmp_path / "large.tif", (RAMP * 1.9e9).astype(np.int32))
    assert [int(_levels(path).max()) for path in (big, small, large)] == [255, 200, 255]
    assert len(np.unique(_levels(large))) == 256


def test_floats_keep_their_levels_whatever_one_pixel_says(tmp_path: Path) -> None:
    ranges = ((0, 1), (-1, 1), (0, 255), (-1024, 3071), (0, 65535))
    for (low, high), odd in product(ranges, (None, np.inf, -np.inf, np.nan)):
        stored = (RAMP * (high - low) + low).astype(np.float32)
        if odd is not None:
            stored[3, 3] = odd
        levels = _levels(_write(tmp_path / "float.tif", stored))
        assert np.abs(levels[0].astype(int) - np.arange(256)).max() <= 1, (low, high, odd)
        assert odd is None or levels[3, 3] == (255 if odd == np.inf else 0)


def test_a_transparent_value_of_a_deep_grey_is_white(tmp_path: Path) -> None:
    image = Image.fromarray((RAMP * 65535).round().astype(np.uint16))
    image.save(tmp_path / "clear.png", transparency=0)
    levels = _levels(tmp_path / "clear.png")[0]
    assert levels[0] == 255
    assert levels[1] < 3


def test_all_images_of_a_dataset_are_shown_in_one_range(tmp_path: Path) -> None:
    index = open_dataset(_dataset(tmp_path / "set", (1.0, 0.01)))
    assert index.values == ValueRange(0, 4095)
    dark = [s.image for s in index.samples if index.classes[s.class_index] == "dark"]
    assert max(int(_levels(image).max()) for image in dark) <= 3
    assert any("4095" in str(warning) for warning in index.warnings)


def test_ordinary_images_have_no_range(tmp_path: Path) -> None:
    root = _dataset(tmp_path / "set")
    for name in ("bright", "dark"):
        _write(root / name / "photo.png", (RAMP * 255).astype(np.uint8))
    index = open_dataset(root)
    assert {s.image.name: s.image.values for s in index.samples} == {
        "photo.png": None,
        **{f"{i}.png": ValueRange(0, 4095) for i in range(4)},
    }


def test_the_chosen_range_is_another_dataset_with_other_digests(tmp_path: Path) -> None:
    root = _dataset(tmp_path / "set")
    before = open_dataset(root)
    chosen = open_dataset(root, options=ReadOptions(values=ValueRange(0, 1000)))
    assert chosen.values == ValueRange(0, 1000)
    assert chosen.fingerprint != before.fingerprint
    with ContentDigests() as digests:
        one, other = (digests.of(i.samples[0].image).content for i in (before, chosen))
    assert one != other
    assert int(_levels(chosen.samples[0].image)[1, 70]) == 255  # 70/256 of 4095 is beyond


def test_opening_again_decodes_no_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = _dataset(tmp_path / "set")
    before = open_dataset(root)
    monkeypatch.setattr(value_range, "deep_values", lambda image: pytest.fail("decoded again"))
    assert open_dataset(root).values == before.values
    assert open_dataset(root).value_facts == before.value_facts


def _train(index: DatasetIndex) -> Preprocessing:
    classifier = tiny_classifier(index.classes)
    config = RunConfig().changed(epochs=1, batch_size=4, device="cpu")
    list(train(config, index, StopToken(), classifier, plan=plan_of(classifier.network)))
    preprocessing: Preprocessing = classifier.preprocessing
    return preprocessing


def test_a_trained_network_reads_new_files_as_its_dataset(tmp_path: Path) -> None:
    index = open_dataset(_dataset(tmp_path / "set"), options=ReadOptions(values=ValueRange(0, 800)))
    assert split_values(index)["options"] == {"values": {"low": 0.0, "high": 800.0}}
    preprocessing = Preprocessing.from_dict(_train(index).to_dict())
    assert preprocessing.values == ValueRange(0, 800)
    path = index.samples[0].path
    assert path is not None
    new, own = ImageRef.of_file(path), index.samples[0].image
    assert bool((read_view(new, preprocessing) == read_view(own, preprocessing)).all())
    assert bool((read_view(new, tiny_preprocessing()) != read_view(own, preprocessing)).any())


def test_the_terminal_chooses_a_range(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _dataset(tmp_path / "set")
    parser = argparse.ArgumentParser()
    add_data_argument(parser)
    add_split_flags(parser)
    for given, low, high in (
        ("0,1000", 0, 1000),
        ("-500,1300", -500, 1300),
        ("lung", -1350, 150),
        ("data", 0, 4095),
    ):
        arguments = parser.parse_args([str(root), f"--values={given}"])
        index = open_data(arguments, Output(), StopToken())
        assert index.values == ValueRange(low, high)
        assert f"{low} is shown as black, {high} as white" in capsys.readouterr().err
    for given in ("wide", "1", "5,5", "9,3", "0,inf"):
        with pytest.raises(ConfigError, match="no range of values"):
            read_data(argparse.Namespace(data=root, values=given), None, None)


def test_the_exported_code_reads_them_alike(tmp_path: Path) -> None:
    values = ValueRange(-200, 900)
    index = open_dataset(_dataset(tmp_path / "set"), options=ReadOptions(values=values))
    script = export_code(RunConfig(), index).script
    names: dict[str, Any] = {"Image": Image, "ImageOps": ImageOps, "np": np}
    start = script.index("def read_image")
    exec(script[start : script.index("\n\n\n", start)], names)
    for sample in index.samples:
        assert np.array_equal(
            np.asarray(names["read_image"](sample.path)), read_image(sample.image)
        )
