"""Runtime hook: libraries that Qt needs and this system lacks, from the bundle.

Those of the system come first: they fit its screen and drivers. Once a library is open, whatever
is linked to its name takes it.
"""

import ctypes
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "linux" and Path(sys.argv[0]).stem != "tlstudio-cli":
    from contents import FALLBACKS

    for _name in FALLBACKS:
        try:
            ctypes.CDLL(_name)
        except OSError:
            with suppress(OSError):  # Qt says what is missing
                ctypes.CDLL(str(Path(sys._MEIPASS, "fallback", _name)))
