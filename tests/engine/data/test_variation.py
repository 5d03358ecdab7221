"""What is done to a training image: drawn as torchvision draws it, told in words, done by it."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace

import pytest
import torch
from torchvision.transforms import InterpolationMode, v2

from tests.helpers import photo
from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import varied_options
from tlstudio.core.data.augmentation import STEP_TEXTS, VARIED, AugmentationOptions, Step
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.data import transforms
from tlstudio.engine.data.transforms import view_after
from tlstudio.engine.data.variation import OPERATIONS, drawn_steps

SIDE = 32
PREPROCESSING = Preprocessing(resize_px=40, crop_px=SIDE)
CUT = (Step("resize"), Step("center"))
THEIRS = {  # torchvision's names where they are others
    "saturation": "Color",
    "autocontrast": "AutoContrast",
    **{name: name.title().replace("_", "") for name in OPERATIONS if "_" in name},
}


def drawn(options: AugmentationOptions, number: int = 0) -> tuple[Step, ...]:
    return drawn_steps(options, (60, 80), PREPROCESSING, random.Random(number))


def test_the_usual_views_are_drawn_as_ever() -> None:
    """What was kept of features is found again; the numbers are those of the first version."""
    assert drawn(AugmentationOptions(), 1) == (
        Step("crop", (4, 16, 28, 35), (28 * 35 / 4800,)),
        Step("mirror"),
    )
    assert drawn(AugmentationOptions("rotate_flip"), 7) == (
        Step("resize"),
        Step("rotate", (-1.761672351668376,)),
        Step("center"),
        Step("mirror"),
    )


def test_the_options_are_the_settings_that_matter() -> None:
    assert RunConfig().augmentation_options == AugmentationOptions()
    nothing = RunConfig(augmentation="none", flips="both", blur=1.0, auto_augment="rand_augment")
    assert nothing.augmentation_options == AugmentationOptions("none")
    assert varied_options(nothing) == AugmentationOptions()
    unused = RunConfig(padding=0.3, rotation_degrees=90, blur_sigma=5, rand_augment_strength=3)
    assert unused.augmentation_options == AugmentationOptions()
    used = RunConfig(blur=0.5, blur_sigma=5).augmentation_options
    assert used == AugmentationOptions(blur=0.5, blur_sigma=5)


def test_names_of_views_say_all_that_differs() -> None:
    assert [AugmentationOptions(cut).name for cut in (*VARIED, "none")] == [*VARIED, "none"]
    assert AugmentationOptions(flips="none").name == "crop_flip,flips=none"
    assert AugmentationOptions().parts == {}
    strong = AugmentationOptions(auto_augment="rand_augment", rand_augment_operations=4, blur=0.5)
    assert strong.parts == {"rand_augment": 2.0, "blur": 0.5}


@pytest.mark.parametrize(
    ("options", "theirs"),
    [
        (
            AugmentationOptions(auto_augment="rand_augment", rand_augment_operations=1),
            v2.RandAugment,
        ),
        (AugmentationOptions(auto_augment="trivial_augment"), v2.TrivialAugmentWide),
    ],
)
def test_strengths_are_torchvisions(
    options: AugmentationOptions, theirs: type[v2.RandAugment]
) -> None:
    """Every step that is drawn is one of theirs, with the strength that theirs has there."""
    options = replace(options, augmentation="pad_crop", padding=0.0, flips="none")
    space = theirs._AUGMENTATION_SPACE
    assert [THEIRS.get(name, name.title()) for name in OPERATIONS] == list(space)
    found: Counter[str] = Counter()
    for number in range(3000):
        steps = drawn(options, number)[3:]
        assert len(steps) <= 1
        name = steps[0].name if steps else "identity"
        found[name] += 1
        make, is_signed = space[THEIRS.get(name, name.title())]
        values = make(31, SIDE, SIDE)
        if values is None:
            assert not steps or not steps[0].values
            continue
        (value,) = steps[0].values
        if options.auto_augment == "rand_augment":
            values = values[9:10]
        strengths = {float(v) for v in values}
        if is_signed:
            strengths |= {-v for v in strengths}
        if name in ("brightness", "saturation", "contrast", "sharpness"):
            strengths = {1 + v for v in strengths}
        if name == "solarize":
            strengths = {255 * v for v in strengths}
        whole = name.startswith("translate")  # they are cut off to whole pixels
        assert min(abs(value - strength) for strength in strengths) < (1 if whole else 1e-4)
    assert set(found) == set(OPERATIONS)
    assert max(found.values()) < 1.5 * min(found.values())


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "identity"])
def test_operations_are_torchvisions(name: str) -> None:
    values = {
        **dict.fromkeys(("shear_x", "shear_y"), 0.2),
        **dict.fromkeys(("translate_x", "translate_y"), 7),
        **dict.fromkeys(("brightness", "saturation", "contrast", "sharpness"), 0.5),
        "rotate": 20.0,
        "posterize": 4,
        "solarize": 0.4,
    }
    image = photo(size=(SIDE, SIDE)).resize((SIDE, SIDE))
    step = Step(name, (values[name],) if name in values else ())
    if name in ("brightness", "saturation", "contrast", "sharpness"):
        step = Step(name, (1 + values[name],))
    elif name == "solarize":
        step = Step(name, (255 * values[name],))
    theirs = v2.RandAugment(interpolation=InterpolationMode.BILINEAR)
    expected = theirs._apply_image_or_video_transform(
        image,
        THEIRS.get(name, name.title()),
        values.get(name, 0.0),
        interpolation=InterpolationMode.BILINEAR,
        fill={},
    )
    made = view_after(image, [step], PREPROCESSING)
    assert torch.equal(made, v2.functional.pil_to_tensor(expected))


def test_pad_and_crop_is_a_crop_of_the_padded_square() -> None:
    image = photo(size=(80, 60))
    options = AugmentationOptions("pad_crop", flips="none")
    plain = view_after(image, CUT, PREPROCESSING)
    padded = v2.functional.pad(plain, [4])
    places = set()
    for number in range(60):
        *cut, shift = drawn(options, number)
        x, y = map(int, shift.values)
        places.add((x, y))
        made = view_after(image, [*cut, shift], PREPROCESSING)
        assert torch.equal(made, padded[:, 4 - y : 36 - y, 4 - x : 36 - x])
    assert {x for x, _ in places} == {y for _, y in places} == set(range(-4, 5))


@pytest.mark.parametrize(
    ("flips", "found"),
    [
        ("none", set()),
        ("horizontal", {"mirror"}),
        ("vertical", {"turn_over"}),
        ("both", {"mirror", "turn_over"}),
    ],
)
def test_only_what_may_be_mirrored_is(flips: str, found: set[str]) -> None:
    options = AugmentationOptions(flips=flips)
    names = {step.name for number in range(20) for step in drawn(options, number)}
    assert names == {"crop", *found}


def test_amounts_stay_within_what_was_asked() -> None:
    options = AugmentationOptions(
        "pad_crop",
        crop_rotation_degrees=10,
        colour_jitter=0.3,
        hue_jitter=0.1,
        blur=0.5,
        blur_sigma=1.5,
        erasing=0.5,
        erasing_area=0.2,
    )
    drawings = [drawn(options, number) for number in range(300)]
    values: dict[str, list[float]] = {}
    for step in (step for steps in drawings for step in steps if step.values):
        values.setdefault(step.name, []).append((step.said or step.values)[0])
    limits = {
        "rotate": (-10, 10),
        "brightness": (0.7, 1.3),
        "contrast": (0.7, 1.3),
        "saturation": (0.7, 1.3),
        "hue": (-0.1, 0.1),
        "blur": (0.1, 1.5),
        "erase": (0.02, 0.2),
    }
    for name, (low, high) in limits.items():
        slack = 0.02 if name == "erase" else 0.0  # boxes have whole pixels
        assert low - slack <= min(values[name]) and max(values[name]) <= high + slack
        assert max(values[name]) - min(values[name]) > 0.7 * (high - low)
    assert 0.4 < len(values["blur"]) / 300 < 0.6
    assert 0.4 < len(values["erase"]) / 300 < 0.6


def test_a_box_has_the_mean_colour() -> None:
    view = view_after(photo(), [*CUT, Step("erase", (3, 5, 8, 9))], PREPROCESSING)
    box = view[:, 3:11, 5:14]
    assert torch.equal(box, box[:, :1, :1].expand_as(box))
    zero = transforms.normalise(view, PREPROCESSING)[:, 3, 5]
    assert zero.abs().max() < 0.5 / 255 / min(PREPROCESSING.std)


def test_every_step_is_done_and_has_its_words() -> None:
    assert set(transforms._STEPS) == set(STEP_TEXTS)
    everything = AugmentationOptions(
        crop_rotation_degrees=20,
        flips="both",
        auto_augment="trivial_augment",
        blur=1.0,
        erasing=1.0,
    )
    said = {str(step.note) for n in range(200) for step in drawn(everything, n) if step.note}
    assert any(text.startswith("rotated −") for text in said)
    assert {"mirrored", "upside down"} <= said
    assert not any("{" in text for text in said)
    assert Step("rotate", (0.2,)).note is None
    assert str(Step("shift", (0, -3)).note) == "moved by +0, −3 px"


def test_the_largest_box_is_not_always_found() -> None:
    options = AugmentationOptions(erasing=1.0, erasing_area=0.9)
    found = [[s for s in drawn(options, n) if s.name == "erase"] for n in range(200)]
    assert all(math.prod(step.values[2:]) < SIDE**2 for steps in found for step in steps)
