"""Every page, view and dialog at the sizes of small screens: nothing is cut off or unspoken."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.core.runs.comparisons import answered
from tests.gui import speeds
from tests.gui.clipping import clipped
from tests.gui.evidence import Measurer
from tests.gui.fakes import make_images, make_index, play
from tests.gui.features_session import TIMEOUT_MS
from tests.gui.graphs import small_graph
from tests.gui.leaderboards import WORTH as RANKED
from tests.gui.leaderboards import Ranker, make_record
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.races import Racer
from tests.gui.rates import Finder
from tests.gui.spoken import unspoken
from tests.gui.tables import small_table
from tlstudio.core.data.dataset import DatasetIndex, Split, SplitConfig
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.feature_maps.maps import (
    MAPS_SHOWN,
    FeatureMaps,
    MapLayer,
    MapRequest,
    MapShape,
    StageMap,
    WeightsOrigin,
)
from tlstudio.core.health import FINDING_KINDS, Finding, HealthReport, SkippedCheck
from tlstudio.core.notes import Note
from tlstudio.core.race.race import RaceConfig, RaceEntry
from tlstudio.core.runs.comparison import RunComparison, compare
from tlstudio.core.runs.events import RunEndReason, StopToken
from tlstudio.core.runs.kept import RunEntry, RunMarks, RunOrigin
from tlstudio.gui.app import dialogs
from tlstudio.gui.app.data_page import DataPage
from tlstudio.gui.app.data_views import VIEWS as DATA_VIEWS
from tlstudio.gui.app.main_window import LEAST, MainWindow
from tlstudio.gui.app.model_page import VIEWS as MODEL_VIEWS
from tlstudio.gui.app.model_page import ModelPage
from tlstudio.gui.app.palette import Palette
from tlstudio.gui.app.parts import TabSpec, shown_tabs
from tlstudio.gui.app.train_page import VIEWS as TRAIN_VIEWS
from tlstudio.gui.app.train_page import TrainPage
from tlstudio.gui.features.dataset.split_editor import SplitEditor
from tlstudio.gui.features.learn.window import LearnWindow
from tlstudio.gui.features.preferences.dialog import PreferencesDialog
from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.features.rank.state import RankingState
from tlstudio.gui.features.rate_finder.state import RateState
from tlstudio.gui.features.results.page import ResultsPage
from tlstudio.gui.features.results.state import ResultsState
from tlstudio.gui.features.runs import jobs as runs_jobs
from tlstudio.gui.features.runs.comparison import ComparisonTab
from tlstudio.gui.features.runs.page import RunsPage
from tlstudio.gui.features.statistics.state import StatisticsState
from tlstudio.gui.features.strategy.plan_chart import PlanChart
from tlstudio.gui.kit import accessible, language
from tlstudio.gui.kit.chart.plot import LEAST_PX, ChartPlot
from tlstudio.gui.kit.layout import FRAME
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.state import jobs
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.runs import RunsState
from tlstudio.gui.state.session import Session, Step

# of the screens: the least, 1366x768 at 150 %, 1920x1080 at 200 %, a netbook, and a usual one
SCREENS = [(800, 480), (911, 512), (960, 540), (1024, 600), (1280, 800)]
BOXES = "test_dialogs or test_what_opens_over_a_page"
# the screen in real px, and what is walked on it; of 100 % what the walk above doesn't have
SCALES = {
    1.0: ((3840, 2160), "trained"),
    1.25: ((1000, 600), f"trained or {BOXES}"),
    1.5: ((1366, 768), f"trained or simple or {BOXES}"),
    2.0: ((1920, 1080), f"trained or {BOXES}"),
    3.0: ((3840, 2160), f"trained or {BOXES}"),
}
LAYOUTS_DEEP = 12
OF_SCREEN = "TLSTUDIO_TEST_SCREEN"  # the screen of the subprocess, in logical px


def sizes() -> list[QSize]:
    """What windows get of the screens."""
    own = os.environ.get(OF_SCREEN)
    screens = [tuple(map(int, own.split("x")))] if own else SCREENS
    return [QSize(*screen) - FRAME for screen in screens]


@pytest.fixture
def studies(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[None]:
    """Whatever the window asks the engine for is there at once."""
    no_engine(monkeypatch)
    accessible.install()
    monkeypatch.setattr(jobs, "catalog_layer_table", small_table)
    monkeypatch.setattr(RunsState, "refresh", lambda runs: runs.entries_changed.emit())
    monkeypatch.setattr(jobs, "block_graph", small_graph)
    monkeypatch.setattr(runs_jobs, "compared", compared)
    monkeypatch.setattr(jobs, "known_speeds", lambda *_: (speeds.make_record("resnet18"),))
    monkeypatch.setattr(jobs, "open_lens", lambda *_: SmallLens())
    for engine in (Measurer, Racer, Finder):
        engine(monkeypatch)
    Ranker(monkeypatch).known = make_record(*RANKED)
    yield
    language.install("en")


class SmallLens:
    """Sees a full page of maps at once, where the engine would load a network."""

    def open(self) -> WeightsOrigin:
        return WeightsOrigin.PRETRAINED

    def view(self, image: ImageRef) -> np.ndarray:
        return np.zeros((224, 224, 3), np.uint8)

    def maps(self, request: MapRequest, stop: StopToken) -> FeatureMaps:
        count = MAPS_SHOWN
        numbers = (0.5,) * count
        return FeatureMaps(
            request.layer,
            MapShape(320, 7, 7),
            np.zeros((count, 7, 7), np.uint8),
            tuple(range(100, 100 + count)),
            *(numbers,) * 3,
            low=-1.5,
            high=1.5,
            dead=0.1,
        )

    def strip(
        self, image: ImageRef, stages: Sequence[MapLayer], stop: StopToken
    ) -> tuple[StageMap, ...]:
        return tuple(StageMap(stage, np.zeros((7, 7), np.uint8), 0.0, 1.0) for stage in stages)


LONG_NAME = "photos of the autumn table, taken with the old lamp"


def kept_runs(folder: Path) -> Iterator[RunEntry]:
    """Runs of every kind of end and origin, one with all that a person can write about it."""
    marks = RunMarks(LONG_NAME, is_starred=True, tags=("demo", "class 4"), note="Careful. " * 20)
    ends = (*RunEndReason, None)
    for number, (origin, end) in enumerate(zip(cycle(RunOrigin), ends, strict=False)):
        yield RunEntry(
            f"id{number}",
            folder,
            marks if not number else RunMarks(f"{LONG_NAME} {number}"),
            origin,
            1_700_000_000.0 - number,
            dataset="photos of the autumn table",
            model="tf_efficientnet_lite0",
            strategy="discriminative",
            learning_rate=0.0003,
            planned_epochs=100,
            epochs=80,
            best_epoch=70,
            accuracy=0.999,
            right=999,
            images=1000,
            accuracies=(0.3, 0.4, 0.5),
            elapsed_s=5000.0,
            size_bytes=888_800_000,
            end=end,
            has_weights=True,
            has_checkpoint=True,
        )


def compared(*_: object) -> RunComparison:
    """What is read of runs that are compared."""
    return compare(
        answered(f"{LONG_NAME} {number}", right, learning_rate=10.0**-number)
        for number, right in enumerate(("1100" * 5, "1010" * 5, "1111" * 5, "0110" * 5), 1)
    )


def comparison_views(page: RunsPage, qtbot: QtBot) -> Iterator[str]:
    """Six runs beside each other, then the list again."""
    page._show_comparison(("one", "two"))
    view = page._comparison
    assert view is not None
    qtbot.waitUntil(lambda: view.comparison is not None, timeout=TIMEOUT_MS)
    for tab in ComparisonTab:
        view.show_tab(tab)
        yield f"comparison, {tab.value}"
    view.closed.emit()


def train(session: Session, qtbot: QtBot, folder: Path) -> None:
    """A dataset, a run that has ended, and every study of it."""
    make_ready(session, qtbot)
    index = make_index(folder, make_images(folder, 20))
    play(session, index, reason=RunEndReason.FINISHED)
    wait_for_plan(session, qtbot)
    session.classifier.info = ClassifierInfo(session.network.config.model, index.classes)
    session.classifier.changed.emit(session.classifier.info)
    config = session.network.config
    entries = (
        RaceEntry("Feature extraction", config),
        RaceEntry("Discriminative learning rates", config.changed(strategy="discriminative")),
    )
    session.runs.entries = tuple(kept_runs(folder))
    session.feature(RankingState).load()
    for start in (
        session.feature(RateState).find,
        lambda: session.feature(RaceState).start(RaceConfig(entries), index),
        session.feature(EvidenceState).measure,
    ):
        start()
        qtbot.waitUntil(lambda: not session.is_busy)
    health = session.feature(HealthState)
    qtbot.waitUntil(lambda: health._task is None)
    health._take(found_health(index))
    qtbot.waitUntil(lambda: health.open is not None)


def found_health(index: DatasetIndex) -> HealthReport:
    """One finding of every kind."""
    images = [sample.image for sample in index.by_split[Split.TRAIN]]
    values: dict[str, str | int | float] = {}
    for spec in FINDING_KINDS.values():
        values |= dict.fromkeys(re.findall(r"{(\w+)}", spec.line), LONG_NAME)
    values |= {"splits": "train, val", "suggested_percent": 93}
    findings = [
        Finding(kind, kind, tuple(images[number : number + 2]), values)
        for number, kind in enumerate(FINDING_KINDS)
    ]
    skipped = SkippedCheck("looks", Note("Too few images"))
    return HealthReport(index.fingerprint, tuple(findings), len(images), (skipped,))


def views(window: MainWindow, session: Session, qtbot: QtBot) -> Iterator[str]:
    """Shows one view after another."""
    numbers = session.feature(ResultsState)
    for step in Step:
        session.go_to(step)
        page = window.pages[step]
        specs: tuple[TabSpec, ...] = (
            MODEL_VIEWS
            if isinstance(page, ModelPage)
            else TRAIN_VIEWS
            if isinstance(page, TrainPage)
            else DATA_VIEWS
            if isinstance(page, DataPage) and session.datasets.index is not None
            else ()
        )
        tabs = [spec.view for spec in shown_tabs(specs, session)]
        for tab in tabs:
            page.show_tab(tab)  # type: ignore[attr-defined]
            yield f"{step.value}, {tab.value}"
        if not tabs:
            yield step.value
        if isinstance(page, ResultsPage):
            if session.run.record.shown_predictions.predictions:  # what comes late is measured too
                numbers.ask_for_scores()
                qtbot.waitUntil(lambda: numbers.scores is not None, timeout=TIMEOUT_MS)
            for place in range(page.side_box.count()):
                page._on_side_box_chosen(place)
                yield f"{step.value}, {page.side_box.itemText(place)}"
        if isinstance(page, RunsPage) and session.runs.entries:
            page.list.select((session.runs.entries[0].id,))
            yield f"{step.value}, one selected"
            yield from comparison_views(page, qtbot)


def settle() -> None:
    """Layouts within layouts tell each other of another size one after the other."""
    for _ in range(LAYOUTS_DEEP):
        QApplication.processEvents()


def arrive(session: Session, qtbot: QtBot) -> None:
    """Whatever the view in sight asked for is there, or it would be measured by chance."""
    settle()
    qtbot.waitUntil(lambda: not (session.disk_pool._tasks or session.engine_pool._tasks))
    qtbot.waitUntil(lambda: not session.feature(StatisticsState).is_waiting)
    settle()


def faults(window: MainWindow, session: Session, qtbot: QtBot) -> list[str]:
    """What is clipped or unspoken anywhere, in words."""
    found = []
    for view in views(window, session, qtbot):
        arrive(session, qtbot)
        found += [f"{view}: {fault}" for fault in unspoken(window)]
        for size in sizes():
            window.resize(size)
            settle()
            assert window.size() == size
            name = f"{view} at {size.width()}x{size.height()}"
            found += [f"{name}: {fault}" for fault in clipped(window)]
            for pages in (p for p in window.findChildren(ScrolledPages) if p.isVisible()):
                if pages.horizontalScrollBar().isVisible():
                    least = pages.widget().minimumSizeHint().width()
                    found.append(f"{name}: the page wants {least} px of {pages.width()}")
            found += [f"{name}: {plot}" for plot in low_plots(window)]
            buttons = window.header.findChildren(QPushButton)
            for button in (b for b in buttons if b.isVisible()):
                if not window.rect().contains(button.rect().translated(_place(button, window))):
                    found.append(f"{name}: {button.text()} is out of the window")
    return found


def low_plots(window: MainWindow) -> list[str]:
    """Plots that are too low to be read, axes excluded."""
    found = []
    for plot in (plot for plot in window.findChildren(ChartPlot) if plot.isVisible()):
        chart = plot.parentWidget()
        is_rows = isinstance(chart, PlanChart) and plot is chart.grid  # they need no more
        if plot.area[3] < LEAST_PX and not is_rows:
            found.append(f"{plot.area[3]} px of a plot in {type(chart).__name__}")
    return found


def _place(widget: QWidget, window: QWidget):  # type: ignore[no-untyped-def]
    return widget.mapTo(window, widget.rect().topLeft())


@pytest.fixture
def make_window(session: Session, qtbot: QtBot, studies: None) -> Callable[[str], MainWindow]:
    def make(code: str) -> MainWindow:
        language.install(code)
        window = MainWindow(session)
        qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
        window.resize(LEAST)
        with qtbot.waitExposed(window):
            window.show()
        return window

    return make


@pytest.mark.parametrize("code", ["en", "ko"])
@pytest.mark.parametrize("moment", ["start", "trained", "simple"])
def test_walk(
    make_window: Callable[[str], MainWindow],
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    code: str,
    moment: str,
) -> None:
    if moment == "start":
        make_ready(session, qtbot)
    else:
        train(session, qtbot, tmp_path)
    session.set_simple(moment == "simple")
    found = faults(make_window(code), session, qtbot)
    assert session.is_simple is (moment == "simple")
    assert not found, "\n".join(["", *found])


def open_more(window: MainWindow, session: Session) -> QWidget:
    """With the fields of each strategy, and with what is wrong in one of them."""
    settings = window.inspector.fill().settings
    settings.more.click()
    popup = settings.popup
    popup.rows["weight_decay"].findChild(QLineEdit).setText("much")  # type: ignore[union-attr]
    return popup


def open_strategies(window: MainWindow, session: Session) -> QWidget:
    field = window.inspector.fill().settings.strategies
    field.showPopup()
    rows = field.view()
    settle()
    assert not rows.horizontalScrollBar().isVisible()
    for row in range(field.count()):
        index = rows.model().index(row, 0)
        assert rows.visualRect(index).height() >= rows.sizeHintForIndex(index).height()
    return rows.window()


def open_palette(window: MainWindow, session: Session) -> QWidget:
    window.commands.find_anything()
    [palette] = window.findChildren(Palette)
    palette.search.setText("e")
    return window


def open_split(window: MainWindow, session: Session) -> QWidget:
    """Its fields with a fault in each, and whose split it is."""
    index = session.datasets.index
    assert index is not None
    session.datasets.index = replace(index, split_config=SplitConfig())
    session.datasets.changed.emit(session.datasets.index)
    session.go_to(Step.DATA)
    settle()
    [editor] = window.findChildren(SplitEditor)
    for line in editor.findChildren(QLineEdit):
        line.setText("none")
        line.editingFinished.emit()
    return window


def open_question(window: MainWindow, session: Session) -> QWidget:
    names = ["autumn table 3 · 89.4%", "autumn table 4 · 91.2%"]
    return dialogs.ask_discard(window, names, lambda: None, lambda: None)


OVER: dict[str, Callable[[MainWindow, Session], QWidget]] = {
    "more": open_more,
    "strategies": open_strategies,
    "palette": open_palette,
    "split": open_split,
    "question": open_question,
}


@pytest.mark.parametrize("code", ["en", "ko"])
@pytest.mark.parametrize("name", OVER)
def test_what_opens_over_a_page(
    make_window: Callable[[str], MainWindow],
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    code: str,
    name: str,
) -> None:
    """At the least size of the window and at a usual one."""
    train(session, qtbot, tmp_path)
    window = make_window(code)
    found = []
    for size in sizes():
        window.resize(size)
        session.go_to(Step.TRAIN)
        settle()
        if window.inspector.is_drawer and name in ("more", "strategies"):
            window.inspector.drawer.set_open(True)
        opened = OVER[name](window, session)
        settle()
        room = opened.screen().availableGeometry().adjusted(-2, -2, 2, 2)  # a frame of the platform
        if opened is not window and not room.contains(opened.geometry()):
            found.append(f"{size}: {opened.geometry()} of {room}")
        found += [f"{size}: {fault}" for fault in (*clipped(opened), *unspoken(opened))]
        if opened is not window:
            opened.close()
        for palette in window.findChildren(Palette):
            palette.close_quietly()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not found, "\n".join(["", *found])


DIALOGS = (
    "about",
    "show_shortcuts",
    "show_messages",
    "manage_weights",
    "download_dataset",
    "make_dataset",
    "make_pack",
    "show_code",
    "glossary",
    "preferences",
    "show_licences",
    "show_diagnostics",
)


@pytest.mark.parametrize("code", ["en", "ko"])
@pytest.mark.parametrize("name", DIALOGS)
def test_dialogs(
    make_window: Callable[[str], MainWindow], session: Session, qtbot: QtBot, code: str, name: str
) -> None:
    make_ready(session, qtbot)
    session.notifications.warning("Careful. " * 20, "Look twice. " * 20)
    window = make_window(code)
    window.actions_by_name[name].trigger()
    settle()
    [dialog] = [d for d in window.findChildren(QDialog) if d.isVisible()]
    room = dialog.screen().availableSize()
    assert dialog.width() <= room.width() and dialog.height() <= room.height()
    dialog.resize(dialog.size().boundedTo(LEAST))
    settle()
    assert dialog.width() <= LEAST.width() and dialog.height() <= LEAST.height()
    found = []
    for row in range(dialog.list.count() if isinstance(dialog, PreferencesDialog) else 1):
        if isinstance(dialog, PreferencesDialog):
            dialog.list.setCurrentRow(row)
            settle()
        found += [*clipped(dialog), *unspoken(dialog)]
    assert not found, "\n".join(["", *found])
    dialog.close()


@pytest.mark.parametrize("code", ["en", "ko"])
def test_whatever_is_to_learn(
    make_window: Callable[[str], MainWindow], session: Session, qtbot: QtBot, code: str
) -> None:
    """As it opens at the least size; the lessons' own tests look at the usual one, with answers."""
    make_ready(session, qtbot)
    window = make_window(code)
    window.actions_by_name["learn"].trigger()
    [learn] = window.findChildren(LearnWindow)
    learn.resize(learn.minimumSize())
    found = []
    for place in learn.contents.places:
        learn.go_to(place)
        settle()
        found += [f"{place}: {fault}" for fault in (*clipped(learn), *unspoken(learn))]
    assert not found, "\n".join(["", *found])
    learn.close()


@pytest.mark.skipif(OF_SCREEN in os.environ, reason="it is the subprocess")
@pytest.mark.parametrize("scale", SCALES)
def test_scaled_screens(scale: float, tmp_path: Path) -> None:
    """The trained window and its dialogs on a real screen of the platform, in a process of its own.

    Qt reads the scale only once, when the application is made.
    """
    (width, height), walked = SCALES[scale]
    screen = {"name": "laptop", "x": 0, "y": 0, "width": width, "height": height}
    dpi = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    (tmp_path / "screens.json").write_text(json.dumps({"screens": [{**screen, **dpi}]}))
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": str(scale),
        "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}",
        OF_SCREEN: f"{int(width / scale)}x{int(height / scale)}",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k"]
    done = subprocess.run(
        [*command, f"not ko and ({walked})"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:]
