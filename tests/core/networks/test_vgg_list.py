"""Networks of one's own, written as lists."""

from __future__ import annotations

import pytest

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.catalog import file_stem
from tlstudio.core.networks.vgg_list import is_vgg_list, looks_like_vgg_list, vgg_list

VGG_16 = "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M"


@pytest.mark.parametrize(
    "text",
    ["64 M 128 M", "vgg:64 M 128 M", "VGG:64,m,128,M", "[64, 'M', 128, 'M']", " 64 M  128 M"],
)
def test_spellings_of_one_list(text: str) -> None:
    found = vgg_list(text)
    assert found.name == "vgg:64 M 128 M" and found.units == (4096, 4096)
    assert found.stages == ((64,), (128,), ())
    assert vgg_list(found.name) == found
    assert looks_like_vgg_list(text) and is_vgg_list(found.name)


def test_layers_behind_the_bar() -> None:
    assert vgg_list("16 M | 128 64").units == (128, 64)
    alone = vgg_list("16 M 8 |")
    assert alone.units == () and vgg_list(alone.name) == alone
    assert vgg_list("16 M | 4096 4096").name == "vgg:16 M"


def test_vgg_16_written_as_a_list_has_the_numbers_of_the_paper() -> None:
    spec = vgg_list(VGG_16).spec
    assert spec.parameters == 138_357_544
    assert round(spec.gflops, 2) == 15.47
    assert (spec.family, spec.min_input_px) == ("VGG", 32)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("M 64", "begins"),
        ("", "begins"),
        ("64 x", "x"),
        ("0 M", "0"),
        ("4096 M", "2048"),
        ("6４ M", "neither"),
        ("64 " * 51, "50"),
        ("1" + " M 1" * 8, "7"),
        ("8 M | 1 1 1 1 1", "4"),
        ("9" * 5000, "9"),
        ("-1 M", "-1"),
        ("64 \x1b M", "�"),
        ("64 " * 1_000_000, "50"),
        ("64 M | " + "1 " * 1_000_000, "4 fully"),
    ],
    ids=range(14),
)
def test_what_is_wrong_is_told(text: str, word: str) -> None:
    with pytest.raises(ConfigError, match=word) as caught:
        vgg_list(text)
    assert "64 M 128 M" in caught.value.hint_text


@pytest.mark.parametrize("text", ["vgg16", "64", "resnet 50", "3x3 m", "vgg 16 m", ""])
def test_words_of_a_search_are_none(text: str) -> None:
    assert not looks_like_vgg_list(text)


def test_poolings_that_follow_each_other_have_one_spelling() -> None:
    assert vgg_list("8 M  M M|").text == "8 M M M |"
    assert vgg_list("vgg:8 M  M").name == "vgg:8 M M"


@pytest.mark.parametrize("text", ["1" * 50_000, "1 " * 20_000, "64" + " " * 50_000])
def test_long_words_of_a_search_are_answered_at_once(text: str) -> None:
    assert not looks_like_vgg_list(text)  # a pattern that tries every way would never end


def test_files_can_be_called_after_it() -> None:
    assert file_stem("vgg:64 M 128 M | 512") == "vgg-64-M-128-M-512"
    assert file_stem("timm/resnet18.a1_in1k") == "timm-resnet18.a1_in1k"
