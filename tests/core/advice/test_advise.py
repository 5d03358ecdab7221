"""The advisor: the four cases, how the rest follows, and datasets at the edges."""

from __future__ import annotations

import pytest

from tests.core.advice.samples import facts, record
from tlstudio.core.advice import Advice, AdviceCase, AdviceTopic, advise, similarity_of
from tlstudio.core.strategies import freeze_plan

SIMILAR = record(pixels=40, stages=(50, 60, 70, 80), head=85)
WEAK = record(pixels=80, stages=(70, 75, 80, 82), head=83)  # hardly better than the pixels
PAST = record(pixels=40, stages=(50, 85, 84, 70), head=65)  # its best lies in the middle

FEW, MANY = (25, 25, 25, 25), (2000, 2000, 2000, 2000)


def text_of(advice: Advice, topic: AdviceTopic) -> str:
    items = [item for item in advice.items if item.topic is topic]
    return " ".join(str(note) for item in items for note in (item.statement, *item.reasons))


@pytest.mark.parametrize(
    ("counts", "evidence", "case", "strategy"),
    [
        (FEW, SIMILAR, AdviceCase.SMALL_SIMILAR, "feature_extraction"),
        (FEW, PAST, AdviceCase.SMALL_DIFFERENT, "partial"),
        (FEW, WEAK, AdviceCase.SMALL_DIFFERENT, "fine_tuning"),
        (MANY, SIMILAR, AdviceCase.LARGE_SIMILAR, "discriminative"),
        (MANY, PAST, AdviceCase.LARGE_DIFFERENT, "fine_tuning"),
        (MANY, WEAK, AdviceCase.LARGE_DIFFERENT, "fine_tuning"),
        (FEW, None, AdviceCase.UNMEASURED, "feature_extraction"),
        (MANY, None, AdviceCase.UNMEASURED, "discriminative"),
    ],
)
def test_the_cases(
    counts: tuple[int, ...], evidence: object, case: AdviceCase, strategy: str
) -> None:
    known = facts(counts, evidence)  # type: ignore[arg-type]
    advice = advise(known)
    assert (advice.case, advice.settings["strategy"]) == (case, strategy)
    config = known.config.changed(**advice.settings)
    assert advice.is_followed_by(config)
    assert freeze_plan(known.tree, config.plan_options).last.rates  # there is such a plan
    assert all(str(note) for item in advice.items for note in (item.statement, *item.reasons))
    assert str(advice.headline)


def test_training_begins_where_the_probe_stops_climbing() -> None:
    known = facts(FEW, PAST)
    advice = advise(known)
    assert advice.train_from == "s2"  # s1 is the first that is as good as any
    plan = freeze_plan(known.tree, known.config.changed(**advice.settings).plan_options)
    assert set(plan.last.rates) == {"s2.0", "s2.1", "s3.0", "s3.1", "head"}
    reasons = text_of(advice, AdviceTopic.STRATEGY)
    assert "“s1”" in reasons and "85.0%" in reasons and "20.0 points (p < 0.001)" in reasons


def test_similarity_is_the_share_of_the_pixels_mistakes_that_is_avoided() -> None:
    found = similarity_of(SIMILAR)
    assert found is not None
    assert found.value == pytest.approx(45 / 60)
    assert found.low < found.value < found.high <= 1
    assert found.is_similar and found.is_clear and not found.is_past_its_best
    useless = similarity_of(record(pixels=90, stages=(60, 60), head=70))
    assert useless is not None
    assert useless.value == 0 and not useless.is_similar
    assert advise(facts(FEW, SIMILAR)).similarity == found.value


def test_noise_does_not_make_an_earlier_depth_better() -> None:
    """Three images of a hundred are no evidence, whatever the depth."""
    found = similarity_of(record(pixels=40, stages=(50, 80, 83, 81), head=80))
    assert found is not None
    assert found.loss == pytest.approx(0.03)
    assert not found.is_past_its_best and found.is_similar


def test_what_is_solved_needs_no_training_of_layers() -> None:
    """Where the pixels are nearly enough the head is, too."""
    advice = advise(facts(FEW, record(pixels=97, stages=(80, 90, 98, 99), head=99)))
    assert advice.case is AdviceCase.SMALL_SIMILAR


