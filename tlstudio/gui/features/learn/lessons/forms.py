"""Forms of transfer learning: a border along the network parts what is frozen from what trains."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.cases import Form, parts_of
from tlstudio.core.lessons.lesson import Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.strategies import STRATEGIES
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.features.learn.chosen_network import tree_of
from tlstudio.gui.features.learn.screen import LessonScreen, larger
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.network_strip import NetworkStrip
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session

STARTS = (
    (True, QT_TRANSLATE_NOOP("FormsLesson", "Pretrained weights")),
    (False, QT_TRANSLATE_NOOP("FormsLesson", "Random values")),
)
RATES = (
    (False, QT_TRANSLATE_NOOP("FormsLesson", "One rate for all")),
    (True, QT_TRANSLATE_NOOP("FormsLesson", "One tenth below the head")),
)


class FormsLesson(LessonScreen):
    """The stages of the chosen network, the border on them, and the name of what that is."""

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.start = Segmented(self.tr("Starts from"))
        self.start.set_options([(value, self.tr(title)) for value, title in STARTS])
        self.start.set_value(self.kept("pretrained", True))
        self.rates = Segmented(self.tr("Learning rate"))
        self.rates.set_options([(value, self.tr(title)) for value, title in RATES])
        self.rates.set_value(self.kept("gentle", False))
        self.strip = NetworkStrip(can_drag=True)
        self.name = label("", "title")
        self.help = larger(label("", wrap=True))
        self.help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.help.setFixedHeight(2 * self.help.fontMetrics().lineSpacing())  # nothing jumps
        grid = theme.GRID
        self.stage.addLayout(
            vstack(
                hstack(self.start, self.rates, Stretch(), spacing=3 * grid),
                grid,
                self.name,
                self.help,
                (self.strip, 1),
                spacing=grid,
            )
        )
        self.setFocusProxy(self.strip)
        self.start.chosen.connect(self._on_chosen)
        self.rates.chosen.connect(self._on_chosen)
        self.strip.moved.connect(self._on_moved)
        self._tree: LayerTree | None = None
        session.network.tree_changed.connect(self._on_tree)
        self._on_tree()

    @property
    def form(self) -> Form:
        """What is chosen."""
        return Form(self.kept("border", None), bool(self.start.value), bool(self.rates.value))

    def _on_tree(self) -> None:
        self._tree = tree_of(self.session)
        self._show()

    def _on_chosen(self) -> None:
        self.keep(pretrained=bool(self.start.value), gentle=bool(self.rates.value))
        self._show()

    def _on_moved(self, border: int) -> None:
        self.keep(border=border, pretrained=True)
        self.start.set_value(True)  # random values are not worth keeping
        self._show()

    def _show(self) -> None:
        tree = self._tree
        if tree is None:
            self.name.setText(self.tr("The network is being read…"))
            return
        form = self.form
        plan = form.plan(tree)
        self.strip.set_parts(parts_of(tree, plan))
        self.strip.set_position(form.frozen_of(tree))
        spec = STRATEGIES[plan.strategy]
        self.rates.setEnabled(form.is_pretrained and not form.frozen_of(tree))
        self.name.setText(core_text(spec.title))
        self.help.setText(core_text(spec.help))
        share = plan.trainable_parameters / plan.total_parameters
        total = formats.count(plan.total_parameters)
        self.facts.show_parts(
            (
                result(formats.count(plan.trainable_parameters), "accent"),
                soft("  " + self.tr("of {total} parameters train").format(total=total) + "  =  "),
                result(formats.percent(share, 2 if share < 0.01 else 1)),
                soft("   " + self.tr("with {classes} classes").format(classes=tree.num_classes)),
            )
        )

    def _on_try_it(self) -> None:
        tree = self._tree
        if tree is not None:
            changes = tuple(self.form.settings(tree).items())
            self.session.follow(Target(step="model", tab="choose", changes=changes))
