"""Class packs, for the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.classroom.pack import PackContents, PackMade, PackOpened, PackProgressed
from tlstudio.core.config import RunConfig
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.classroom.open import PackLook as PackLook
    from tlstudio.engine.classroom.open import look_into_pack as look_into_pack
else:
    look_into_pack = later("tlstudio.engine.classroom.open", "look_into_pack")


def make_pack(
    contents: PackContents, target: Path, stop: StopToken
) -> Iterator[PackProgressed | PackMade]:
    from tlstudio.engine.classroom.make import make_pack

    yield from make_pack(contents, target, stop)


def open_pack(
    path: Path, folder: Path | None, stop: StopToken
) -> Iterator[PackProgressed | PackOpened]:
    from tlstudio.engine.classroom.open import open_pack

    yield from open_pack(path, stop, folder)


def needed_weights(config: RunConfig) -> list[WeightsName]:
    """The weights that these settings take along, because not every studio has them."""
    from tlstudio.engine.classroom.make import packed_weights

    return packed_weights(config)
