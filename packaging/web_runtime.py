"""Fetch what web pages run networks with (ONNX Runtime's WebAssembly) into the studio's resources.

    python packaging/web_runtime.py [FOLDER]

FOLDER is ``resources/web`` of the installed studio unless it is named. The build of a bundle and
the installation from a checkout do it, so that no page needs a download later. 33 MB come, 4 MB are
kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tlstudio.core.errors import TLStudioError
from tlstudio.engine.export.web.runtime import download_runtime, shipped_dir


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else shipped_dir()
    try:
        download_runtime(folder)
    except TLStudioError as error:
        print(f"{error} {error.hint_text}", file=sys.stderr)
        return 1
    print(f"Web pages are run by what is in {folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
