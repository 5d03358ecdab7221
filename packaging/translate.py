"""Collect the studio's strings for translation, and compile what was translated.

    python packaging/translate.py          update resources/translations/*.ts, then compile them

Edit the .ts files with `pyside6-linguist` or by hand between two runs.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "resources" / "translations"
LANGUAGES = {
    "en": ["-pluralonly"],  # the sources are English; only "%n image(s)" needs its two forms
    "ko": [],
}


def tool(name: str) -> str:
    """One of the Qt programs that PySide6 brings."""
    folder = Path(PySide6.__file__).parent
    suffix = ".exe" if sys.platform == "win32" else ""
    return str(folder / f"{name}{suffix}")


def update(folder: Path = TRANSLATIONS) -> None:
    """Write every string of the sources into the .ts files; new ones are marked unfinished."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = sorted(str(path) for path in (ROOT / "tlstudio").rglob("*.py"))
    for language, extra in LANGUAGES.items():
        target = folder / f"tlstudio_{language}.ts"
        options = ["-target-language", language, "-locations", "none", "-no-obsolete", "-silent"]
        command = [tool("lupdate"), *sources, *options, *extra, "-ts", str(target)]
        subprocess.run(command, check=True)
        _group_digits(target)


def _group_digits(file: Path) -> None:
    """Let counts read "2,000 classes": Qt writes %Ln as the language does, and %n as 2000."""
    forms = re.compile(r"(?<=<numerusform>)[^<]+(?=</numerusform>)")  # not the next source
    before = file.read_text(encoding="utf-8")
    after = forms.sub(lambda form: form[0].replace("%n", "%Ln"), before)
    file.write_text(after, encoding="utf-8", newline="\n")


def compile_all(folder: Path = TRANSLATIONS) -> None:
    """Make the .qm files that the window loads."""
    for language in LANGUAGES:
        source = folder / f"tlstudio_{language}.ts"
        target = source.with_suffix(".qm")
        command = [tool("lrelease"), "-silent", str(source), "-qm", str(target)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    update()
    compile_all()
