"""What keeps the window from starting: one sentence with its remedy, in a person's language.

Known from what Qt says before it gives up, and without Qt, which may be what is missing.
"""

from __future__ import annotations

import contextlib
import ctypes
import locale
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence

from tlstudio.core.errors import StartError, TLStudioError
from tlstudio.core.storage import told_preferences
from tlstudio.core.texts import QT_TRANSLATE_NOOP

CANNOT_START = 3  # the exit code of all of these

# What Qt expects of a Linux system, and the packages of Debian and Ubuntu that it is in
SYSTEM_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*)")
_LOST_PLUGIN = re.compile(r'Could not find the Qt platform plugin "([^"]*)"')
_PLUGINS = re.compile(r"Available platform plugins are: ([^.\n]*)")
_USUAL = ("xcb", "wayland", "windows", "cocoa", "offscreen")  # of Qt's platforms
_WITHOUT_WINDOW = QT_TRANSLATE_NOOP(
    "core",
    "Start it on a desktop. Without one, tlstudio-cli trains on the terminal, and "
    "QT_QPA_PLATFORM=offscreen starts a window that nobody sees.",
)
_INSTALL_AGAIN = QT_TRANSLATE_NOOP("core", "Install TLStudio again.")


def import_fault(error: ImportError | OSError) -> StartError:
    """Why a part of the window could not be loaded."""
    if isinstance(error, ModuleNotFoundError):
        name = (error.name or "").partition(".")[0]
        if name in ("PySide6", "shiboken6"):
            return StartError(
                QT_TRANSLATE_NOOP("core", "Qt for Python is not installed, so there is no window."),
                QT_TRANSLATE_NOOP(
                    "core",
                    "Install TLStudio again, or only what is missing: {python} -m pip install "
                    "“PySide6-Essentials<6.12”. tlstudio-cli works without it.",
                ),
                python=sys.executable,
            )
        return StartError(
            QT_TRANSLATE_NOOP("core", "“{name}” is missing, a package that TLStudio needs."),
            _INSTALL_AGAIN,
            name=name,
        )
    found = _LIBRARY.search(str(error))
    if found is not None and sys.platform.startswith("linux"):
        return libraries_fault((found[1], *missing_libraries()))
    hint = _INSTALL_AGAIN
    if sys.platform == "win32":
        hint = QT_TRANSLATE_NOOP(
            "core",
            "Install the Microsoft Visual C++ Redistributable "
            "(aka.ms/vs/17/release/vc_redist.x64.exe), or TLStudio again.",
        )
    return StartError(
        QT_TRANSLATE_NOOP("core", "A part of TLStudio cannot be loaded: {why}."),
        hint,
        why=str(error).rstrip("."),
    )


def qt_fault(
    said: Sequence[str],
    environ: Mapping[str, str] = os.environ,
    missing: Callable[[], Sequence[str]] | None = None,
) -> StartError:
    """Why Qt found no platform to show windows on.

    Args:
        said: Qt's messages, in order; the last one is that it gives up.
        missing: the system's libraries that cannot be loaded, by name; asked only if need be.
    """
    words = "\n".join(said)
    if lost := _LOST_PLUGIN.search(words):
        known = _PLUGINS.search(words)
        return StartError(
            QT_TRANSLATE_NOOP(
                "core", "Qt has no platform called “{name}”, as QT_QPA_PLATFORM says."
            ),
            QT_TRANSLATE_NOOP("core", "Unset QT_QPA_PLATFORM, or set it to one of these: {names}."),
            name=lost[1],
            names=", ".join(p for p in _USUAL if known is None or p in known[1].split(", ")),
        )
    if "no Qt platform plugin" not in words:
        return StartError(
            QT_TRANSLATE_NOOP("core", "Qt cannot start: {why}."),
            _INSTALL_AGAIN,
            why=said[-1].strip(),
        )
    if libraries := tuple((missing or missing_libraries)()):
        return libraries_fault(libraries)
    if screen := environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        return StartError(
            QT_TRANSLATE_NOOP("core", "The screen “{name}” cannot be reached."),
            _WITHOUT_WINDOW,
            name=screen,
        )
    return StartError(
        QT_TRANSLATE_NOOP("core", "There is no screen to show the window on."), _WITHOUT_WINDOW
    )


def libraries_fault(names: Sequence[str]) -> StartError:
    """Libraries of the system that Qt needs are missing."""
    names = tuple(dict.fromkeys(names))
    packages = dict.fromkeys(SYSTEM_LIBRARIES[name] for name in names if name in SYSTEM_LIBRARIES)
    return StartError(
        QT_TRANSLATE_NOOP("core", "Qt needs libraries that this system lacks: {names}."),
        QT_TRANSLATE_NOOP(
            "core",
            "On Debian and Ubuntu: sudo apt install {packages}. Elsewhere install the packages "
            "that these are in. tlstudio-cli works without them.",
        )
        if packages
        else QT_TRANSLATE_NOOP(
            "core", "Install the packages that these are in. tlstudio-cli works without them."
        ),
        names=", ".join(names),
        packages=" ".join(packages),
    )


def missing_libraries() -> tuple[str, ...]:
    """Those of `SYSTEM_LIBRARIES` that cannot be loaded; none on other systems than Linux."""
    if not sys.platform.startswith("linux"):
        return ()
    return tuple(name for name in SYSTEM_LIBRARIES if not _can_load(name))


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def tell(error: TLStudioError) -> None:
    """Say it where a person can read it: on the terminal, or in a box where Windows has none."""
    text = f"TLStudio: {in_own_language(error)}"
    if sys.stderr is None and sys.platform == "win32":
        with contextlib.suppress(AttributeError, OSError):
            _message_box(text)
    elif sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            encoding = sys.stderr.encoding or "utf-8"
            sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
            sys.stderr.flush()


def _message_box(text: str) -> None:
    stop_icon = 0x10
    ctypes.windll.user32.MessageBoxW(None, text, "TLStudio", stop_icon)  # type: ignore[attr-defined]


def in_own_language(error: TLStudioError) -> str:
    """Sentence and hint in the language of the window, so far as that can be had."""
    from tlstudio.core.translations import Translations

    try:
        translate = Translations.of(own_language())
    except (OSError, ValueError, TLStudioError):  # what is missing may be the very translations
        return f"{error} {error.hint_text}".strip()
    sentence = translate(error.sentence, **error.values)
    hint = translate(error.hint, **error.values) if error.hint else ""
    return f"{sentence} {hint}".strip()


def own_language() -> str:
    """The language that was chosen for the window, or else that of the system: ``en``, ``ko``."""
    chosen = told_preferences().get("language")
    if isinstance(chosen, str) and chosen != "system":
        return chosen
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name][:2].lower()
    return (locale.getlocale()[0] or "en")[:2].lower()
