"""Runs as code, for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.settings import Settings
    from tlstudio.engine.code_export.code import CodeExport as CodeExport
    from tlstudio.engine.code_export.code import write_code as write_code
    from tlstudio.engine.code_export.data_part import DataPart as DataPart
else:
    write_code = later("tlstudio.engine.code_export.code", "write_code")


def data_part(index: DatasetIndex) -> tuple[DatasetIndex, DataPart]:
    """The dataset, and what a script says of its files. Walks through the folder, without torch."""
    from tlstudio.engine.code_export.data_part import data_part

    return index, data_part(index)


def export_code(settings: Settings, index: DatasetIndex, data: DataPart) -> CodeExport:
    """Write a run as PyTorch code."""
    from tlstudio.engine.code_export.code import export_code

    return export_code(settings.config, index, data, settings.plan)
