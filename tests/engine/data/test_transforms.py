"""What the network sees."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode, v2

from tests.helpers import make_photos, photo
from tlstudio.core.config import FIELD_BY_NAME, RunConfig
from tlstudio.core.data.augmentation import UNVARIED, VARIED, AugmentationOptions
from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.data.preview import (
    augmented_views,
    image_variations,
    mixed_views,
    network_view,
)
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.data.store import read_picture
from tlstudio.engine.data.transforms import (
    denormalise,
    eval_transform,
    eval_view,
    normalise,
    train_transform,
    train_view,
    view_after,
    view_pixels,
)

EVERYTHING = AugmentationOptions(
    crop_rotation_degrees=20,
    flips="both",
    auto_augment="rand_augment",
    colour_jitter=0.4,
    hue_jitter=0.1,
    blur=0.9,
    erasing=0.9,
)
PREPROCESSING = Preprocessing(resize_px=40, crop_px=32)
BICUBIC = Preprocessing(
    resize_px=36, crop_px=32, mean=(0.5, 0.5, 0.5), std=(0.5, 0.4, 0.3), interpolation="bicubic"
)


@pytest.mark.parametrize("preprocessing", [PREPROCESSING, BICUBIC])
def test_eval_equals_torchvisions_own(preprocessing: Preprocessing) -> None:
    theirs = v2.Compose(
        [
            v2.Resize(preprocessing.resize_px, InterpolationMode(preprocessing.interpolation)),
            v2.CenterCrop(preprocessing.crop_px),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(preprocessing.mean, preprocessing.std),
        ]
    )
    for size in ((100, 70), (30, 90), (20, 20)):
        image = photo(size=size)
        torch.testing.assert_close(eval_transform(preprocessing)(image), theirs(image))


def test_every_choice_of_the_configuration_is_known() -> None:
    assert {*VARIED, "none"} == set(FIELD_BY_NAME["augmentation"].text.choices or {})


@pytest.mark.parametrize("options", (UNVARIED, *map(AugmentationOptions, VARIED), EVERYTHING))
@pytest.mark.parametrize("size", [(100, 70), (20, 90), (5, 5), (1, 300)])
def test_views_have_the_right_shape_and_repeat(
    options: AugmentationOptions, size: tuple[int, int]
) -> None:
    image = photo(size=size)
    view = train_view(image, options, PREPROCESSING, random.Random(1))
    assert (view.dtype, tuple(view.shape)) == (torch.uint8, (3, 32, 32))
    assert torch.equal(view, train_view(image, options, PREPROCESSING, random.Random(1)))
    as_tensor = torch.from_numpy(np.array(image)).permute(2, 0, 1)
    same = train_view(as_tensor, options, PREPROCESSING, random.Random(1))
    assert (same.int() - view.int()).abs().max() <= 2
    others = [train_view(image, options, PREPROCESSING, random.Random(n)) for n in range(9)]
    if options.is_varied and min(size) > 1:
        assert any(not torch.equal(view, other) for other in others)


def test_the_global_generator_is_left_alone() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    train_transform(EVERYTHING, PREPROCESSING)(photo(), random.Random(0))
    assert torch.equal(before, torch.get_rng_state())


def test_a_thread_of_pixels_does_not_fill_the_memory() -> None:
    assert tuple(eval_view(photo(size=(30_000, 1)), Preprocessing()).shape) == (3, 224, 224)


def test_denormalise_gives_the_pixels_back() -> None:
    view = torch.randint(0, 256, (3, 8, 9), dtype=torch.uint8)
    for preprocessing in (PREPROCESSING, BICUBIC):
        image = denormalise(normalise(view, preprocessing), preprocessing)
        assert (image.dtype, image.shape) == (np.uint8, (8, 9, 3))
        assert np.array_equal(image, view_pixels(view))


def test_preview(tmp_path: Path) -> None:
    index = open_dataset(make_photos(tmp_path, per_class=5))
    config = RunConfig()
    views = augmented_views(index, config, PREPROCESSING, 12, seed=1)
    assert len(views) == 12
    assert all(view.image.shape == (32, 32, 3) for view in views)
    assert {view.class_index for view in views} == {0, 1}
    again = augmented_views(index, config, PREPROCESSING, 12, seed=1)
    assert all(np.array_equal(a.image, b.image) for a, b in zip(views, again, strict=True))
    assert len({view.image.tobytes() for view in views}) > 8  # repeated photos vary again
    only = augmented_views(index, config, PREPROCESSING, 3, seed=2, class_index=1)
    assert [view.class_index for view in only] == [1, 1, 1]
    for sample in index.samples:
        sample.image.path.write_bytes(b"")
    assert augmented_views(index, config, PREPROCESSING, 3, seed=2) == []


def test_network_view_is_the_eval_view(tmp_path: Path) -> None:
    photo().save(tmp_path / "a.png")
    view = network_view(ImageRef.of_file(tmp_path / "a.png"), PREPROCESSING)
    assert np.array_equal(view, view_pixels(eval_view(photo(), PREPROCESSING)))


def test_variations_of_one_image(tmp_path: Path) -> None:
    index = open_dataset(make_photos(tmp_path, per_class=3))
    image = index.by_split[Split.TRAIN][0].image
    config = RunConfig(blur=0.5)
    plain, *varied = image_variations(image, index, config, PREPROCESSING, 16, seed=1)
    assert np.array_equal(plain.image, network_view(image, PREPROCESSING)) and plain.steps == ()
    assert len({view.image.tobytes() for view in varied}) > 12
    picture = read_picture(image, PREPROCESSING)
    for view in varied:
        assert np.array_equal(
            view.image, view_pixels(view_after(picture, view.steps, PREPROCESSING))
        )
        numbers = normalise(torch.from_numpy(view.image).permute(2, 0, 1), PREPROCESSING)
        for row, channel in zip(numbers, view.channels, strict=True):
            assert channel.mean == pytest.approx(float(row.mean()), abs=1e-5)
            assert (channel.low, channel.high) == (float(row.min()), float(row.max()))
        shown = view.numbers.astype(float) / 255 * 5 - 2.5
        expected = numbers.permute(1, 2, 0).clamp(-2.5, 2.5).numpy()
        assert np.abs(shown - expected).max() < 0.02
    grey = image_variations(image, index, config, PREPROCESSING.as_grey(), 2, seed=1)
    assert all(len(view.channels) == 1 for view in grey)
    stranger = image_variations(ImageRef.of(image.path), index, config, PREPROCESSING, 1, seed=1)
    assert stranger[0].class_index in (-1, plain.class_index)


@pytest.mark.parametrize("mixing", ["mixup", "cutmix"])
def test_mixed_images_are_shown_with_their_shares(tmp_path: Path, mixing: str) -> None:
    index = open_dataset(make_photos(tmp_path, per_class=5))
    config = RunConfig(mixing=mixing, mixing_alpha=1.0, augmentation="none")
    views = augmented_views(index, config, PREPROCESSING, 12, seed=1)
    for view in views:
        assert view.partner is not None and 0 <= view.partner.share <= 1
        own = network_view(view.ref, PREPROCESSING).astype(float)
        other = network_view(view.partner.ref, PREPROCESSING).astype(float)
        if mixing == "mixup":
            expected = own * (1 - view.partner.share) + other * view.partner.share
            assert np.abs(view.image - expected).max() <= 3  # read as pictures first
        else:
            foreign = (np.abs(view.image - other) < np.abs(view.image - own)).any(axis=2)
            assert foreign.mean() <= view.partner.share + 1e-6
    assert len({view.partner.share for view in views if view.partner}) > 6


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 1.0])
def test_cutmix_pastes_a_box_around_a_point(share: float) -> None:
    own = torch.zeros(3, 20, 30, dtype=torch.uint8)
    other = own + 1
    for number in range(30):
        generator = random.Random(number)
        made, left = mixed_views("cutmix", own, other, share, generator)
        assert float(made.float().mean()) == pytest.approx(1 - left)
        x = random.Random(number).randrange(30)
        box = made[0].nonzero()
        half = int(0.5 * (1 - share) ** 0.5 * 30)
        if len(box):
            assert int(box[:, 1].min()) == max(x - half, 0)
            assert int(box[:, 1].max()) == min(x + half, 30) - 1


@pytest.mark.parametrize("size", [(90, 40), (30, 64), (32, 32)])
def test_squashing_shows_the_whole_image_as_torchvision_resizes_it(size: tuple[int, int]) -> None:
    squashed = replace(BICUBIC, crop_mode="squash")
    picture = photo(3, size=size)
    wanted = v2.Resize((32, 32), InterpolationMode.BICUBIC)(picture)
    assert torch.equal(eval_view(picture, squashed), v2.functional.pil_to_tensor(wanted))
    assert squashed.seen_box(*size).is_whole and not BICUBIC.seen_box(90, 40).is_whole


def test_a_squashed_view_is_moved_and_turned_whole() -> None:
    """The corner of a wide image is in each view that keeps the whole image."""
    squashed = replace(PREPROCESSING, crop_mode="squash")
    picture = Image.new("RGB", (200, 50), "black")
    picture.paste("white", (180, 0, 200, 10))
    still = AugmentationOptions(augmentation="rotate_flip", flips="none", rotation_degrees=0)
    for options in (still, replace(still, augmentation="pad_crop", padding=0)):
        view = train_view(picture, options, squashed, random.Random(0))
        assert view[:, :4, -2:].min() > 200
        assert train_view(picture, options, PREPROCESSING, random.Random(0)).max() < 50
