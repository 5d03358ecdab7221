"""Every sentence that names or follows a limit, on both sides of it."""

from __future__ import annotations

import pytest

from tests.core.advice.samples import facts, record
from tests.core.advice.test_advise import text_of
from tlstudio.core.advice import AdviceTopic, advise
from tlstudio.core.advice.advice import DataFacts
from tlstudio.core.advice.presets import RECOMMENDED, Preset
from tlstudio.core.advice.similarity import MIN_IMAGES
from tlstudio.core.advice.training import BATCH, FEWEST_STEPS, epochs_item
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import ImagesGlance

SIMILAR = record(pixels=40, stages=(50, 60, 70, 80), head=85)


def spread(total: int, classes: int) -> tuple[int, ...]:
    """So many images, as even over the classes as can be."""
    return tuple(total // classes + (place < total % classes) for place in range(classes))


@pytest.mark.parametrize("has_weights", [True, False])
@pytest.mark.parametrize(
    ("total", "classes", "each", "decided"),
    [
        (1000, 10, 100, "enough"),  # both limits are met
        (999, 9, 111, "1,000"),  # only the one in all is not
        (244, 2, 122, "1,000"),  # the photos of the PyTorch tutorial
        (1089, 11, 99, "100 of a class"),  # only the one of a class is not
        (1992, 20, 99, "100 of a class"),  # 99.6 of a class are not 100
        (2008, 20, 100, "enough"),
        (999, 10, 99, "100 of a class"),
        (40, 4, 10, "100 of a class"),  # neither is met: that of a class says more
    ],
)
def test_the_size_names_the_limit_that_decided(
    total: int, classes: int, each: int, decided: str, has_weights: bool
) -> None:
    told = text_of(advise(facts(spread(total, classes), has_weights=has_weights)), STRATEGY)
    assert f"about {each} of each: " in told
    if decided == "enough":
        assert "of each: enough to train a whole network" in told
        assert "about 100 of each and 1,000 in all" in told
        return
    assert "of each: few" in told
    other = "1,000" if decided.startswith("100 ") else "100 of a class"
    assert decided in told.replace("than 100 of a class", "100 of a class")
    assert other not in told.replace(f"{total} ", "")


STRATEGY = AdviceTopic.STRATEGY


@pytest.mark.parametrize(
    ("head", "is_similar"),
    [(59, False), (60, True)],  # of 60 mistakes on pixels 19 and 20 are avoided: a third
)
def test_a_third_of_the_mistakes(head: int, is_similar: bool) -> None:
    told = text_of(advise(facts(evidence=record(pixels=40, stages=(40, 50), head=head))), STRATEGY)
    assert ("less than a third" in told) is not is_similar
    assert ("are similar to those of the pretraining" in told) is is_similar


@pytest.mark.parametrize("images", [MIN_IMAGES - 1, MIN_IMAGES])
def test_as_many_images_as_a_probe_wants(images: int) -> None:
    measured = record(pixels=10, stages=(12, 15), head=30, images=images)
    told = text_of(advise(facts(evidence=measured)), STRATEGY)
    is_few = images < MIN_IMAGES
    assert (f"Probes of {images} images are too uncertain" in told) is is_few
    assert ("A linear probe on what goes into the head" in told) is not is_few


@pytest.mark.parametrize(("each", "strategy"), [(9, "partial"), (10, "fine_tuning")])
def test_very_few_of_a_class_where_nothing_is_worth_keeping(each: int, strategy: str) -> None:
    weak = record(pixels=80, stages=(70, 75, 80, 82), head=83)
    item = advise(facts((each,) * 5, weak))
    assert item.settings["strategy"] == strategy
    assert ("freezing would protect little" in text_of(item, STRATEGY)) is (each == 10)


@pytest.mark.parametrize("fewest", [4, 5])
def test_a_rare_class(fewest: int) -> None:
    told = text_of(advise(facts((20, fewest), SIMILAR)), AdviceTopic.DATA)
    assert ("Fewer than 5 training images: class 1." in told) is (fewest == 4)


@pytest.mark.parametrize("most", [29, 30])
def test_three_times_as_many_are_uneven(most: int) -> None:
    told = text_of(advise(facts((most, 10))), AdviceTopic.BALANCE)
    assert (f"“class 0” has {most} training images and “class 1” 10" in told) is (most == 30)


@pytest.mark.parametrize("side_px", [63, 64])
def test_images_too_small_to_crop(side_px: int) -> None:
    told = text_of(advise(facts(side_px=side_px)), AdviceTopic.AUGMENTATION)
    assert (f"Of images of {side_px} px a random crop" in told) is (side_px == 63)
    assert ("Varied views" in told) is (side_px == 64)


@pytest.mark.parametrize("share", [0.64, 0.66])  # of 100 images: Wilson's lower end at 0.55
def test_left_and_right(share: float) -> None:
    measured = record(pixels=40, stages=(50, 60), head=80, handedness=share)
    told = text_of(advise(facts(evidence=measured)), AdviceTopic.AUGMENTATION)
    assert ("Left and right matter here" in told) is (share == 0.66)
    assert ("Left and right hardly matter" in told) is (share == 0.64)


@pytest.mark.parametrize("images", [140, 141])
def test_so_few_validation_images_that_small_differences_mean_nothing(images: int) -> None:
    told = text_of(advise(facts(evidence=SIMILAR, val_images=images)), AdviceTopic.DATA)
    assert (f"With {images} validation images" in told) is (images == 140)


@pytest.mark.parametrize("images", [99, 100])
def test_what_was_measured_on_a_part(images: int) -> None:
    part = record(pixels=40, stages=(50, 60), head=80, images=images, train_images=100)
    told = text_of(advise(facts(evidence=part)), AdviceTopic.DATA)
    assert ("Measured on 99 of the 100 training images" in told) is (images == 99)


@pytest.mark.parametrize(
    ("images", "batch", "updates"),
    [(128, 32, 4), (127, 16, 8), (64, 16, 4), (63, 8, 8), (6, 8, 1)],
)
def test_batches_become_smaller_and_the_preset_says_so(
    images: int, batch: int, updates: int
) -> None:
    data = DataFacts(("a", "b"), spread(images, 2), ImagesGlance(400, False))
    item = epochs_item("fine_tuning", data)
    assert item.settings["batch_size"] == batch
    assert f"With {updates} batches an epoch" in str(item.reasons[0])
    config = RunConfig(strategy="fine_tuning")
    reason = str(Preset(RECOMMENDED, data).propose(config).reason)
    says_small = f"with {batch} images each, the weights are adjusted {updates}× an epoch"
    assert (says_small in reason) is (images < FEWEST_STEPS * BATCH)
    assert reason.startswith("Only ") is (images < FEWEST_STEPS * BATCH)
