"""Where the built program begins: the window as `tlstudio`, the terminal as `tlstudio-cli`.

Linux and macOS have one executable with two names, since each would carry all of Python's modules
once more; Windows has two, of which one opens no console.
"""

import multiprocessing
import sys
from pathlib import Path

if __name__ == "__main__":
    multiprocessing.freeze_support()  # before any import: a helper process ends in here
    if Path(sys.argv[0]).stem == "tlstudio-cli":
        from tlstudio.cli.main import run
    else:
        from tlstudio.__main__ import run
    run()
