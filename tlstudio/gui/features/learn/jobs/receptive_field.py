"""The receptive field lesson's questions to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.receptive_field import FieldStep as FieldStep
    from tlstudio.engine.lessons.receptive_field import FieldTable as FieldTable
    from tlstudio.engine.lessons.receptive_field import Influence as Influence
    from tlstudio.engine.lessons.receptive_field import field_table as field_table
    from tlstudio.engine.lessons.receptive_field import influence as influence
else:
    _ENGINE = "tlstudio.engine.lessons.receptive_field"
    field_table = later(_ENGINE, "field_table")
    influence = later(_ENGINE, "influence")
