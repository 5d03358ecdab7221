"""The map's functions of the engine, for worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.map.dataset_map import DatasetMap as DatasetMap
    from tlstudio.engine.map.dataset_map import dataset_map as dataset_map
    from tlstudio.engine.map.dataset_map import known_map as known_map
else:
    dataset_map = later("tlstudio.engine.map.dataset_map", "dataset_map")
    known_map = later("tlstudio.engine.map.dataset_map", "known_map")
