"""Look whether an installed TLStudio is whole, with the Python of its environment.

    PYTHON -I packaging/check_installed.py PICTURE.png

`packaging/check_wheel.sh` calls it. It needs no screen, opens the window in both languages, writes
a picture of it, and ends with an error where something is missing.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["TLSTUDIO_HOME"] = tempfile.mkdtemp()

from PySide6.QtWidgets import QApplication

import tlstudio
from tlstudio.core.licences import parts
from tlstudio.core.storage import resources_dir
from tlstudio.gui.app import Studio
from tlstudio.gui.kit.preferences import Preferences

CHECKOUT = Path(__file__).resolve().parents[1]
NEEDED = (
    *("fonts/Pretendard-Regular.otf", "fonts/OFL.txt", "icons/tlstudio-256.png"),
    *("icons/phosphor/phosphor.ttf", "families/notes.ko.json", "models/measured.json"),
    *("translations/tlstudio_ko.qm", "samples/autumn_table", "report/report.html.j2"),
)
LIMIT_S = 120.0


def main(picture: Path) -> None:
    package = Path(tlstudio.__file__).resolve().parent
    assert not package.is_relative_to(CHECKOUT), f"{package} is the checkout's"
    resources = resources_dir()
    assert resources == package / "resources", resources
    missing = [name for name in NEEDED if not (resources / name).exists()]
    assert not missing, missing
    found = parts()
    silent = [part.name for part in found if not part.text]
    assert found[0].text and "torch" not in silent and "PySide6_Essentials" not in silent

    app = QApplication(sys.argv[:1])
    preferences = Preferences(Path(tempfile.mkdtemp()) / "preferences.ini")
    studio = Studio(app, preferences)
    titles = []
    for code in ("en", "ko"):
        studio.set_language(code)
        studio.window.resize(1280, 800)
        studio.window.show()
        wait(app, 1.0)
        titles.append([action.text() for action in studio.window.menuBar().actions()])
    assert titles[0] and titles[0] != titles[1], titles
    studio.session.network.load_engine()
    end = time.monotonic() + LIMIT_S
    while not studio.session.network.models and time.monotonic() < end:
        wait(app, 0.1)
    count = len(studio.session.network.models)
    assert count > 1000, count
    grabbed = studio.window.grab().toImage()
    places = ((x, y) for x in range(0, 1280, 8) for y in range(0, 800, 8))
    colours = {grabbed.pixel(x, y) for x, y in places}
    assert len(colours) > 50, "the window is blank"
    assert grabbed.save(str(picture))
    print(f"{len(found)} licences ({len(silent)} without text), {count} networks, {picture}")
    sys.stdout.flush()
    os._exit(0)  # the window is not closed by a person


def wait(app: QApplication, seconds: float) -> None:
    """Let timers, threads and paints catch up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
