"""Which changes of their build networks refuse."""

from __future__ import annotations

import pytest

from tlstudio.core.errors import ModelError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.engine.inspection.layer_table import catalog_layer_table
from tlstudio.engine.models.build_checks import refused_settings
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
    problems = refused_settings(model)
    assert set(problems) == refused
    assert all(str(error) for error in problems.values())


@pytest.mark.parametrize(
    ("model", "build", "said"),
    [
        ("visformer_tiny", BuildConfig(224, 3, "small"), "stem for tiny images"),
        ("visformer_tiny", BuildConfig(stem="small"), "stem for tiny images"),
        ("vit_b_16", BuildConfig(230, 3), "230 px"),
        ("inception_v3", BuildConfig(50), "50 px"),
    ],
)
def test_the_sentence_is_about_what_was_changed(model: str, build: BuildConfig, said: str) -> None:
    for look in (layer_tree, catalog_layer_table):
        with pytest.raises(ModelError, match=said):
            look(model, 3, build)


def test_what_is_kept_of_a_refusal_does_not_keep_the_network() -> None:
    for error in refused_settings("maxvit_t").values():
        assert error.__traceback__ is error.__cause__ is error.__context__ is None
