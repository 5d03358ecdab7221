"""What the command palette offers: a row for each kind of thing, none of which knows another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from tlstudio.core.finding import initials
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app import actions, data_views, model_page, train_page
from tlstudio.gui.app.dialogs import MNEMONIC
from tlstudio.gui.app.inspector_dock import STEPS
from tlstudio.gui.app.parts import PAGES, TabSpec
from tlstudio.gui.kit import language
from tlstudio.gui.kit.language import core_text, shown
from tlstudio.gui.kit.later import later
from tlstudio.gui.state.runs import run_title
from tlstudio.gui.state.session import Session, Step

translate = QCoreApplication.translate
open_preferences = later("tlstudio.gui.features.preferences.dialog", "open_preferences")


@dataclass(frozen=True, slots=True)
class PaletteContext:
    """What things are found in, and chosen with."""

    session: Session
    actions: Mapping[str, QAction]
    pages: Mapping[Step, QWidget]


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing to choose.

    Attributes:
        name: by which it is remembered; unique within its kind.
        title: as it is shown.
        choose: what choosing it does.
        aliases: what else it is found by.
        detail: quiet words behind the title: where it is, a shortcut, or why it cannot be chosen.
        is_enabled: whether it can be chosen now.
    """

    name: str
    title: str
    choose: Callable[[], object]
    aliases: tuple[str, ...] = ()
    detail: str = ""
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A kind of thing: its name, its title beside each entry, and its entries now."""

    kind: str
    title: str
    entries: Callable[[PaletteContext], Iterable[Entry]]


def _actions(context: PaletteContext) -> Iterable[Entry]:
    for spec in actions.ACTIONS:
        if spec.name == "find_anything":  # it is being used
            continue
        action = context.actions[spec.name]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        why = "" if action.isEnabled() else actions.why_not(spec, context.session)
        yield Entry(
            spec.name,
            MNEMONIC.sub("", actions.text(spec.text)),
            action.trigger,
            (MNEMONIC.sub("", spec.text), spec.name, actions.text(spec.help) if spec.help else ""),
            keys if action.isEnabled() else why,
            action.isEnabled(),
        )


def _choices(context: PaletteContext) -> Iterable[Entry]:
    """What stands in submenus: appearance and language."""
    for name in sorted(context.actions.keys() - {spec.name for spec in actions.ACTIONS}):
        action = context.actions[name]
        of, title = str(action.data()), action.text()
        if name.endswith(".system"):  # which both have
            title = f"{of}: {title}"
        yield Entry(name, title, action.trigger, (name, of), of)


def _pages(context: PaletteContext) -> Iterable[Entry]:
    for number, page in enumerate(PAGES, start=1):
        title = translate("Rail", page.title)
        go = partial(context.session.go_to, page.step)
        yield Entry(page.step.value, title, go, (page.title,), f"Ctrl+{number}")


def _views(context: PaletteContext) -> Iterable[Entry]:
    if context.session.datasets.index is not None:
        yield from _tabs(context, Step.DATA, "DataPage", data_views.VIEWS)
    yield from _tabs(context, Step.MODEL, "ModelPage", model_page.VIEWS)
    yield from _tabs(context, Step.TRAIN, "TrainPage", train_page.VIEWS)


def _tabs(
    context: PaletteContext, step: Step, translated_in: str, views: Iterable[TabSpec]
) -> Iterable[Entry]:
    page = next(spec.title for spec in PAGES if spec.step is step)
    for view in views:
        yield Entry(
            f"{step.value}.{view.view.value}",
            translate(translated_in, view.title),
            partial(_show_tab, context, step, view),
            (view.title,),
            translate("Rail", page),
        )


def _show_tab(context: PaletteContext, step: Step, view: TabSpec) -> None:
    context.session.go_to(step)
    cast(Any, context.pages[step]).show_tab(view.view)


def _settings(context: PaletteContext) -> Iterable[Entry]:
    from tlstudio.core.config import FIELDS
    from tlstudio.core.config.fields import GROUP_TITLES

    config = context.session.network.config
    for spec in FIELDS:
        relevant = spec.is_relevant(config)
        yield Entry(
            spec.name,
            core_text(spec.text.title),
            partial(_show_field, context.session, spec.name),
            (spec.text.title, spec.name, initials(spec.name)),
            core_text(GROUP_TITLES[spec.text.group])
            if relevant
            else translate("palette", "without effect with the present settings"),
            relevant,
        )


def _preferences(context: PaletteContext) -> Iterable[Entry]:
    from tlstudio.core.preferences import PREFERENCES, PREFERENCES_TITLES

    page = context.pages[context.session.step]
    for spec in PREFERENCES:
        yield Entry(
            spec.name,
            core_text(spec.text.title),
            partial(open_preferences, context.session, page, spec.name),
            (spec.text.title, spec.name, initials(spec.name)),
            core_text(PREFERENCES_TITLES[spec.text.group]),
        )


def _show_field(session: Session, name: str) -> None:
    if session.step not in STEPS:
        session.go_to(Step.MODEL)  # first, so that whoever has the field is there to be asked
    session.network.show_field(name)


def _classes(context: PaletteContext) -> Iterable[Entry]:
    """Those of the predictions where these are looked at, else of the open dataset."""
    index, record = context.session.datasets.index, context.session.run.record
    step, classes = Step.DATA, index.classes if index is not None else ()
    if context.session.step is Step.RESULTS and record.shown_predictions.predictions:
        step, classes = Step.RESULTS, record.classes
    for number, name in enumerate(classes):
        yield Entry(name, name, partial(_show_class, context, step, number))


def _show_class(context: PaletteContext, step: Step, number: int) -> None:
    context.session.go_to(step)
    cast(Any, context.pages[step]).show_class(number)


def _layers(context: PaletteContext) -> Iterable[Entry]:
    tree = context.session.network.tree
    for path, node in tree.nodes.items() if tree is not None else ():
        if path:
            yield Entry(path, path, partial(_show_layer, context, path), (node.kind,), node.kind)


def _show_layer(context: PaletteContext, path: str) -> None:
    """In the tree, beside the view that is open where that follows layers, else in the table."""
    session = context.session
    if session.step is not Step.MODEL or session.model_tab == model_page.ModelTab.CHOOSE:
        session.go_to(Step.MODEL)
        cast(Any, context.pages[Step.MODEL]).show_tab(model_page.ModelTab.LAYERS)
    session.network.select_layer(path)


def _models(context: PaletteContext) -> Iterable[Entry]:
    from tlstudio.core.networks.catalog import LIBRARY_TITLES

    libraries = {library: core_text(title) for library, title in LIBRARY_TITLES.items()}
    is_free = not context.session.run.active
    why = translate("palette", "not while a run goes on")
    for model in context.session.network.models:
        yield Entry(
            model.name,
            model.title,
            partial(_choose_model, context, model.name),
            (model.name, shown(model.family)),
            libraries[model.library] if is_free else why,
            is_free,
        )


def _choose_model(context: PaletteContext, name: str) -> None:
    context.session.go_to(Step.MODEL)
    cast(Any, context.pages[Step.MODEL]).show_tab(model_page.ModelTab.CHOOSE)
    context.session.network.set_model(name)


def _runs(context: PaletteContext) -> Iterable[Entry]:
    runs, is_free = context.session.runs, not context.session.run.active
    why = translate("palette", "not while a run goes on")
    for entry in runs.entries:
        yield Entry(
            entry.id,
            run_title(entry),
            partial(runs.open, entry.id),
            (entry.dataset, entry.model, entry.marks.note, *entry.marks.tags),
            shown(entry.dataset) if is_free else why,
            is_free,
        )


def _terms(context: PaletteContext) -> Iterable[Entry]:
    """What the glossary explains, by its synonyms in every language."""
    from tlstudio.core.help import help_entries

    for entry in help_entries(language.current()):
        place = f"term/{entry.id}"
        go = partial(context.session.help_requested.emit, place)
        yield Entry(entry.id, entry.title, go, entry.names)


def _lessons(context: PaletteContext) -> Iterable[Entry]:
    from tlstudio.core.lessons.table import LESSONS
    from tlstudio.gui.features.learn.screens import PAGE_KINDS

    for lesson in LESSONS:
        go = partial(context.session.learn, f"lesson/{lesson.id}")
        yield Entry(lesson.id, core_text(lesson.title), go, (lesson.title, lesson.id))
    for kind in PAGE_KINDS:
        for name, title in kind.entries():
            place = f"{kind.kind}/{name}" if name else kind.kind
            of = translate("LearnWindow", kind.title)
            go = partial(context.session.learn, place)
            title, of = (title, of) if name else (of, title)  # whoever looks for the quiz types so
            yield Entry(place, title, go, (name, of), of)


SOURCES = (  # where two match equally, the earlier kind comes first
    SourceSpec("action", QT_TRANSLATE_NOOP("palette", "Action"), _actions),
    SourceSpec("choice", QT_TRANSLATE_NOOP("palette", "Action"), _choices),
    SourceSpec("page", QT_TRANSLATE_NOOP("palette", "Page"), _pages),
    SourceSpec("setting", QT_TRANSLATE_NOOP("palette", "Setting"), _settings),
    SourceSpec("preference", QT_TRANSLATE_NOOP("palette", "Preference"), _preferences),
    SourceSpec("view", QT_TRANSLATE_NOOP("palette", "View"), _views),
    SourceSpec("class", QT_TRANSLATE_NOOP("palette", "Class"), _classes),
    SourceSpec("model", QT_TRANSLATE_NOOP("palette", "Model"), _models),
    SourceSpec("layer", QT_TRANSLATE_NOOP("palette", "Layer"), _layers),
    SourceSpec("run", QT_TRANSLATE_NOOP("palette", "Run"), _runs),
    SourceSpec("lesson", QT_TRANSLATE_NOOP("palette", "Lesson"), _lessons),
    SourceSpec("term", QT_TRANSLATE_NOOP("palette", "Glossary"), _terms),
)