def test_a_close_call_is_called_so() -> None:
    close = similarity_of(record(pixels=60, stages=(50, 60, 70), head=74))
    assert close is not None and not close.is_clear
    assert "close call" in text_of(
        advise(facts(FEW, record(pixels=60, stages=(50, 60, 70), head=74))), AdviceTopic.STRATEGY
    )


def test_pretrained_layers_learn_with_a_tenth() -> None:
    config = facts(MANY, SIMILAR).config.changed(**advise(facts(MANY, SIMILAR)).settings)
    assert (config.rate_rule, config.backbone_rate) == ("backbone", 0.1)
    rates = text_of(advise(facts(MANY, SIMILAR)), AdviceTopic.RATE)
    assert "0.01 for the head and 0.001 for the pretrained layers" in rates


def test_epochs_follow_the_number_of_images() -> None:
    few = advise(facts(FEW, SIMILAR)).settings["epochs"]
    many = advise(facts(MANY, SIMILAR)).settings["epochs"]
    huge = advise(facts((10**6, 10**6), None)).settings["epochs"]
    assert (few, many, huge) == (30, 5, 5)


@pytest.mark.parametrize(
    ("handedness", "side_px", "augmentation"),
    [(0.5, 400, "crop_flip"), (0.5, 28, "rotate_flip"), (0.95, 28, "none"), (0.95, 400, "none")],
)
def test_images_are_mirrored_only_where_left_is_like_right(
    handedness: float, side_px: int, augmentation: str
) -> None:
    evidence = record(pixels=40, stages=(50, 60), head=80, handedness=handedness)
    advice = advise(facts(FEW, evidence, side_px=side_px))
    assert advice.settings["augmentation"] == augmentation
    assert advice.settings.get("flips", "horizontal") == (
        "none" if augmentation == "none" else "horizontal"
    )


def test_a_small_class_is_balanced() -> None:
    advice = advise(facts((200, 190, 12), None))
    assert advice.settings["balance"] == "weights"
    assert "“class 0” has 200 training images and “class 2” 12" in text_of(
        advice, AdviceTopic.BALANCE
    )
    assert "balance" not in advise(facts((30, 20), None)).settings


def test_a_model_without_weights_is_trained_from_random_values() -> None:
    advice = advise(facts(FEW, SIMILAR, has_weights=False))
    assert advice.case is AdviceCase.NO_WEIGHTS
    settings = advice.settings
    assert (settings["strategy"], settings["initialisation"]) == ("from_scratch", "random")
    assert settings["optimizer"] == "adam"


def test_two_images_a_class() -> None:
    """So few that chance would decide what the probes say."""
    tiny = record(pixels=8, stages=(2, 4), head=1, images=8)
    advice = advise(facts((2, 2, 2, 2), tiny, val_images=4))
    assert advice.case is AdviceCase.UNMEASURED
    assert advice.settings["strategy"] == "feature_extraction"
    told = text_of(advice, AdviceTopic.DATA)
    assert "Fewer than 5 training images: class 0, class 1" in told
    assert "With 4 validation images" in told


def test_without_validation_images() -> None:
    assert "no validation images" in text_of(
        advise(facts(FEW, SIMILAR, val_images=0)), AdviceTopic.DATA
    )
    assert not text_of(advise(facts(FEW, SIMILAR)), AdviceTopic.DATA)


def test_a_part_of_a_huge_dataset_is_told() -> None:
    part = record(pixels=40, stages=(50, 60), head=80, train_images=50_000)
    assert "100 of the 50000 training images" in text_of(
        advise(facts(MANY, part)), AdviceTopic.DATA
    )


def test_odd_datasets_are_no_reason_to_fall_over() -> None:
    for counts in ((), (0, 0), (0, 5), (1,)):
        advice = advise(facts(counts, None, val_images=0))
        assert facts().config.changed(**advice.settings)


def test_where_the_last_stage_still_climbs_it_is_the_one_that_trains() -> None:
    """Better than what came before, and yet hardly better than the pixels: with few images."""
    climbing = record(pixels=80, stages=(40, 50, 60, 70), head=84)
    advice = advise(facts((9, 9, 9, 9, 9), climbing))
    assert advice.settings["strategy"] == "partial"
    assert advice.train_from == "s3"


def test_features_that_are_no_better_than_pixels_avoid_no_mistakes() -> None:
    reasons = text_of(
        advise(facts(FEW, record(pixels=90, stages=(60, 80, 70), head=70))), AdviceTopic.STRATEGY
    )
    assert "avoids none of the mistakes" in reasons
