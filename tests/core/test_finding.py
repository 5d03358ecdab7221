"""Finding by name: what matches, and in which order."""

from __future__ import annotations

import pytest

from tlstudio.core.finding import Finder, MatchKind, folded, initials, match


def kind(query: str, name: str) -> MatchKind | None:
    return match(folded(query), folded(name))


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        ("lear", "Learning rate", MatchKind.BEGINNING),
        ("rate", "Learning rate", MatchKind.WORD),
        ("rate learn", "Learning rate", MatchKind.WORDS),
        ("arn rate", "Learning rate", MatchKind.PART),
        ("lgrt", "Learning rate", MatchKind.LETTERS),
        ("arn", "Learning rate", MatchKind.PART),
        ("gr", "Learning rate", None),  # letters begin with a word
        ("xyz", "Learning rate", None),
    ],
)
def test_the_ways_to_match(query: str, name: str, expected: MatchKind | None) -> None:
    assert kind(query, name) is expected


@pytest.mark.parametrize("query", ["resnet 50", "resnet50", "ResNet-50", "RESNET_50", "rn50"])
def test_a_network_is_found_however_it_is_written(query: str) -> None:
    assert kind(query, "ResNet-50") is not None
    assert kind(query, "resnet50") is not None


def test_case_and_accents_do_not_matter() -> None:
    assert kind("cafe", "Crème CAFÉ") is MatchKind.WORD
    assert kind("CRÈME", "creme cafe") is MatchKind.BEGINNING
    assert kind("strasse", "Straße") is MatchKind.BEGINNING


@pytest.mark.parametrize("query", ["ㅎ", "하", "학", "학ㅅ", "학스", "학습", "학습ㄹ", "학습률"])
def test_korean_is_found_while_it_is_typed(query: str) -> None:
    assert kind(query, "학습률") is MatchKind.BEGINNING


def test_korean_is_found_by_first_letters() -> None:
    assert kind("ㅎㅅㄹ", "학습률") is MatchKind.LETTERS
    assert kind("률", "학습률") is MatchKind.PART
    assert kind("검증", "학습률") is None


def test_signs_are_no_letters() -> None:
    assert kind("cats dogs", "Cats & Dogs <i>v2</i>") is MatchKind.BEGINNING
    assert folded("Cats & Dogs <i>v2</i>") == "cats dogs i v 2 i"
    assert initials("learning_rate") == "lr"


def test_best_first() -> None:
    names = [
        "Wide ResNet-50",
        "ResNet-50-D",
        "SE-ResNet-50",
        "ResNet-50",
        "Reset the net at 50",
    ]
    finder = Finder([(name, (name,)) for name in names])
    assert finder.find("resnet 50", 9) == [
        "ResNet-50",
        "ResNet-50-D",
        "SE-ResNet-50",
        "Wide ResNet-50",
        "Reset the net at 50",
    ]
    assert finder.find("resnet 50", 2) == ["ResNet-50", "ResNet-50-D"]


def test_an_alias_counts_less_than_a_title() -> None:
    finder = Finder([("rate", ("Learning rate", "learning_rate", "lr")), ("model", ("LR-Net", ""))])
    assert finder.find("lr", 9) == ["model", "rate"]
    assert finder.find("learning", 9) == ["rate"]


def test_a_whole_alias_counts_more_than_the_beginning_of_one() -> None:
    finder = Finder([("plan", ("고정 계획", "freeze plan")), ("term", ("고정(동결)", "freeze"))])
    assert finder.find("freeze", 9) == ["term", "plan"]
    assert finder.find("고정", 9) == ["plan", "term"]


def test_a_longer_query_narrows_and_a_shorter_one_widens() -> None:
    names = ["acorn", "acid", "birch"]
    finder = Finder([(name, (name,)) for name in names])
    assert finder.find("ac", 9) == ["acid", "acorn"]
    assert finder.find("aco", 9) == ["acorn"]
    assert finder.find("a", 9) == ["acid", "acorn"]
    assert finder.find("bi", 9) == ["birch"]
    assert finder.find("zzz", 9) == []
    assert finder.find("  ", 2) == ["acorn", "acid"]
    assert finder.find("&&", 2) == []


def test_narrowing_finds_what_a_fresh_search_finds() -> None:
    names = [f"layer{a}.{b}.conv{c}" for a in range(4) for b in range(4) for c in range(3)]
    names += ["학습률", "학년", "하늘", "학교 가는 길"]
    for query in ("layer2.1.conv", "lc2", "학교가", "conv2 layer3"):
        finder = Finder([(name, (name,)) for name in names])
        for end in range(1, len(query) + 1):
            fresh = Finder([(name, (name,)) for name in names])
            assert finder.find(query[:end], 99) == fresh.find(query[:end], 99), query[:end]
