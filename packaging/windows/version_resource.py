"""Write the version resource that Windows shows under Properties > Details, for PyInstaller.

    python packaging/windows/version_resource.py tlstudio TARGET.txt

PyInstaller's EXE(version=...) reads the file. The numbers are those of `tlstudio.__version__`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tlstudio import __version__

PUBLISHER = "The TLStudio founders"
COPYRIGHT = "© The TLStudio founders. Apache-2.0"
DESCRIPTIONS = {  # by program, then by Windows' number of the language
    "tlstudio": {0x0409: "TLStudio", 0x0412: "TLStudio"},
    "tlstudio-cli": {0x0409: "TLStudio for the terminal", 0x0412: "터미널용 TLStudio"},
}
UTF_16 = 1200


def numbers(version: str) -> tuple[int, int, int, int]:
    """The four numbers of Windows: those of the release, without what marks it as early."""
    release = re.match(r"\d+(\.\d+)*", version)
    if release is None:
        raise ValueError(f"{version!r} begins with no number")
    found = [int(number) for number in release[0].split(".")][:4]
    major, minor, patch, build = [*found, 0, 0, 0, 0][:4]
    return major, minor, patch, build


def version_resource(program: str, version: str = __version__) -> str:
    """The resource as a Python expression, which is the form that PyInstaller reads."""
    four = numbers(version)
    tables = []
    for language, description in DESCRIPTIONS[program].items():
        rows = {
            "CompanyName": PUBLISHER,
            "FileDescription": description,
            "FileVersion": version,
            "InternalName": program,
            "LegalCopyright": COPYRIGHT,
            "OriginalFilename": f"{program}.exe",
            "ProductName": "TLStudio",
            "ProductVersion": version,
        }
        strings = ",\n        ".join(f"StringStruct({k!r}, {v!r})" for k, v in rows.items())
        tables.append(f"StringTable('{language:04X}{UTF_16:04X}', [\n        {strings}])")
    languages = [number for language in DESCRIPTIONS[program] for number in (language, UTF_16)]
    return f"""VSVersionInfo(
  ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3f, flags=0x0, OS=0x40004,
    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([{", ".join(tables)}]),
    VarFileInfo([VarStruct('Translation', {languages})])])
"""


def write_version_resource(target: Path, program: str) -> Path:
    """Write the resource of `tlstudio` or `tlstudio-cli` to `target`, and return that."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(version_resource(program), encoding="utf-8")
    return target


if __name__ == "__main__":
    print(write_version_resource(Path(sys.argv[2]), sys.argv[1]))
