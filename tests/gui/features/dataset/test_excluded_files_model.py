"""The table of files that were left out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.features.dataset.excluded_files_model import ExcludedFilesModel


def test_rows(app: QApplication, qtmodeltester: ModelTester) -> None:
    model = ExcludedFilesModel()
    qtmodeltester.check(model)
    root = Path("photos")
    model.set_files(
        root, (ExcludedFile(ImageRef.of_file(root / "cat" / "a.jpg"), "The file is empty."),)
    )
    qtmodeltester.check(model)
    assert model.index(0, 0).data() == str(Path("cat") / "a.jpg")
    assert model.index(0, 1).data() == "The file is empty."
