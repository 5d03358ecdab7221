"""Which changes networks refuse at their entrance."""

from __future__ import annotations

import pytest

from tlstudio.core.errors import ModelError
from tlstudio.core.networks.inputs import InputConfig
from tlstudio.engine.inspection.layer_table import catalog_layer_table
from tlstudio.engine.models.entrance_checks import entrance_problems
from tlstudio.engine.models.tree import layer_tree


@pytest.mark.parametrize(
    ("model", "refused"),
    [
        ("resnet18", set()),
        ("vgg_a", {"stem"}),  # its first convolution keeps the size anyway
        ("lenet5", {"stem"}),
        ("maxvit_t", {"stem"}),  # larger maps do not fit its partitions
    ],
)
def test_what_is_refused(model: str, refused: set[str]) -> None:
    problems = entrance_problems(model)
    assert set(problems) == refused
    assert all(str(error) for error in problems.values())


@pytest.mark.parametrize(
    ("model", "inputs", "said"),
    [
        ("visformer_tiny", InputConfig(224, 3, "small"), "stem for tiny images"),
        ("visformer_tiny", InputConfig(stem="small"), "stem for tiny images"),
        ("vit_b_16", InputConfig(230, 3), "230 px"),
        ("inception_v3", InputConfig(50), "50 px"),
    ],
)
def test_the_sentence_is_about_what_was_changed(model: str, inputs: InputConfig, said: str) -> None:
    for look in (layer_tree, catalog_layer_table):
        with pytest.raises(ModelError, match=said):
            look(model, 3, inputs)


def test_what_is_kept_of_a_refusal_does_not_keep_the_network() -> None:
    for error in entrance_problems("maxvit_t").values():
        assert error.__traceback__ is error.__cause__ is error.__context__ is None
