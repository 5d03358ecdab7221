"""Which images of a dataset belong together, by the rule that a split asks for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, SplitConfig
from tlstudio.core.data.groups import (
    GroupsFound,
    folder_group,
    groups_found,
    joined_groups,
    prefix_group,
    time_groups,
)
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.data.split_config import GroupBy


def groups_by_rule(
    images: Iterable[tuple[ImageRef, str]], config: SplitConfig, root: Path
) -> dict[str, str]:
    """The group of each image that the rule of a split puts into one.

    Args:
        images: with their class.
        config: with the rule; that of time looks into every file.
        root: of the dataset.

    Returns:
        Names of groups by `manifest_key`.
    """
    if config.group_by is GroupBy.NONE:
        return {}
    keys = {manifest_key(root, image): (image, name) for image, name in images}
    match config.group_by:
        case GroupBy.FOLDER:
            found = {key: folder_group(key, name) for key, (_, name) in keys.items()}
        case GroupBy.PREFIX:
            found = {key: prefix_group(image.name) for key, (image, _) in keys.items()}
        case GroupBy.TIME:
            from tlstudio.engine.health.image_facts import captured_at  # numpy and Pillow

            times = {key: captured_at(image) for key, (image, _) in keys.items()}
            seconds = {key: time.timestamp() for key, time in times.items() if time is not None}
            found = time_groups(seconds, config.gap_s)
    return {key: name for key, name in found.items() if name}


def find_groups(index: DatasetIndex, config: SplitConfig) -> GroupsFound:
    """What groups a split of a dataset would keep together, those of its manifest among them."""
    read = index.unedited or index
    images = [(sample.image, read.classes[sample.class_index]) for sample in read.samples]
    by_rule = groups_by_rule(images, config, index.root)
    groups = joined_groups(by_rule, index.own_groups, index.manifest.groups)
    return groups_found([manifest_key(index.root, image) for image, _ in images], groups)
