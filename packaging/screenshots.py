"""Take the pictures of README and user guide, or of every page in every dress, from the window.

    python packaging/screenshots.py                          README's and the guide's
    python packaging/screenshots.py --all --out DIR          every page, light and dark, both
        [--size 1920x1080] [--data DIR] [--epochs N]         languages, before and after training

A real run is trained for it. Works without a screen.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from tlstudio.core.storage import resources_dir
from tlstudio.gui.features.export.dialog import ExportDialog
from tlstudio.gui.features.export.state import ExportState
from tlstudio.gui.features.gather.state import GatherState
from tlstudio.gui.features.gather.window import GatherWindow
from tlstudio.gui.features.map.state import MapState
from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.features.rate_finder.state import RateState
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.health import HealthState

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tlstudio.gui.app import Studio
from tlstudio.gui.app.data_views import DataTab
from tlstudio.gui.app.model_page import ModelTab
from tlstudio.gui.app.train_page import TrainTab
from tlstudio.gui.features.dataset.readings_sheet import ReadingsSheet
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.kit.theme import Scheme
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Dialog, Step

GUIDE = Path(__file__).resolve().parents[1] / "resources" / "guide" / "pictures"
SAMPLE = "autumn_table"
WEBP_QUALITY = 78
THUMBNAILS_S = 4.0  # until all are there, on a slow machine
LIMIT_S = 1800.0
LEARN_SIZE = (1120, 720)


class Photographer:
    """Drives one studio and takes pictures of its window."""

    def __init__(self, app: QApplication, out: Path, size: tuple[int, int]) -> None:
        self._app = app
        self._out = out
        self._size = size
        self.doubtful = Path()
        self.studio = Studio(app, Preferences(Path(tempfile.mkdtemp()) / "preferences.ini"))
        self.studio.set_scheme(Scheme.LIGHT)
        self.studio.show()
        self.studio.window.resize(*size)

    def settle(self, seconds: float = 1.0) -> None:
        """Let timers, threads and paints catch up."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents()
            time.sleep(0.01)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; gives up after `LIMIT_S`."""
        end = time.monotonic() + LIMIT_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError
            self.settle(0.05)

    def dress(self, scheme: Scheme, language: str) -> None:
        self.studio.set_scheme(scheme)
        if self.studio.session.preferences.language != language:
            self.studio.set_language(language)
        self.studio.window.resize(*self._size)
        self.settle(0.5)

    def take(self, step: Step, name: str) -> None:
        """Show a page and write its picture."""
        self.studio.session.go_to(step)
        self.settle()
        target = self._out / f"{name}.png"
        self.studio.window.grab().save(str(target))
        print(target)

    def take_guide(self, picture: GuidePicture, language: str) -> None:
        """Write a picture of the guide as WebP, which is a tenth of a PNG with photos in it."""
        self.studio.session.go_to(picture.step)
        self.settle()
        shown = picture.show(self) if picture.show is not None else None
        self.settle(THUMBNAILS_S)
        target = self._out / f"{picture.name}-{language}.webp"
        (shown or self.studio.window).grab().save(str(target), "WEBP", WEBP_QUALITY)
        print(target)
        if isinstance(shown, QDialog):
            shown.close()


@dataclass(frozen=True, slots=True)
class GuidePicture:
    """A picture of the user guide, taken in each language.

    Attributes:
        reach: brings the session there, once.
        show: brings the window there, in each language; what is photographed, or None for all.
    """

    name: str
    step: Step
    reach: Callable[[Photographer], object] | None = None
    show: Callable[[Photographer], QWidget | None] | None = None


def _take_tour(photographer: Photographer) -> None:
    photographer.studio.window.actions_by_name["take_tour"].trigger()


def _open_sample(photographer: Photographer) -> None:
    session = photographer.studio.session
    session.tour_step = ""
    session.datasets.open_sample(SAMPLE)
    photographer.wait(lambda: session.can_train and session.network.tree is not None)


def _train_a_while(photographer: Photographer) -> None:
    session = photographer.studio.session
    session.train()
    photographer.wait(lambda: len(session.run.record.history.epochs) >= 8)
    session.run.pause()
    photographer.wait(lambda: session.run.status is RunStatus.PAUSED)


def _finish(photographer: Photographer) -> None:
    session = photographer.studio.session
    session.run.resume()
    photographer.wait(lambda: not session.run.active)


def _page(photographer: Photographer, step: Step) -> Any:
    return photographer.studio.window.pages[step]


def _explain(photographer: Photographer) -> None:
    """The first image of the gallery, large, with what spoke for the answer."""
    page = _page(photographer, Step.RESULTS)
    page.gallery.open_viewer(0)
    photographer.settle(1)
    why = page.gallery.viewer.why
    why.choice.buttons()[1].click()
    photographer.wait(lambda: why.save_button.isEnabled() and not why.progress.isVisible())


def _show_calibration(photographer: Photographer) -> None:
    page = _page(photographer, Step.RESULTS)
    page.gallery.close_viewer()
    page.sides.buttons()[2].click()
    photographer.wait(lambda: page._state.scores is not None)


def _tab(step: Step, tab: ModelTab | TrainTab) -> Callable[[Photographer], None]:
    def show(photographer: Photographer) -> None:
        _page(photographer, step).show_tab(tab)
        photographer.settle(2)

    return show


def _measure(photographer: Photographer) -> None:
    session = photographer.studio.session
    session.go_to(Step.TRAIN)
    session.feature(EvidenceState).measure()
    photographer.wait(lambda: not session.is_busy)


def _find_rate(photographer: Photographer) -> None:
    session = photographer.studio.session
    session.feature(RateState).find()
    photographer.wait(lambda: not session.is_busy)


def _race(photographer: Photographer) -> None:
    from tlstudio.core.race.race import RaceConfig, RaceEntry

    session = photographer.studio.session
    if session.datasets.index is None:  # with --only race
        _open_sample(photographer)
    config = session.network.config.changed(epochs=10)
    entries = (
        RaceEntry("Feature extraction", config),
        RaceEntry("Gradual unfreezing", config.changed(strategy="gradual")),
    )
    index = session.datasets.index
    assert index is not None
    session.feature(RaceState).start(RaceConfig(entries, seeds=(0, 1)), index)
    photographer.wait(lambda: not session.is_busy)


def _compare(photographer: Photographer) -> None:
    session = photographer.studio.session
    one, other, *_ = session.runs.entries
    session.runs.compare((one.id, other.id))
    photographer.settle(3)


def _list_runs(photographer: Photographer) -> None:
    session = photographer.studio.session
    session.runs.refresh()
    photographer.wait(lambda: len(session.runs.entries) == 5)


def _gradual(photographer: Photographer) -> None:
    photographer.studio.session.network.set_strategy("gradual")


def _ask(photographer: Photographer) -> None:
    session = photographer.studio.session
    index = session.datasets.index
    assert index is not None
    known = [one.path for one in index.samples[::70] if one.path is not None]
    foreign = GUIDE.parents[1] / "icons" / "tlstudio-128.png"
    session.classifier.predict([*known, foreign])
    photographer.wait(lambda: not session.classifier.predicting)


def _open_faulty(photographer: Photographer) -> None:
    """The sample with what people's folders have: copies, wrong classes, dark and blurred ones."""
    session = photographer.studio.session
    folder = Path(tempfile.gettempdir()) / "autumn"  # a short path, as it is seen on the pictures
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(resources_dir() / "samples" / SAMPLE, folder)
    train = sorted((folder / "train").glob("*/*.*"))
    for path in train[::29]:
        shutil.copy(path, folder / "val" / path.parent.name / f"again_{path.name}")
    for path in train[3::41]:
        picture = Image.open(path)
        width, height = picture.size
        picture.crop((6, 4, width - 6, height - 4)).save(path.with_name(f"crop_{path.name}"))
    for path in train[5::37]:
        Image.open(path).point(lambda value: value // 9).save(path)
    for path in train[8::43]:
        others = [other for other in sorted((folder / "train").iterdir()) if other != path.parent]
        path.rename(others[0] / f"moved_{path.name}")
    session.datasets.open(folder)
    health = session.feature(HealthState)
    photographer.wait(lambda: session.datasets.index is not None and not session.datasets.loading)
    photographer.wait(lambda: health.features.features is not None)
    photographer.settle(3)  # the check of before ends, and the one with features begins
    photographer.wait(lambda: not health.is_waiting and not health.is_checking)


def _data_tab(tab: DataTab, seconds: float = 2.0) -> Callable[[Photographer], None]:
    def show(photographer: Photographer) -> None:
        _page(photographer, Step.DATA).show_tab(tab)
        photographer.settle(seconds)

    return show


def _map(photographer: Photographer) -> None:
    _data_tab(DataTab.MAP)(photographer)
    state = photographer.studio.session.feature(MapState)
    photographer.wait(lambda: state.map is not None and not state.is_active)


def _vary(photographer: Photographer) -> None:
    session = photographer.studio.session
    index = session.datasets.index
    assert index is not None
    session.feature(BrowsingState).show_variations(index.samples[20].image)
    photographer.settle(3)


def _open_doubtful(photographer: Photographer) -> None:
    folder = Path(tempfile.mkdtemp()) / "orchard"
    source = resources_dir() / "samples" / SAMPLE / "train"
    for name in ("apple", "pear"):
        shutil.copytree(source / name, folder / "train" / name)
    shutil.copytree(source / "pumpkin", folder / "pumpkin")
    photographer.doubtful = folder


def _ask_reading(photographer: Photographer) -> QWidget:
    photographer.studio.session.datasets.open(photographer.doubtful)
    sheets = photographer.studio.window.findChildren
    photographer.wait(lambda: any(sheet.isVisible() for sheet in sheets(ReadingsSheet)))
    return next(sheet for sheet in sheets(ReadingsSheet) if sheet.isVisible())


def _gather(photographer: Photographer) -> QWidget:
    """A dataset that is being made, of the sample's pictures."""
    session = photographer.studio.session
    state = session.feature(GatherState)
    source = resources_dir() / "samples" / SAMPLE / "train"
    if state.root is None:
        state.open(Path(tempfile.mkdtemp()) / "orchard", is_new=True)
        photographer.wait(lambda: state.root is not None)
        for name, count in (("apple", 24), ("pear", 16), ("pumpkin", 6)):
            state.add_class(name)
            state.add_images(name, sorted((source / name).iterdir())[:count])
        photographer.wait(lambda: not state.is_busy)
    session.open_dialog(Dialog.GATHER)
    photographer.settle(2)
    return photographer.studio.window.findChild(GatherWindow)


def _dialog(command: str) -> Callable[[Photographer], QWidget]:
    def show(photographer: Photographer) -> QWidget:
        window = photographer.studio.window
        window.actions_by_name[command].trigger()
        photographer.settle(3)
        return next(one for one in window.findChildren(QDialog) if one.isVisible())

    return show


def _learn(photographer: Photographer) -> QWidget:
    window = _dialog("learn")(photographer)
    window.resize(*LEARN_SIZE)  # also on a small screen
    photographer.settle(2)
    return window


def _beside(photographer: Photographer) -> None:
    """Residual networks of several depths in common rows."""
    beside = photographer.studio.session.beside
    _tab(Step.MODEL, ModelTab.PICTURE)(photographer)
    beside.show(("resnet18", "resnet34", "resnet50"))
    photographer.wait(lambda: beside.value is not None)
    photographer.settle(2)


def _export(photographer: Photographer) -> QWidget:
    """The export dialog with the receipt of a file that it wrote."""
    session = photographer.studio.session
    state = session.feature(ExportState)
    session.open_dialog(Dialog.EXPORT)
    photographer.settle(2)
    dialog = photographer.studio.window.findChild(ExportDialog)
    if not state.done:
        page = dialog.formats
        folder = Path(tempfile.gettempdir()) / "handed on"  # a short path
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        page.place.setText(str(folder / "autumn.onnx"))
        page.place.textEdited.emit(page.place.text())
        page.go_button.click()
        photographer.wait(lambda: not state.active)
    return dialog


GUIDE_PICTURES = (
    GuidePicture("tour", Step.DATA, show=_take_tour),
    GuidePicture("learn", Step.DATA, show=_learn),
    GuidePicture("data", Step.DATA, _open_sample),
    GuidePicture("model", Step.MODEL),
    GuidePicture("compare-networks", Step.MODEL, show=_tab(Step.MODEL, ModelTab.COMPARE)),
    GuidePicture("layers", Step.MODEL, show=_tab(Step.MODEL, ModelTab.LAYERS)),
    GuidePicture("ready", Step.TRAIN),
    GuidePicture("training", Step.TRAIN, _train_a_while),
    GuidePicture("results", Step.RESULTS, _finish),
    GuidePicture("why", Step.RESULTS, show=_explain),
    GuidePicture("calibration", Step.RESULTS, show=_show_calibration),
    GuidePicture("use", Step.USE, _ask),
    GuidePicture("export", Step.USE, show=_export),
    GuidePicture("code", Step.USE, show=_dialog("show_code")),
    GuidePicture("advice", Step.TRAIN, _measure, _tab(Step.TRAIN, TrainTab.ADVICE)),
    GuidePicture("rate", Step.TRAIN, _find_rate, _tab(Step.TRAIN, TrainTab.RATE)),
    GuidePicture("race", Step.TRAIN, _race, _tab(Step.TRAIN, TrainTab.RACE)),
    GuidePicture("runs", Step.RUNS, _list_runs),
    GuidePicture("compare-runs", Step.RUNS, _compare),
    GuidePicture("plan", Step.TRAIN, _gradual, _tab(Step.TRAIN, TrainTab.PLAN)),
    GuidePicture("findings", Step.DATA, _open_faulty, _data_tab(DataTab.FINDINGS)),
    GuidePicture("map", Step.DATA, show=_map),
    GuidePicture("variations", Step.DATA, show=_vary),
    GuidePicture("readings", Step.DATA, _open_doubtful, _ask_reading),
    GuidePicture("gather", Step.DATA, show=_gather),
    GuidePicture("beside", Step.MODEL, show=_beside),
)


def guide(photographer: Photographer, names: Sequence[str] | None = None) -> None:
    """The pictures of the user guide, or some, in the order in which a person comes by."""
    for picture in GUIDE_PICTURES:
        if names is not None and picture.name not in names:
            continue
        if picture.reach is not None:
            picture.reach(photographer)
        for language in ("en", "ko"):
            photographer.dress(Scheme.LIGHT, language)
            photographer.take_guide(picture, language)


def everything(photographer: Photographer, moment: str) -> None:
    """Every page in every dress."""
    for language in ("en", "ko"):
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            photographer.dress(scheme, language)
            for step in Step:
                photographer.take(step, f"{moment}-{step.value}-{scheme.value}-{language}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--data", type=Path, help="a dataset folder; the sample one if left out")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these pictures of the guide")
    options = parser.parse_args()
    out = options.out or GUIDE
    out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in options.size.split("x"))

    with tempfile.TemporaryDirectory() as home:
        os.environ["TLSTUDIO_HOME"] = home
        photographer = Photographer(QApplication(sys.argv[:1]), out, (width, height))
        studio = photographer.studio
        session = studio.session
        photographer.dress(Scheme.LIGHT, "en")
        photographer.wait(lambda: session.network.is_ready)
        if not options.all:
            guide(photographer, options.only)
            studio.window.close()
            return 0
        everything(photographer, "0-start")
        if options.data:
            session.datasets.open(options.data)
        else:
            session.datasets.open_sample(SAMPLE)
        photographer.wait(lambda: session.datasets.index is not None and session.can_train)
        photographer.wait(lambda: session.network.tree is not None)
        everything(photographer, "1-open")
        session.network.change(epochs=options.epochs)
        session.train()
        photographer.wait(lambda: len(session.run.record.history.epochs) >= min(4, options.epochs))
        everything(photographer, "2-training")
        photographer.wait(lambda: not session.run.active)
        everything(photographer, "3-done")
        studio.window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
