"""Which changes networks refuse at their entrance."""

from __future__ import annotations

import pytest

from tlstudio.engine.models.entrance_checks import entrance_problems


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
