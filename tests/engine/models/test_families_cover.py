"""Every network that the libraries and the studio have falls in a family that we know."""

from __future__ import annotations

import json
import re
from functools import cache

import timm
from torchvision import models as torchvision_models

from tlstudio.core.networks.families import all_families, family_of
from tlstudio.core.storage import resources_dir
from tlstudio.engine.models.classic import CLASSICS


@cache
def names() -> tuple[str, ...]:
    return (
        *torchvision_models.list_models(module=torchvision_models),
        *timm.list_models(),
        *CLASSICS.names,
    )


def test_every_network_has_a_family() -> None:
    known = set(all_families())
    strangers = [name for name in names() if family_of(name) not in known]
    assert not strangers, "a new release of a library? add a row to resources/families"


def test_tags_of_weights_change_nothing() -> None:
    for tagged in timm.list_pretrained():
        assert family_of(tagged) == family_of(tagged.partition(".")[0])


def test_no_pattern_is_left_over() -> None:
    """Each pattern is the first that matches some network."""
    rows = json.loads((resources_dir() / "families" / "families.json").read_text("utf-8"))
    patterns = [pattern for row in rows["families"] for pattern in row["patterns"]]
    first = {next((p for p in patterns if re.match(p, name)), None) for name in names()}
    assert set(patterns) - first == set()


def test_modules_are_those_of_the_library_and_say_the_same() -> None:
    rows = json.loads((resources_dir() / "families" / "families.json").read_text("utf-8"))
    owners = [(module, row["id"]) for row in rows["families"] for module in row.get("modules", ())]
    assert len(dict(owners)) == len(owners), "a module has two families"
    for module, family_id in owners:
        assert family_id in {family_of(name).id for name in timm.list_models(module=module)}


def test_the_note_on_regnet_names_its_smallest_and_its_largest() -> None:
    """Their names have hundreds of millions of multiply-adds."""
    sizes = [int(m[1]) for m in map(re.compile(r"regnet[xy]_(\d+)$").match, names()) if m]
    for language, text in (("en", "{} MF to {} GF"), ("ko", "{} MF부터 {} GF까지")):
        file = resources_dir() / "families" / f"notes.{language}.json"
        use = json.loads(file.read_text("utf-8"))["regnet"]["use"]
        assert text.format(100 * min(sizes), max(sizes) // 10) in use
