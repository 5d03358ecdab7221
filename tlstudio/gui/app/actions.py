"""The commands of the studio: a row each, with title, shortcut, icon and menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from tlstudio.core.data.dataset import Layout
from tlstudio.core.needs import LOADING_WEIGHTS, TRAINING, Need
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import icons
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.state.reasons import reason
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


class Menu(StrEnum):
    """The menus of the menu bar, in order."""

    FILE = "file"
    EDIT = "edit"
    TRAIN = "train"
    VIEW = "view"
    HELP = "help"


MENU_TITLES = {
    Menu.FILE: QT_TRANSLATE_NOOP("actions", "&File"),
    Menu.EDIT: QT_TRANSLATE_NOOP("actions", "&Edit"),
    Menu.TRAIN: QT_TRANSLATE_NOOP("actions", "&Train"),
    Menu.VIEW: QT_TRANSLATE_NOOP("actions", "&View"),
    Menu.HELP: QT_TRANSLATE_NOOP("actions", "&Help"),
}


def _always(_session: Session) -> bool:
    return True


def _can_open(session: Session) -> bool:
    return not session.run.active


def _has_dataset(session: Session) -> bool:
    return _can_open(session) and session.datasets.index is not None


def _has_index(session: Session) -> bool:
    return session.datasets.index is not None


def _has_manifest(session: Session) -> bool:
    return session.datasets.index is not None and bool(session.datasets.manifest)


def _has_classifier(session: Session) -> bool:
    return session.classifier.info is not None


def _has_trained_classifier(session: Session) -> bool:
    info = session.classifier.info
    return info is not None and info.epochs > 0


def _has_run(session: Session) -> bool:
    return session.runs.current is not None


def _can_load(session: Session) -> bool:
    return session.missing(LOADING_WEIGHTS) is None


def _can_train(session: Session) -> bool:
    return session.can_train


def _can_continue(session: Session) -> bool:
    return session.can_continue


def _can_pause(session: Session) -> bool:
    return session.run.status in (RunStatus.RUNNING, RunStatus.PAUSED)


def _can_stop(session: Session) -> bool:
    return session.run.active and session.run.status is not RunStatus.STOPPING


def _can_undo(session: Session) -> bool:
    return session.undo.can_undo


def _can_redo(session: Session) -> bool:
    return session.undo.can_redo


def _undo_now(session: Session) -> str:
    return session.undo.undo_what


def _redo_now(session: Session) -> str:
    return session.undo.redo_what


def _has_class_folders(session: Session) -> bool:
    index = session.datasets.index
    if index is None or session.datasets.is_sample or session.run.active:
        return False
    return index.layout is Layout.CLASS_FOLDERS and bool(index.folders)  # an archive has none


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """A command of the menus.

    Attributes:
        name: the method of `commands.Commands` that carries it out.
        text: with ``&`` before the mnemonic.
        help: one sentence, for tooltips.
        shortcuts: portable key sequences; the first one is shown.
        icon: a meaning of `icons.NAMES`; empty for none.
        checkable: whether it stays on.
        separated: whether a line stands above it.
        can: whether it can be used now.
        now: what it would do now, for behind a colon; empty for nothing.
    """

    name: str
    menu: Menu
    text: str
    help: str = ""
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    separated: bool = False
    can: Callable[[Session], bool] = _always
    now: Callable[[Session], str] | None = None


ACTIONS = (
    ActionSpec(
        "open_dataset",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&Open dataset folder…"),
        QT_TRANSLATE_NOOP("actions", "Open a folder of images"),
        ("Ctrl+O",),
        "open",
        can=_can_open,
    ),
    ActionSpec(
        "open_dataset_file",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Open dataset &file…"),
        QT_TRANSLATE_NOOP("actions", "Open an archive, a table or a packed dataset"),
        ("Ctrl+Shift+O",),
        "open",
        can=_can_open,
    ),
    ActionSpec(
        "close_dataset",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Close &dataset"),
        QT_TRANSLATE_NOOP("actions", "Back to the start page"),
        ("Ctrl+W",),
        can=_has_dataset,
    ),
    ActionSpec(
        "reload_dataset",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&Reload dataset"),
        QT_TRANSLATE_NOOP("actions", "Read the folder again"),
        ("Ctrl+Shift+R",),
        "reload",
        can=_has_dataset,
    ),
    ActionSpec(
        "export_manifest",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "E&xport manifest…"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Write down what was left out, moved and placed by hand, for a copy of the dataset",
        ),
        can=_has_manifest,
    ),
    ActionSpec(
        "import_manifest",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&Import manifest or split…"),
        QT_TRANSLATE_NOOP(
            "actions", "Take over what was changed by hand in a copy of the dataset, or a split.csv"
        ),
        can=_has_dataset,
    ),
    ActionSpec(
        "save_split",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Save spli&t as table…"),
        QT_TRANSLATE_NOOP("actions", "Write image, class, split and group of every image as CSV"),
        can=_has_index,
    ),
    ActionSpec(
        "write_copy",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Write a clean cop&y…"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Write the images as they are used now into a folder of their own, for other programs",
        ),
        can=_has_dataset,
    ),
    ActionSpec(
        "make_dataset",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&New dataset…"),
        QT_TRANSLATE_NOOP(
            "actions", "Make classes, and put images, videos or the camera into them"
        ),
        ("Ctrl+N",),
        "gather",
        separated=True,
    ),
    ActionSpec(
        "add_images",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&Add images to this dataset…"),
        QT_TRANSLATE_NOOP("actions", "Put more images into its class folders, or sort them anew"),
        can=_has_class_folders,
    ),
    ActionSpec(
        "download_dataset",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Do&wnload a dataset…"),
        QT_TRANSLATE_NOOP("actions", "Ants & Bees, CIFAR-10, Fashion-MNIST, Pets and others"),
        icon="download",
    ),
    ActionSpec(
        "save_weights",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&Save weights…"),
        QT_TRANSLATE_NOOP("actions", "Save the best weights for PyTorch (.pth) or .safetensors"),
        ("Ctrl+S",),
        "save",
        separated=True,
        can=_has_classifier,
    ),
    ActionSpec(
        "save_last_weights",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Save weights of the &last epoch…"),
        QT_TRANSLATE_NOOP("actions", "Save the weights as they were when training ended"),
        can=_has_trained_classifier,
    ),
    ActionSpec(
        "save_model",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Save whole &model…"),
        QT_TRANSLATE_NOOP("actions", "Save the network itself, as torch.save(model) does"),
        ("Ctrl+Shift+S",),
        can=_has_classifier,
    ),
    ActionSpec(
        "load_weights",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Loa&d weights…"),
        QT_TRANSLATE_NOOP("actions", "Load a state dict (.pth, .pt, .safetensors)"),
        ("Ctrl+L",),
        "load",
        separated=True,
        can=_can_load,
    ),
    ActionSpec(
        "load_model",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Load &whole model…"),
        QT_TRANSLATE_NOOP(
            "actions", "Take the weights out of a torch.save(model) file; no code in it is run"
        ),
        ("Ctrl+Shift+L",),
        can=_can_load,
    ),
    ActionSpec(
        "pull_from_hub",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Load &from the hub…"),
        QT_TRANSLATE_NOOP("actions", "Fetch weights from the Hugging Face hub and load them"),
        can=_can_load,
    ),
    ActionSpec(
        "manage_weights",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&Pretrained weights…"),
        QT_TRANSLATE_NOOP("actions", "See, download, import and remove pretrained weights"),
        ("Ctrl+Shift+P",),
        "download",
    ),
    ActionSpec(
        "open_pack",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Open class pac&k…"),
        QT_TRANSLATE_NOOP(
            "actions", "Take over images, weights, settings and quiz of a class from one file"
        ),
        icon="open",
        separated=True,
        can=_can_open,
    ),
    ActionSpec(
        "make_pack",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&Make a class pack…"),
        QT_TRANSLATE_NOOP(
            "actions", "Put all that a class needs into one file that opens without a network"
        ),
        icon="save",
    ),
    ActionSpec(
        "report",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "R&eport…"),
        QT_TRANSLATE_NOOP("actions", "Write a report of the run in hand as HTML or PDF"),
        ("Ctrl+Shift+E",),
        "export",
        separated=True,
        can=_has_run,
    ),
    ActionSpec(
        "export",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "E&xport…"),
        QT_TRANSLATE_NOOP(
            "actions", "Hand the model on: ONNX, a folder that runs, PyTorch, a page, the hub"
        ),
        ("Ctrl+Shift+X",),
        "export",
        can=_has_classifier,
    ),
    ActionSpec(
        "push_to_hub",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Push to the hu&b…"),
        QT_TRANSLATE_NOOP("actions", "Hand the model on to the Hugging Face hub, with its card"),
        can=_has_classifier,
    ),
    ActionSpec(
        "show_code",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "S&how me the PyTorch…"),
        QT_TRANSLATE_NOOP("actions", "See the run as a PyTorch script or notebook of its own"),
        ("Ctrl+E",),
        "code",
    ),
    ActionSpec(
        "predict_images",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "Try ima&ges…"),
        QT_TRANSLATE_NOOP("actions", "See what the model says of other images"),
        ("Ctrl+T",),
        "use",
        separated=True,
        can=_has_classifier,
    ),
    ActionSpec(
        "quit",
        Menu.FILE,
        QT_TRANSLATE_NOOP("actions", "&Quit"),
        shortcuts=("Ctrl+Q",),
        separated=True,
    ),
    ActionSpec(
        "undo",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("actions", "&Undo"),
        QT_TRANSLATE_NOOP("actions", "Take back the last change of settings, ticks or split"),
        ("Ctrl+Z",),
        "undo",
        can=_can_undo,
        now=_undo_now,
    ),
    ActionSpec(
        "redo",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("actions", "&Redo"),
        QT_TRANSLATE_NOOP("actions", "Make the change again that was taken back"),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
        can=_can_redo,
        now=_redo_now,
    ),
    ActionSpec(
        "preferences",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("actions", "&Preferences…"),
        QT_TRANSLATE_NOOP(
            "actions", "Language, folders, space, device, internet, and what is remembered"
        ),
        ("Ctrl+,",),
        "settings",
        separated=True,
    ),
    ActionSpec(
        "train",
        Menu.TRAIN,
        QT_TRANSLATE_NOOP("actions", "&Train"),
        QT_TRANSLATE_NOOP("actions", "Start training with the current settings"),
        ("Ctrl+Return", "F5"),
        "play",
        can=_can_train,
    ),
    ActionSpec(
        "pause",
        Menu.TRAIN,
        QT_TRANSLATE_NOOP("actions", "&Pause"),
        QT_TRANSLATE_NOOP("actions", "Wait before the next batch"),
        ("Ctrl+P",),
        "pause",
        checkable=True,
        can=_can_pause,
    ),
    ActionSpec(
        "stop",
        Menu.TRAIN,
        QT_TRANSLATE_NOOP("actions", "&Stop"),
        QT_TRANSLATE_NOOP("actions", "End after this batch; what was learned is kept"),
        ("Ctrl+.",),
        "stop",
        can=_can_stop,
    ),
    ActionSpec(
        "continue_run",
        Menu.TRAIN,
        QT_TRANSLATE_NOOP("actions", "&Continue the run"),
        QT_TRANSLATE_NOOP("actions", "Go on with the run in hand from its last checkpoint"),
        ("Ctrl+Shift+Return",),
        "play",
        can=_can_continue,
    ),
    ActionSpec(
        "find_anything",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "&Find anything…"),
        QT_TRANSLATE_NOOP(
            "actions", "Find a command, page, model, layer, class or setting by its name"
        ),
        ("Ctrl+K",),
        "search",
    ),
    ActionSpec(
        "take_tour",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "Take the &tour"),
        QT_TRANSLATE_NOOP("actions", "From images to results in five steps, on the sample dataset"),
    ),
    ActionSpec(
        "learn",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "&Learn"),
        QT_TRANSLATE_NOOP(
            "actions", "Lessons to drag with the hand: convolution, blocks, training"
        ),
        ("Ctrl+F1",),
        "learn",
    ),
    ActionSpec(
        "user_guide",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "&User guide"),
        QT_TRANSLATE_NOOP(
            "actions", "Read how things are done; F1 first explains what the keyboard is at"
        ),
        ("F1",),
        "help",
    ),
    ActionSpec(
        "glossary",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "&Glossary"),
        QT_TRANSLATE_NOOP("actions", "Look up what a word, a setting or a mark means"),
    ),
    ActionSpec(
        "what_is_this",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "&What is this?"),
        QT_TRANSLATE_NOOP("actions", "Click on anything to have it explained"),
        ("Shift+F1",),
    ),
    ActionSpec(
        "show_shortcuts",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "&Keyboard shortcuts"),
        QT_TRANSLATE_NOOP("actions", "Every key that does something, by menu and by page"),
        ("Ctrl+/",),
    ),
    ActionSpec(
        "show_news",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "What's &new"),
        QT_TRANSLATE_NOOP("actions", "What the latest versions brought"),
    ),
    ActionSpec(
        "simple",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("actions", "&Simple"),
        QT_TRANSLATE_NOOP(
            "actions", "Leave layers and what only experts need out of sight; it goes on to hold"
        ),
        checkable=True,
    ),
    ActionSpec(
        "show_messages",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "&Messages"),
        QT_TRANSLATE_NOOP("actions", "Everything the studio has told you"),
        ("Ctrl+M",),
        "info",
        separated=True,
    ),
    ActionSpec(
        "show_diagnostics",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "&Diagnostics…"),
        QT_TRANSLATE_NOOP("actions", "See versions, machine and log, to send with a question"),
    ),
    ActionSpec("open_log", Menu.HELP, QT_TRANSLATE_NOOP("actions", "&Open log folder")),
    ActionSpec(
        "show_licences",
        Menu.HELP,
        QT_TRANSLATE_NOOP("actions", "L&icences"),
        QT_TRANSLATE_NOOP("actions", "See what TLStudio is made of, with the licence of each part"),
        separated=True,
    ),
    ActionSpec("about", Menu.HELP, QT_TRANSLATE_NOOP("actions", "&About TLStudio")),
)


IN_ALL_WINDOWS = ("user_guide", "what_is_this")  # whose keys work in popups and dialogs, too
ACTION_BY_NAME = {spec.name: spec for spec in ACTIONS}


WHY_NOT: dict[Callable[[Session], bool], tuple[Need, ...]] = {
    _can_open: (Need.NO_RUN,),
    _has_dataset: (Need.NO_RUN, Need.DATASET),
    _has_index: (Need.DATASET,),
    _has_manifest: (Need.DATASET,),
    _can_load: LOADING_WEIGHTS,
    _can_train: TRAINING,
    _can_undo: (Need.NO_RUN,),
    _can_redo: (Need.NO_RUN,),
}
WHY_NOT_NOW: dict[Callable[[Session], bool], str] = {
    _has_manifest: QT_TRANSLATE_NOOP("actions", "Nothing was changed by hand."),
    _has_class_folders: QT_TRANSLATE_NOOP(
        "actions", "No folder with a folder for each class is open."
    ),
    _has_classifier: QT_TRANSLATE_NOOP("actions", "There is no model yet: train or load one."),
    _has_trained_classifier: QT_TRANSLATE_NOOP("actions", "Nothing was trained yet."),
    _can_continue: QT_TRANSLATE_NOOP(
        "actions", "The run in hand has done all its epochs; more are on the Runs page."
    ),
    _has_run: QT_TRANSLATE_NOOP("actions", "No run is in hand: train, or open one."),
    _can_pause: QT_TRANSLATE_NOOP("actions", "No run is going on."),
    _can_stop: QT_TRANSLATE_NOOP("actions", "No run is going on."),
    _can_undo: QT_TRANSLATE_NOOP("actions", "There is nothing to undo."),
    _can_redo: QT_TRANSLATE_NOOP("actions", "There is nothing to redo."),
}


def why_not(spec: ActionSpec, session: Session) -> str:
    """Why a command cannot be used now, in a sentence; empty where it can."""
    if spec.can(session):
        return ""
    sentence = reason(session, WHY_NOT.get(spec.can, ()))[0]
    return sentence or text(WHY_NOT_NOW[spec.can])


def text(source: str) -> str:
    """A string of this table in the language of the window."""
    return QCoreApplication.translate("actions", source)


MENU_ROLES = {  # where macOS has them in the program's own menu
    "quit": QAction.MenuRole.QuitRole,
    "about": QAction.MenuRole.AboutRole,
    "preferences": QAction.MenuRole.PreferencesRole,
}


def make_actions(owner: QObject) -> dict[str, QAction]:
    """A QAction for each row, by name, not yet connected."""
    actions: dict[str, QAction] = {}
    for spec in ACTIONS:
        action = QAction(text(spec.text), owner)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        action.setCheckable(spec.checkable)
        if spec.name in IN_ALL_WINDOWS:
            action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        if spec.icon:
            action.setIcon(icons.icon(spec.icon))
        if spec.help:
            action.setToolTip(plain_tip(text(spec.help)))
            action.setStatusTip(text(spec.help))
        action.setMenuRole(MENU_ROLES.get(spec.name, QAction.MenuRole.TextHeuristicRole))
        actions[spec.name] = action
    return actions
