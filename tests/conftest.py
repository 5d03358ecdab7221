"""What every test stands on: its own folders, no screen, no network, no left-over threads."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_QPA_PLATFORMTHEME"] = ""
if "PYTEST_XDIST_WORKER" in os.environ:  # one of several: each computes on one core
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

PATIENCE_MS = 120_000  # how long a test waits for what comes at once on a quick, idle machine
FULL_EVERY = 20  # tests, a full collection

gc.disable()  # as in the window, see `tlstudio.gui.app.garbage`
_tests = itertools.count(1)
_homes = itertools.count()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Beside the `tmp_path`s: pytest walks through all of those to number the next."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def own_home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Preferences, caches and runs of a test go to a folder of its own, and with the test."""
    home = homes / str(next(_homes))
    home.mkdir()
    monkeypatch.setenv("TLSTUDIO_HOME", str(home))
    monkeypatch.setenv("TORCH_HOME", str(home / "torch"))
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    """What a test deletes later is gone before the next.

    Qt would keep it until some event loop begins. A process that had run many tests had thousands
    of widgets alive, and to dress all of them took seconds of every test that came after. Garbage
    is looked for here alone: elsewhere it would take widgets from under Qt, see
    `tlstudio.gui.app.garbage`. What a full collection leaves are modules and caches, which later
    ones need not walk through again: a second each, once torch and timm are loaded.
    """
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]
    full = next(_tests) % FULL_EVERY == 0
    gc.collect(2 if full else 1)
    if full:
        gc.freeze()


class PatientBot(QtBot):
    """Waits end as soon as what they wait for is there, so that patience costs nothing.

    Of itself pytest-qt gives up after 5 s, in which a busy machine does little.
    """

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **options)

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    from tlstudio.gui.app.application import Application  # for the tests of the window only

    return Application


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-models",
        action="store_true",
        help="walk through every network of timm, not one of each module",
    )
