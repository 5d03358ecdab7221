"""What is missing, and the one sentence that says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tlstudio.core import needs
from tlstudio.core.errors import ConfigError
from tlstudio.core.needs import NEEDS, Facts, Need, missing, why_missing

LACKING = {
    Need.DATASET_READ: Facts(is_reading=True),
    Need.DATASET: Facts(has_dataset=False),
    Need.VAL_IMAGES: Facts(has_val_images=False),
    Need.ENGINE: Facts(has_engine=False),
    Need.WEIGHTS: Facts(lacks_weights=True),
    Need.PRETRAINING: Facts(has_pretraining=False),
    Need.PRETRAINED_WEIGHTS: Facts(has_pretrained_weights=False),
    Need.NETWORK: Facts(has_network=False),
    Need.PLAN: Facts(has_plan=False),
    Need.FIELDS: Facts(field_problem=ConfigError("x")),
    Need.NO_RUN: Facts(is_training=True),
    Need.NO_STUDY: Facts(is_studying=True),
}
FEATURES = [
    needs.TRAINING,
    needs.RATE_FINDER,
    needs.RACE,
    needs.RANKING,
    needs.EVIDENCE,
    needs.SPEEDS,
    needs.LOADING_WEIGHTS,
    needs.CHOSEN_NETWORK,
]


@pytest.mark.parametrize("need", Need)
def test_every_need_has_a_sentence_and_is_noticed_alone(need: Need) -> None:
    assert str(NEEDS[need].error).endswith(".")
    assert missing(Need, LACKING[need]) is need
    assert [other for other in Need if missing([other], LACKING[need])] == [need]
    assert why_missing(need) == NEEDS[need].error


@pytest.mark.parametrize("feature", FEATURES)
def test_nothing_is_missing_where_all_is_there(feature: tuple[Need, ...]) -> None:
    assert missing(feature, Facts()) is None
    assert len(set(feature)) == len(feature)


def test_the_first_that_is_missing_is_told() -> None:
    facts = replace(Facts(), has_dataset=False, has_engine=False, is_training=True)
    assert missing(needs.TRAINING, facts) is Need.DATASET


def test_what_is_known_in_particular_goes_before_the_usual() -> None:
    problem = ConfigError("The head is not linear.")
    facts = Facts(has_plan=False, problem=problem)
    assert why_missing(Need.PLAN, facts) is problem
    assert why_missing(Need.NO_RUN, facts) == NEEDS[Need.NO_RUN].error
