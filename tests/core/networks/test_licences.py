"""Which licences forbid commercial use."""

from __future__ import annotations

import pytest

from tlstudio.core.networks.licences import is_noncommercial


@pytest.mark.parametrize(
    "licence",
    [
        "cc-by-nc-4.0",
        "CC BY-NC-SA 4.0",
        "fair-noncommercial-research-license",
        "some non-commercial licence",
        "apple-amlr",
        "https://github.com/facebookresearch/SWAG/blob/main/LICENSE",
    ],
)
def test_noncommercial(licence: str) -> None:
    assert is_noncommercial(licence)


@pytest.mark.parametrize(
    "licence",
    ["", "unknown", "apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0", "dinov3-license", "ncsa"],
)
def test_others(licence: str) -> None:
    assert not is_noncommercial(licence)
