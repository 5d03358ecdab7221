"""Families of networks: the facts and notes in the resources, and which name belongs where."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tlstudio.core.errors import StorageError
from tlstudio.core.networks import families
from tlstudio.core.networks.families import (
    OTHER,
    all_families,
    family_note,
    family_of,
    family_with_id,
)
from tlstudio.core.storage import resources_dir

FOLDER = resources_dir() / "families"
LANGUAGES = ("en", "ko")
HANGUL = re.compile("[가-힣]")


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.fixture
def fresh() -> Any:
    """Nothing remembered of the resources, neither before the test nor after it."""
    caches = (families._table, families._any_pattern, families._notes, family_of)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize(
    ("name", "family_id"),
    [
        ("resnet18", "resnet"),
        ("resnet50.a1_in1k", "resnet"),
        ("timm/resnet50", "resnet"),
        ("torchvision:ResNet18", "resnet"),
        ("resnet20", "resnet_cifar"),
        ("resnet200", "resnet"),
        ("plain56", "resnet_cifar"),
        ("resnet50d", "resnet_d"),
        ("resnext50_32x4d", "resnext"),
        ("wide_resnet50_2", "wide_resnet"),
        ("seresnext50_32x4d", "senet"),
        ("se_resnet18", "senet"),
        ("se_googlenet", "senet"),
        ("resnetv2_50x1_bit", "bit"),
        ("resnet50x4_clip", "clip"),
        ("googlenet_2014", "googlenet"),
        ("inception_v3", "inception_v3"),
        ("inception_next_tiny", "inception_next"),
        ("lenet5", "lenet"),
        ("levit_128", "levit"),
        ("alexnet_2012", "alexnet"),
        ("vgg_a_lrn", "vgg"),
        ("repvgg_a0", "repvgg"),
        ("shufflenet_v1_g3_x1_0", "shufflenet_v1"),
        ("shufflenet_v2_x1_0", "shufflenet_v2"),
        ("mobilenet_v2", "mobilenet_v2"),
        ("mobilenetv4_conv_small", "mobilenet_v4"),
        ("tf_efficientnet_lite0", "efficientnet_lite"),
        ("efficientnet_v2_s", "efficientnet_v2"),
        ("tf_efficientnetv2_b0", "efficientnet_v2"),
        ("regnet_y_1_6gf", "regnet"),
        ("nf_regnet_b1", "nf_resnet"),
        ("swin_v2_t", "swin_v2"),
        ("vit_b_16", "vit"),
        ("vit_small_patch14_dinov2", "dinov2"),
        ("vit_small_patch14_reg4_dinov2", "dinov2"),
        ("vit_base_patch16_dinov3", "dinov3"),
        ("vit_base_patch16_clip_224", "clip"),
        ("vit_so400m_patch14_siglip_384", "siglip"),
        ("vit_small_r26_s32_224", "vit_hybrid"),
        ("efficientvit_b0", "efficientvit_mit"),
        ("efficientvit_m0", "efficientvit_msra"),
        ("coat_tiny", "coat"),
        ("coatnet_0_224", "coatnet"),
        ("coatnext_nano_rw_224", "maxxvit"),
    ],
)
def test_a_name_says_its_family(name: str, family_id: str) -> None:
    assert family_of(name).id == family_id


def test_a_module_helps_where_the_name_does_not() -> None:
    assert family_of("a_network_of_tomorrow", "davit").id == "davit"
    assert family_of("resnet18", "davit").id == "resnet"  # the name goes first
    newcomer = family_of("a_network_of_tomorrow", "tomorrownet")
    assert (newcomer.id, newcomer.title) == ("tomorrownet", "tomorrownet")
    assert newcomer.year is None and newcomer.paper is None


@pytest.mark.parametrize("name", ["", " ", "...", "/", "no such network", "뭔가"])
def test_an_unknown_name_is_of_no_family(name: str) -> None:
    assert family_of(name) is OTHER
    assert family_note(OTHER.id) is None


def test_a_family_is_found_by_its_id() -> None:
    assert family_with_id("resnet") is family_of("resnet50")
    assert family_with_id("no such family") is None


def test_facts_are_complete_and_plausible() -> None:
    known = all_families()
    assert len({family.id for family in known}) == len(known)
    assert len({family.title for family in known}) == len(known)
    for family in known:
        assert re.fullmatch("[a-z0-9_]+", family.id)
        if family.id == "csatv2":  # its authors have published nothing yet
            assert family.year is None and family.paper is None
            continue
        assert family.year is not None and 1989 <= family.year <= 2026
        assert family.paper is not None and family.paper.title
        assert re.fullmatch(r"https://[\w.-]+/\S+", family.paper.url)
        if in_venue := re.search(r"\b(19|20)\d\d\b", family.paper.venue):
            # MobileNet v5 is younger than the paper about its blocks
            assert int(in_venue[0]) >= family.year or family.id == "mobilenet_v5"


def test_arxiv_numbers_fit_the_years() -> None:
    for family in all_families():
        number = re.fullmatch(r"https://arxiv\.org/abs/(\d\d)\d\d\.\d{4,5}", paper_url(family))
        if "arxiv" in paper_url(family):
            assert number is not None
            if family.id not in ("mobilenet_v5", "naflexvit"):
                assert 2000 + int(number[1]) == family.year or family.id == "vit_relpos"


def paper_url(family: families.Family) -> str:
    return family.paper.url if family.paper else ""


def test_patterns_can_be_joined() -> None:
    for row in read("families.json")["families"]:
        assert set(row) <= {"id", "title", "year", "paper", "patterns", "modules"}
        for pattern in row["patterns"]:
            assert re.compile(pattern).groups == 0, "groups would shift the count"


def test_every_family_has_its_note_in_both_languages() -> None:
    ids = [family.id for family in all_families()]
    notes = {language: read(f"notes.{language}.json") for language in LANGUAGES}
    for language in LANGUAGES:
        assert list(notes[language]) == ids
    for family_id in ids:
        english, korean = (notes[language][family_id] for language in LANGUAGES)
        assert set(english) == set(korean) <= {"idea", "ilsvrc", "use"}
        for key, text in english.items():
            assert text == text.strip() and not HANGUL.search(text)
            assert re.search(r"[.:]$|[.)]$", text), (family_id, key)
            assert HANGUL.search(korean[key]), (family_id, key)
            assert korean[key].endswith(".")


def test_the_numbers_are_the_same_in_both_languages() -> None:
    """Error rates and years of the competition; what is easily mistyped."""
    for family in all_families():
        english, korean = (family_note(family.id, language) for language in LANGUAGES)
        assert english is not None and korean is not None
        for pattern in (r"\d+\.\d+(?= ?%)", r"ILSVRC (20\d\d)"):
            assert re.findall(pattern, english.ilsvrc) == re.findall(pattern, korean.ilsvrc)


@pytest.mark.parametrize(
    ("family_id", "facts"),
    [
        ("alexnet", ("2012", "winner", "16.4%", "15.3%", "26.2%", "ensemble")),
        ("vgg", ("2014", "second", "7.3%", "ensemble")),
        ("googlenet", ("2014", "winner", "6.67%", "ensemble")),
        ("resnet", ("2015", "winner", "3.57%", "ensemble")),
        ("resnext", ("2016", "second", "3.03%", "ensemble")),
        ("senet", ("2017", "winner", "2.251%", "ensemble")),
        ("dpn", ("2017", "winner", "localisation")),
    ],
)
def test_results_of_the_competition(family_id: str, facts: tuple[str, ...]) -> None:
    note = family_note(family_id)
    assert note is not None
    for fact in facts:
        assert fact in note.ilsvrc


def test_networks_after_the_last_competition_have_no_result() -> None:
    for family in all_families():
        note = family_note(family.id)
        assert note is not None
        if note.ilsvrc:
            assert family.year is not None and 2012 <= family.year <= 2017


@pytest.mark.parametrize("language", ["ko", "ko_KR", "KO-kr"])
def test_a_note_speaks_korean(language: str) -> None:
    note = family_note("resnet", language)
    assert note is not None and HANGUL.search(note.idea)


@pytest.mark.parametrize("language", ["en_US", "fr", "", "../notes.ko", "C"])
def test_a_language_that_we_do_not_speak_is_answered_in_english(language: str) -> None:
    assert family_note("resnet", language) == family_note("resnet", "en")


def test_nobody_knows_an_unknown_family() -> None:
    assert family_note("no such family") is None


def test_without_resources_all_are_other(fresh: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise StorageError("The studio's resources folder is missing.")

    monkeypatch.setattr(families, "resources_dir", missing)
    assert family_of("resnet18") is OTHER
    assert family_note("resnet", "ko") is None
    assert all_families() == ()


@pytest.mark.parametrize("content", ["", "[]", "{", "{}"])
def test_broken_files_break_nothing(
    fresh: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    (tmp_path / "families").mkdir()
    for name in ("families.json", "notes.en.json"):
        (tmp_path / "families" / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(families, "resources_dir", lambda: tmp_path)
    assert family_of("resnet18") is OTHER
    assert family_note("no such family") is None
