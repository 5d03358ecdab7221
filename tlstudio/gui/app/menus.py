"""The menu bar: the table of actions, and the menus whose entries come from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app.actions import ACTIONS, MENU_TITLES, Menu, text
from tlstudio.gui.app.dialogs import MNEMONIC
from tlstudio.gui.kit.basics import no_mnemonic
from tlstudio.gui.kit.language import LANGUAGES, core_text
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.kit.theme import Scheme
from tlstudio.gui.state import jobs
from tlstudio.gui.state.runs import run_title
from tlstudio.gui.state.session import Session, Step

translate = QCoreApplication.translate

# What is rarely wanted of the File menu stands behind one of these: it would be higher than a small
# screen.
SUBMENUS = (
    (QT_TRANSLATE_NOOP("menus", "Man&ifest"), ("export_manifest", "import_manifest")),
    (
        QT_TRANSLATE_NOOP("menus", "Sa&ve weights or model"),
        ("save_weights", "save_last_weights", "save_model"),
    ),
    (
        QT_TRANSLATE_NOOP("menus", "&Load weights or model"),
        ("load_weights", "load_model", "pull_from_hub"),
    ),
)

RUNS_LISTED = 12  # in a menu; all others are on their page

SCHEME_TITLES = {
    Scheme.SYSTEM: QT_TRANSLATE_NOOP("menus", "As the system"),
    Scheme.LIGHT: QT_TRANSLATE_NOOP("menus", "Light"),
    Scheme.DARK: QT_TRANSLATE_NOOP("menus", "Dark"),
    Scheme.CONTRAST: QT_TRANSLATE_NOOP("menus", "High contrast"),
}


class RecentMenu(QMenu):
    """The datasets that were opened before; filled when it is shown."""

    def __init__(self, session: Session, parent: QMenu) -> None:
        super().__init__(translate("menus", "Open re&cent"), parent)
        self._session = session
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        datasets = self._session.datasets
        datasets.look_for_recent()  # for the next time: a menu does not change while it is open
        for folder in datasets.recent:
            lost = folder in datasets.unreachable
            where = translate("menus", "not reachable") if lost else str(folder.parent)
            action = self.addAction(no_mnemonic(f"{folder.name}  —  {where}"))
            action.setEnabled(not self._session.run.active)
            action.triggered.connect(lambda _=False, f=folder: datasets.open(f))
        if not self.actions():
            self.addAction(translate("menus", "None yet")).setEnabled(False)
            return
        self.addSeparator()
        self.addAction(translate("menus", "Forget them")).triggered.connect(datasets.clear_recent)


class RunsMenu(QMenu):
    """The latest runs, the one in hand ticked; a click opens one. Filled when it is shown."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(translate("menus", "Open r&un"), parent)
        self._session = session
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        session, runs = self._session, self._session.runs
        held = runs.current.id if runs.current is not None else ""
        for entry in runs.entries[:RUNS_LISTED]:
            action = self.addAction(no_mnemonic(run_title(entry)))
            action.setCheckable(True)
            action.setChecked(entry.id == held)
            action.setEnabled(not session.run.active)
            action.triggered.connect(lambda _=False, one=entry.id: runs.open(one))
        if not self.actions():
            self.addAction(translate("menus", "None yet")).setEnabled(False)
        self.addSeparator()
        self.addAction(translate("menus", "All runs")).triggered.connect(
            lambda: session.go_to(Step.RUNS)
        )


def build_menus(
    bar: QMenuBar, session: Session, actions: Mapping[str, QAction]
) -> dict[Menu, QMenu]:
    """Fill the menu bar with a menu for each `Menu` and an entry for each row of `ACTIONS`."""
    menus = {menu: bar.addMenu(text(MENU_TITLES[menu])) for menu in Menu}
    for spec in ACTIONS:
        menu = menus[spec.menu]
        if spec.separated:
            menu.addSeparator()
        menu.addAction(actions[spec.name])
    menus[Menu.EDIT].setToolTipsVisible(True)  # they say why nothing can be undone
    file_menu = menus[Menu.FILE]
    samples = QMenu(translate("menus", "Open &sample dataset"), file_menu)
    for sample in jobs.sample_datasets():
        samples.addAction(no_mnemonic(core_text(sample.title))).triggered.connect(
            lambda _=False, name=sample.name: session.datasets.open_sample(name)
        )
    for title, names in SUBMENUS:
        submenu = QMenu(translate("menus", title), file_menu)
        file_menu.insertMenu(actions[names[0]], submenu)
        for name in names:
            file_menu.removeAction(actions[name])
            submenu.addAction(actions[name])
    file_menu.insertMenu(actions["close_dataset"], samples)
    file_menu.insertMenu(actions["close_dataset"], RecentMenu(session, file_menu))
    file_menu.insertMenu(actions["manage_weights"], RunsMenu(session, file_menu))
    return menus


def add_choices(menu: QMenu, preferences: Preferences) -> dict[str, QAction]:
    """Add the choices of appearance and language to the View menu; returns them by their names.

    The data of each says what it is a choice of.
    """
    actions: dict[str, QAction] = {}
    system = translate("menus", "As the system")
    schemes = [(scheme.value, translate("menus", title)) for scheme, title in SCHEME_TITLES.items()]
    codes = [("system", system), *((row.code, row.title) for row in LANGUAGES)]
    for kind, title, choices in (
        ("scheme", translate("menus", "&Appearance"), schemes),
        ("language", translate("menus", "&Language"), codes),
    ):
        submenu = menu.addMenu(title)
        group = QActionGroup(submenu)
        for value, name in choices:
            action = submenu.addAction(name)
            action.setData(MNEMONIC.sub("", title))
            action.setCheckable(True)
            action.triggered.connect(partial(_prefer, preferences, kind, value))
            group.addAction(action)
            actions[f"{kind}.{value}"] = action
    show_choices(actions, preferences)
    return actions


def _prefer(preferences: Preferences, name: str, value: str, _is_on: bool = True) -> None:
    preferences.change(**{name: value})


def show_choices(actions: Mapping[str, QAction], preferences: Preferences) -> None:
    """Tick what holds."""
    for name in (f"scheme.{preferences.scheme.value}", f"language.{preferences.language}"):
        if name in actions:
            actions[name].setChecked(True)
