"""What is left out of the bundle, and why: rows that the spec applies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True)
class LeftOut:
    """Modules of Python, or files, that a bundle does without.

    Attributes:
        what: names of modules; or a pattern that the path of a file inside the bundle matches.
        why: the reason.
    """

    what: str
    why: str


MODULES = (
    LeftOut("readline rlcompleter _gdbm _dbm", "GPL and Sleepycat licences"),
    LeftOut(
        "_curses _curses_panel curses tkinter _tkinter turtle idlelib", "no terminal of windows"
    ),
    LeftOut(
        "lib2to3 ensurepip venv pydoc_data pip setuptools pkg_resources", "nothing is installed"
    ),
    LeftOut("test pytest hypothesis expecttest unittest.test", "tests"),
    LeftOut("sklearn scipy pandas matplotlib IPython", "not used"),
    LeftOut("tensorboard mlflow triton cuda", "not used"),
    LeftOut("onnx.backend onnx.bin onnx.tools", "tests of other runtimes, and tools"),
    LeftOut(
        "onnxruntime.backend onnxruntime.datasets onnxruntime.transformers.models",
        "exports need none of them",
    ),
    LeftOut("hf_xet", "the studio downloads by itself; 11 MB"),
    LeftOut("mypy numpy.f2py numpy.distutils numpy.tests Cython cffi", "tools of builders"),
    LeftOut(
        "PySide6.QtConcurrent PySide6.QtDesigner PySide6.QtHelp PySide6.QtNetwork PySide6.QtOpenGL "
        "PySide6.QtOpenGLWidgets PySide6.QtPrintSupport PySide6.QtQml PySide6.QtQuick "
        "PySide6.QtQuickControls2 PySide6.QtQuickTest PySide6.QtQuickWidgets PySide6.QtSql "
        "PySide6.QtTest PySide6.QtUiTools PySide6.QtXml",
        "pyqtgraph asks for some of them, and goes on without",
    ),
)

FILES = (
    LeftOut(r"libreadline|libncurses|libgdbm|libdb-", "of the modules left out"),
    LeftOut(r"libqgtk3", "brings GTK and 70 more libraries, GPL parts among them"),
    LeftOut(
        r"plugins/platforms/.*(eglfs|linuxfb|vkkhr|vnc|minimalegl|minimal\b|directfb)", "no desktop"
    ),
    LeftOut(r"plugins/(egldeviceintegrations|sqldrivers|qmltooling|printsupport|tls)", "not used"),
    LeftOut(r"plugins/(generic|networkinformation|designer|help)", "not used"),
    LeftOut(
        r"plugins/imageformats/.*q(tiff|tga|wbmp|icns|pdf)", "Pillow reads images, Qt the icons"
    ),
    LeftOut(r"plugins/platforminputcontexts/.*virtualkeyboard", "wants Qt Quick"),
    LeftOut(r"Qt6?(Qml|Quick|Pdf|VirtualKeyboard|Network)\w*(\.|$)", "not used"),
    LeftOut(r"opengl32sw|d3dcompiler", "software OpenGL for Windows, not used"),
    LeftOut(r"PySide6/.*translations/(?!qtbase_(ko|en)\.)", "the studio speaks English and Korean"),
    LeftOut(r"libonnxruntime\.", "of programs in C; Python has its own, 34 MB"),
    LeftOut(r"cudart|nvjpeg|libcu\w+\.", "CUDA"),
    LeftOut(r"torchvision(\.libs/|/image(_stable)?\.)", "of torchvision's own reader of images"),
    LeftOut(
        r"dist-info/(?!METADATA|entry_points|top_level)", "the licences are in resources/licences"
    ),
    LeftOut(r"\.(pyi|h|hpp|cuh|lib|a|cmake)$", "of builders"),
)

# Libraries that most systems have, and that belong to their drivers: from the bundle only where a
# system lacks them, each after those that it needs itself. See `before_qt.py`.
FALLBACKS = (
    "libxcb.so.1",
    "libGLdispatch.so.0",
    "libGLX.so.0",
    "libGL.so.1",
    "libEGL.so.1",
    "libwayland-client.so.0",
    "libwayland-cursor.so.0",
    "libwayland-egl.so.1",
)

_FILES = [re.compile(row.what) for row in FILES]


def module_names() -> list[str]:
    """All modules that are left out."""
    return [name for row in MODULES for name in row.what.split()]


def is_left_out(path: str) -> bool:
    """Whether the file at this path inside the bundle is left out."""
    path = path.replace("\\", "/")
    return any(pattern.search(path) for pattern in _FILES)


def needed(
    libraries: Iterable[str],
    linked_to: Callable[[str], Iterable[str]],
    asked_for: Iterable[str] = (),
) -> set[str]:
    """Names of the libraries that something still needs when others were left out.

    Args:
        libraries: paths inside the bundle. Those in a folder for libraries alone are there for
            others; all others are needed.
        linked_to: the names of the libraries that one of these paths is linked to.
        asked_for: names that are needed anyhow.
    """
    places = {PurePath(path).name: path for path in libraries}
    waiting = [name for name, path in places.items() if not _is_for_others(path)]
    waiting += [name for name in asked_for if name in places]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [other for other in linked_to(places[name]) if other in places]
    return found


def _is_for_others(path: str) -> bool:
    folder = PurePath(path).parent.as_posix()
    return folder in (".", "PySide6/Qt/lib") or folder.endswith(".libs")
