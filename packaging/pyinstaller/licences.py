"""The licences of all that a bundle carries, as the studio's Licences page reads them.

Packages of Python say them themselves (`tlstudio.core.licences`); of libraries that were taken from
the system Debian's packages do. What is collected and has no row here stops the build: whoever adds
a library says what its licence is.
"""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from tlstudio.core.licences import Part, installed_parts, write_parts

# Debian's source packages: their libraries' licence, in short. None is GPL without an exception.
SYSTEM_LIBRARIES = {
    "brotli": "MIT",
    "bzip2": "bzip2-1.0.6",
    "cairo": "LGPL-2.1-only OR MPL-1.1",
    "dbus": "AFL-2.1 OR GPL-2.0-or-later",
    "e2fsprogs": "BSD-3-Clause",
    "expat": "MIT",
    "fontconfig": "HPND",
    "freetype": "FTL OR GPL-2.0-or-later",
    "fribidi": "LGPL-2.1-or-later",
    "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "gcc-13": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "gcc-14": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "glib2.0": "LGPL-2.1-or-later",
    "graphite2": "LGPL-2.1-or-later OR MPL-1.1",
    "harfbuzz": "MIT",
    "keyutils": "LGPL-2.1-or-later",
    "krb5": "MIT",
    "libbsd": "BSD-3-Clause",
    "libcap2": "BSD-3-Clause",
    "libffi": "MIT",
    "libgcrypt20": "LGPL-2.1-or-later",
    "libglvnd": "MIT",
    "libgpg-error": "LGPL-2.1-or-later",
    "libmd": "BSD-3-Clause",
    "libpng1.6": "libpng-2.0",
    "libselinux": "LicenseRef-public-domain",
    "libtirpc": "BSD-3-Clause",
    "libnsl": "LGPL-2.1-or-later",
    "libx11": "MIT",
    "libxau": "MIT",
    "libxcb": "MIT",
    "libxdmcp": "MIT",
    "libxext": "MIT",
    "libxkbcommon": "MIT",
    "libxrender": "MIT",
    "lz4": "BSD-2-Clause",
    "mpdecimal": "BSD-2-Clause",
    "openssl": "Apache-2.0",
    "pcre2": "BSD-3-Clause",
    "pixman": "MIT",
    "sqlite3": "blessing",
    "systemd": "LGPL-2.1-or-later",
    "util-linux": "BSD-3-Clause",
    "wayland": "MIT",
    "xcb-util": "MIT",
    "xcb-util-cursor": "MIT",
    "xcb-util-image": "MIT",
    "xcb-util-keysyms": "MIT",
    "xcb-util-renderutil": "MIT",
    "xcb-util-wm": "MIT",
    "xz-utils": "0BSD",
    "zlib": "Zlib",
    "libzstd": "BSD-3-Clause",
}


def write_licences(folder: Path, modules: Iterable[str], libraries: Iterable[Path]) -> list[Part]:
    """Write the licences of a bundle into `folder`; returns them.

    Args:
        folder: to be filled.
        modules: names of all modules of Python that the bundle has.
        libraries: where the shared libraries and programs came from.

    Raises:
        SystemExit: a library's licence is not known.
    """
    found = [*_packages({name.partition(".")[0] for name in modules}), _bootloader()]
    found += system_parts(libraries)
    write_parts(folder, found)
    return found


def _packages(modules: set[str]) -> Iterator[Part]:
    """The installed parts that are in the bundle."""
    homes: dict[str, set[str]] = {}
    for module, names in metadata.packages_distributions().items():
        for name in names:
            homes.setdefault(_key(name), set()).add(module)
    homes["tlstudio"] = set()  # an editable one does not say; it is inside anyhow
    for part in installed_parts():
        own = homes.get(_key(part.name))
        if not own or own & modules:
            yield part


def _bootloader() -> Part:
    package = metadata.distribution("pyinstaller")
    texts = [file for file in package.files or () if file.name.startswith("COPYING")]
    text = Path(str(texts[0].locate())).read_text(encoding="utf-8") if texts else ""
    licence = "GPL-2.0-or-later WITH Bootloader-exception"
    return Part(
        "PyInstaller's bootloader", package.version, licence, "https://pyinstaller.org", text
    )


def system_parts(libraries: Iterable[Path]) -> list[Part]:
    """Parts of the system's libraries, one for a source package; those of Python packages are none.

    Raises:
        SystemExit: the licence of one of them is not known.
    """
    prefixes = [
        Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib", "stdlib")
    ]
    parts: dict[str, Part] = {}
    unknown: dict[str, str] = {}
    for library in sorted({path.resolve() for path in libraries}):
        if any(library.is_relative_to(prefix) for prefix in prefixes):
            continue
        package = _debian_package(library)
        if package is None:
            continue
        binary, source, version = package
        if source not in SYSTEM_LIBRARIES:
            unknown[source] = library.name
            continue
        text = _copyright(binary)
        parts[source] = Part(
            source, version, SYSTEM_LIBRARIES[source], f"https://tracker.debian.org/{source}", text
        )
    if unknown:
        raise SystemExit(
            "The licence of these libraries is not known; say it in SYSTEM_LIBRARIES of "
            f"{Path(__file__).name}, or leave them out in contents.py: {unknown}"
        )
    return [parts[name] for name in sorted(parts)]


@cache
def _debian_package(library: Path) -> tuple[str, str, str] | None:
    """Package, source package and version of a library; None where Debian does not know it.

    Debian knows files by their places of before /usr was merged as well.
    """
    text = str(library)
    for place in (text, text.removeprefix("/usr"), f"/usr{text}"):
        owner = _asked("dpkg-query", "-S", place).partition(":")[0]
        if owner:
            form = "${Package}\t${source:Package}\t${Version}"
            binary, source, version = (
                _asked("dpkg-query", "-W", "-f", form + "\n", owner).splitlines()[0].split("\t")
            )
            return binary, source, version
    return None


def _copyright(package: str) -> str:
    path = Path("/usr/share/doc", package, "copyright")
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _asked(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:  # no Debian
        return ""


def _key(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
