"""Where every megabyte of a bundle goes, as a Markdown table.

    python packaging/pyinstaller/sizes.py dist/TLStudio             the parts
    python packaging/pyinstaller/sizes.py dist/TLStudio --total     the sum alone, in megabytes
    python packaging/pyinstaller/sizes.py dist/TLStudio --files 30  the largest files as well

A megabyte is a million bytes, as the disk keeps them: in whole blocks. Python's modules lie
compressed in the executable; PyInstaller must be installed to look into it.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 512  # what st_blocks counts in


@dataclass(frozen=True)
class Group:
    """Files of one kind.

    Attributes:
        title: what they are.
        pattern: matches their paths inside the bundle.
        why: what they are needed for.
    """

    title: str
    pattern: str
    why: str


GROUPS = (
    Group("torch: operators", r"torch/lib/(lib)?torch_cpu\.", "every computation; stripped"),
    Group("torch: the rest", r"/torch(gen)?/", "its Python side, OpenMP"),
    Group("torchvision", r"/torchvision", "operators, where they fit torch"),
    Group("numpy", r"/numpy", "arrays; half of it is OpenBLAS"),
    Group("Qt: ICU", r"libicu|icudt|icuuc", "texts of all languages, which Qt is linked against"),
    Group("Qt", r"/(PySide6|shiboken6)|libQt6", "the window"),
    Group("Pillow", r"/(PIL|pillow)", "reading images"),
    Group("on-board weights", r"efficientnet_lite0", "EfficientNet-Lite0, ImageNet"),
    Group("resources: samples", r"resources/samples/", "sample datasets"),
    Group("resources: fonts", r"resources/fonts/", "Korean and Latin, on any system"),
    Group("resources: licences", r"resources/licen", "of all parts"),
    Group("resources: the rest", r"/resources/", "icons, guide, help, translations, families"),
    Group(
        "pydantic, safetensors, tokens",
        r"/(pydantic|safetensors|yaml|markupsafe)",
        "settings, files",
    ),
    Group("system libraries", r"/lib[\w.+-]*\.(so|dylib)", "what Qt and Python are linked against"),
    Group("Python", r"lib-dynload|base_library|python3\d+|Python|\.pyd$", "the interpreter"),
    Group("metadata", r"(dist|egg)-info", "versions"),
)
OTHER = "other"
PROGRAM = "Python's modules in the program"


def files_of(bundle: Path) -> Iterator[tuple[str, int]]:
    """Paths inside the bundle (with a leading stroke) and their bytes on disk; no links."""
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"/{path.relative_to(bundle).as_posix()}", on_disk(path)


def on_disk(path: Path) -> int:
    """Bytes that a file takes on the disk; its length where the system does not say."""
    about = path.stat()
    blocks = getattr(about, "st_blocks", None)
    return about.st_size if blocks is None else blocks * BLOCK_BYTES


def total_mb(bundle: Path) -> float:
    """Megabytes of a bundle on disk."""
    return sum(size for _, size in files_of(bundle)) / 1e6


def group_of(path: str) -> str:
    """The title of the group that a file belongs to."""
    if "/" not in path[1:] and "." not in path.removesuffix(".exe"):
        return PROGRAM
    return next((row.title for row in GROUPS if re.search(row.pattern, path)), OTHER)


def modules_of(program: Path) -> Counter[str]:
    """Compressed bytes of Python's modules inside an executable, by package."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(program))
    name = next(name for name in archive.toc if name.startswith("PYZ"))
    sizes: Counter[str] = Counter()
    for module, (_kind, _place, length) in archive.open_embedded_archive(name).toc.items():
        sizes[module.partition(".")[0]] += length
    return sizes


def table(bundle: Path) -> str:
    """The parts of a bundle, the largest first."""
    sizes: Counter[str] = Counter()
    for path, size in files_of(bundle):
        sizes[group_of(path)] += size
    reasons = {row.title: row.why for row in GROUPS}
    program = next((bundle / name for name in _PROGRAMS if (bundle / name).is_file()), None)
    if program is not None:
        shares = modules_of(program).most_common(8)
        reasons[PROGRAM] = ", ".join(f"{name} {size / 1e6:.1f}" for name, size in shares)
    lines = ["| part | MB | why |", "|---|--:|---|"]
    lines += [
        f"| {title} | {size / 1e6:.1f} | {reasons.get(title, '')} |"
        for title, size in sizes.most_common()
    ]
    return "\n".join([*lines, f"| **all** | **{sum(sizes.values()) / 1e6:.1f}** | |"])


_PROGRAMS = ("tlstudio", "tlstudio.exe")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--total", action="store_true", help="the sum alone")
    parser.add_argument(
        "--files", type=int, default=0, metavar="N", help="the N largest files as well"
    )
    arguments = parser.parse_args()
    if arguments.total:
        print(f"{total_mb(arguments.bundle):.0f}")
        return
    print(table(arguments.bundle))
    largest = sorted(files_of(arguments.bundle), key=lambda row: -row[1])[: arguments.files]
    for path, size in largest:
        print(f"{size / 1e6:8.1f} {group_of(path):28} {path}")


if __name__ == "__main__":
    main()
