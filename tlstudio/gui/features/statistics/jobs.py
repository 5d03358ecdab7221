"""The facts about images as the window asks for them, on a worker's thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.data.image_ref import ImageRef
    from tlstudio.core.health import HealthProgressed
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.health.image_facts import FactsTable as FactsTable


def image_facts(
    images: Sequence[ImageRef], stop: StopToken
) -> Iterator[HealthProgressed | FactsTable]:
    """The facts about images; at once where they were looked at before."""
    from tlstudio.engine.health.image_facts import image_facts

    yield from image_facts(images, stop)
