"""Groups: images that belong together, so that a split keeps them on one side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)

_LAST_PART = re.compile(r"[\s_.\-]+[^\s_.\-]*$")
_LAST_NUMBER = re.compile(r"\(?\d+\)?$")


class GroupsFound(NamedTuple):
    """What is said of groups.

    Attributes:
        groups: of two images or more.
        largest: number of images of the largest.
        alone: images that are in none of them.
    """

    groups: int
    largest: int
    alone: int


def groups_found(keys: Iterable[K], group_of: Mapping[K, str]) -> GroupsFound:
    """Count the groups of some images."""
    names = [group_of.get(key, "") for key in keys]
    sizes = [size for name, size in Counter(names).items() if name and size > 1]
    return GroupsFound(len(sizes), max(sizes, default=0), len(names) - sum(sizes))


def folder_group(key: str, class_name: str) -> str:
    """The folder of an image below that of its class; empty where it lies in that itself.

    The same folder in two classes is one group, e.g. a patient with and without a finding.
    """
    *folders, _ = key.split("/")
    if class_name in folders:
        folders = folders[folders.index(class_name) + 1 :]
    return "/".join(folders)


def prefix_group(name: str) -> str:
    """The name of a file to its last ``_``, ``-``, dot or space, or else without its number."""
    stem = name.rpartition(".")[0] or name
    pattern = _LAST_PART if _LAST_PART.search(stem) else _LAST_NUMBER
    return pattern.sub("", stem)


def time_groups(times_s: Mapping[K, float], gap_s: float) -> dict[K, str]:
    """Images that were taken one after another without a pause longer than `gap_s`."""
    groups: dict[K, str] = {}
    before = number = None
    for key, time_s in sorted(times_s.items(), key=lambda item: item[1]):
        if before is None or time_s - before > gap_s:
            number = len(groups)
        groups[key] = f"burst {number}"
        before = time_s
    return groups


def joined_groups(*several: Mapping[K, str]) -> dict[K, str]:
    """Groups by several rules at once: whoever shares a group by any of them stays together."""
    several = tuple(groups for groups in several if groups)
    if len(several) < 2:
        return dict(several[0]) if several else {}
    parents: dict[tuple[int, str], tuple[int, str]] = {}

    def home(node: tuple[int, str]) -> tuple[int, str]:
        while parents.setdefault(node, node) != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    nodes: dict[K, tuple[int, str]] = {}
    for number, groups in enumerate(several):
        for key, name in groups.items():
            if not name:
                continue
            node = home((number, name))
            if key in nodes:
                parents[home(nodes[key])] = node
            nodes[key] = node
    homes = {key: home(node) for key, node in nodes.items()}
    return {key: f"{number}/{name}" for key, (number, name) in homes.items()}
