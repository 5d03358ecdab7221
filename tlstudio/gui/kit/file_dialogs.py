"""File dialogs that do not stop the window: they answer through a callback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit.preferences import Preferences

IMAGES = (
    QT_TRANSLATE_NOOP("file_dialogs", "Images"),
    "*.jpg *.jpeg *.png *.bmp *.gif *.webp *.tif *.tiff",
)
WEIGHTS = (QT_TRANSLATE_NOOP("file_dialogs", "Weights"), "*.pth *.pt *.safetensors")
PRETRAINED = (
    QT_TRANSLATE_NOOP("file_dialogs", "Weights"),
    "*.pth *.pt *.safetensors *.bin *.tar *.th",
)
STATE_DICT = (QT_TRANSLATE_NOOP("file_dialogs", "PyTorch state dict"), "*.pth *.pt")
SAFETENSORS = (QT_TRANSLATE_NOOP("file_dialogs", "safetensors"), "*.safetensors")
WEIGHTS_TARGETS = (STATE_DICT, SAFETENSORS)
WHOLE_MODEL = (QT_TRANSLATE_NOOP("file_dialogs", "Whole PyTorch model"), "*.pth *.pt")
CSV = (QT_TRANSLATE_NOOP("file_dialogs", "Table"), "*.csv")
SVG = (QT_TRANSLATE_NOOP("file_dialogs", "Drawing"), "*.svg")
SCRIPT = (QT_TRANSLATE_NOOP("file_dialogs", "Python script"), "*.py")
NOTEBOOK = (QT_TRANSLATE_NOOP("file_dialogs", "Jupyter notebook"), "*.ipynb")
PNG = (QT_TRANSLATE_NOOP("file_dialogs", "Picture"), "*.png")

Filter = tuple[str, str]


def ask_folder(
    parent: QWidget, preferences: Preferences, title: str, chosen: Callable[[Path], object]
) -> QFileDialog:
    """Ask for one folder."""
    dialog = QFileDialog(parent, title, preferences.last_folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    # Qt names the row of the list first and a typed path after it
    return _open(dialog, preferences, lambda paths: chosen(paths[-1]))


def ask_files(
    parent: QWidget,
    preferences: Preferences,
    title: str,
    filters: tuple[Filter, ...],
    chosen: Callable[[list[Path]], object],
    *,
    several: bool = True,
) -> QFileDialog:
    """Ask for existing files; for one only unless `several`."""
    dialog = QFileDialog(parent, title, preferences.last_folder)
    modes = QFileDialog.FileMode
    dialog.setFileMode(modes.ExistingFiles if several else modes.ExistingFile)
    dialog.setNameFilters(_name_filters(filters))
    return _open(dialog, preferences, chosen)


def ask_target(
    parent: QWidget,
    preferences: Preferences,
    title: str,
    name: str,
    filters: tuple[Filter, ...],
    chosen: Callable[[Path], object],
) -> QFileDialog:
    """Ask where to write. The suffix of the chosen filter is added where none was typed."""
    dialog = QFileDialog(parent, title, preferences.last_folder)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    names = _name_filters(filters)
    dialog.setNameFilters(names)
    suffixes = {
        name: row[1].split()[0].removeprefix("*.") for name, row in zip(names, filters, strict=True)
    }
    dialog.setDefaultSuffix(suffixes[names[0]])
    dialog.filterSelected.connect(lambda selected: dialog.setDefaultSuffix(suffixes[selected]))
    dialog.selectFile(name)
    return _open(dialog, preferences, lambda paths: chosen(paths[0]))


def _name_filters(filters: tuple[Filter, ...]) -> list[str]:
    return [f"{QCoreApplication.translate('file_dialogs', t)} ({globs})" for t, globs in filters]


def _open(
    dialog: QFileDialog, preferences: Preferences, chosen: Callable[[list[Path]], object]
) -> QFileDialog:
    def on_accepted() -> None:
        paths = [Path(name) for name in dialog.selectedFiles()]
        if paths:
            preferences.last_folder = str(paths[-1].parent)
            chosen(paths)

    dialog.accepted.connect(on_accepted)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
