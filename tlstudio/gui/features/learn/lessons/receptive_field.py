"""The receptive field: what one value of a layer can see of the photo, and what it uses of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import receptive_field as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.depth_bars import DepthBars
from tlstudio.gui.features.learn.widgets.field_picture import FieldPicture, Square
from tlstudio.gui.features.learn.widgets.formula_line import FormulaLine, result, soft
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.receptive_field import FieldStep, FieldTable, Influence

NETWORKS = {  # by the names of their papers
    "tf_efficientnet_lite0": "EfficientNet-Lite0",
    "alexnet": "AlexNet",
    "vgg16": "VGG-16",
    "googlenet": "GoogLeNet",
    "resnet18": "ResNet-18",
    "resnet50": "ResNet-50",
    "resnet56": "ResNet-56 (CIFAR)",
    "shufflenet_v2_x1_0": "ShuffleNet V2",
    "vit_b_16": "ViT-B/16",
}
START = 7
REST_MS = 150  # of the hand, before the gradient is worked out


class ReceptiveFieldLesson(LessonScreen):
    """The photo with the squares at the left, a bar for each layer beside it."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._table: FieldTable | None = None
        self._used: dict[int, int] = {}
        self.network = ChoiceField()
        self.network.setAccessibleName(self.tr("Network"))
        self._offer_networks()
        self.network.set_value(self._wanted())
        self.picture = FieldPicture(self.tr("Photo with the receptive field"))
        self.picture.set_position(*self.kept("place", (0.5, 0.5)))
        self.bars = DepthBars(
            self.tr("Layers by their receptive fields"),
            self.tr("Side of the receptive field by layer"),
            (self.tr("first layer"), self.tr("last layer")),
        )
        self.bars.set_position(self.kept("layer", START))
        self.layer = ElidedLabel()
        self.seen, self.used = label(""), label("", wrap=True)
        self.jump = FormulaLine()
        self.note = label("", wrap=True)
        self.note.hide()
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._ask_influence)
        self._build()
        self.setFocusProxy(self.bars)
        self.network.chosen.connect(self._on_network)
        self.bars.moved.connect(self._on_layer)
        self.picture.moved.connect(self._on_place)
        session.network.settings_changed.connect(self._offer_networks)
        session.network.models_changed.connect(self._offer_networks)
        self._ask_table()

    def photo_changed(self) -> None:
        self._forget()
        self._ask_influence()

    def show_answer(self, answer: FieldTable) -> None:
        if answer.model != self.network.value:
            return
        self._table = answer
        text = self.tr("the whole image, {px} px").format(px=answer.image_px)
        self.bars.set_heights([step.size_px for step in answer.steps], (answer.image_px, text))
        self.picture.set_side(answer.image_px)
        self._forget()
        self._show_note(answer)
        self._show_step()
        self._ask_influence()

    def _offer_networks(self) -> None:
        """The network of the Model page first, then those with names that a class knows."""
        model = self.session.network.config.model
        titles = {model: self.session.network.title_of(model), **NETWORKS}
        titles[model] = self.tr("{network} (chosen)").format(network=titles[model])
        value = self.network.value
        is_gone = bool(value) and value not in titles  # another one is chosen now
        if is_gone:
            self.network.setCurrentIndex(-1)
        self.network.set_choices(titles.items())
        if is_gone:
            self.network.set_value(model)
            self._on_network(model)

    def _wanted(self) -> str:
        """What was looked at last, if it is still offered."""
        kept = str(self.kept("network", ""))
        return kept if self.network.findData(kept) >= 0 else next(iter(NETWORKS))

    def _show_note(self, table: FieldTable) -> None:
        """Say where squares do not tell all."""
        network = NETWORKS.get(table.model) or self.session.network.title_of(table.model)
        text = ""
        if table.is_patches:
            text = self.tr(
                "{network} cuts the image into patches and then mixes all of them: no square grows "
                "from layer to layer, as it does with convolutions."
            ).format(network=network)
        elif table.untold:
            text = self.tr(
                "{network}: more layers follow that see more than kernels and strides can tell."
            ).format(network=network)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _build(self) -> None:
        grid = theme.GRID
        left = vstack((self.picture, 1), self.seen, self.used, spacing=grid // 2)
        right = vstack(
            self.network, self.layer, grid, (self.bars, 1), self.jump, self.note, spacing=grid // 2
        )
        self.stage.addLayout(left, 1)
        self.stage.addLayout(right, 1)

    @property
    def _step(self) -> FieldStep | None:
        steps = self._table.steps if self._table is not None else ()
        return steps[self.bars.position] if steps else None

    def _place_of(self, step: FieldStep) -> tuple[int, int]:
        """Row and column of the value in the map of its layer."""
        x, y = self.picture.position
        return int(y * step.rows), int(x * step.columns)

    def _square(self, step: FieldStep) -> tuple[int, int, int]:
        if step.is_whole:
            return 0, 0, step.size_px
        return step.square(*self._place_of(step))

    def _show_step(self, used_px: int | None = None) -> None:
        step = self._step
        if step is None or self._table is None:
            return
        number = self.bars.position + 1
        text = self.tr("Layer {number} of {count}: {path}").format(
            number=number, count=len(self._table.steps), path=step.path
        )
        self.layer.set_text(text)
        side = f"{step.size_px} × {step.size_px}"
        seen = self.tr("It can see {side} px.").format(side=side)
        self.seen.setText(seen)
        top, left, size = self._square(step)
        squares = [Square(top, left, size, "accent")]
        if used_px:
            middle = (size - used_px) / 2
            used = Square(top + middle, left + middle, used_px, "val", is_dashed=True)
            squares.append(used)
        self.picture.set_squares(tuple(squares), seen)
        self._show_formulas(step)

    def _show_formulas(self, step: FieldStep) -> None:
        if step.is_whole:
            self.facts.show_parts(
                (
                    soft(self.tr("All places are mixed at once") + "  =  "),
                    result(self.tr("up to the whole image"), "accent"),
                )
            )
            self.jump.show_parts(())
            return
        before, jump = step.size_before_px, step.jump_before_px
        kernel = f"{step.dilation} · ({step.kernel} \u2212 1)"
        kernel = kernel if step.dilation > 1 else f"({step.kernel} \u2212 1)"
        self.facts.show_parts(
            (
                soft(self.tr("receptive field") + "  =  r + (k \u2212 1) · j  =  "),
                f"{before} + {kernel} · {jump}",
                soft("  =  "),
                result(f"{step.size_px}", "accent"),
                soft(" px"),
            )
        )
        self.jump.show_parts(
            (
                soft(self.tr("step between neighbours") + "  =  j · s  =  "),
                f"{jump} · {step.stride}",
                soft("  =  "),
                result(f"{step.jump_px}"),
                soft(" px"),
            )
        )

    def _show_influence(self, key: tuple[object, ...], answer: Influence) -> None:
        self.problem.hide()
        self.picture.set_photo(answer.photo)
        if key != self._key:
            return  # the hand is somewhere else by now
        self._used[self.bars.position] = answer.used_px
        self.bars.set_measured(self._used)
        self.picture.set_heat(answer.shares)
        self._show_step(answer.used_px)
        weights = (
            self.tr("pretrained weights") if answer.is_pretrained else self.tr("random weights")
        )
        text = self.tr("It uses {side} px: 95 % of its gradient ({weights}).")
        side = f"{answer.used_px} × {answer.used_px}"
        self.used.setText(text.format(side=side, weights=weights))

    @property
    def _key(self) -> tuple[object, ...]:
        """What an influence belongs to."""
        step = self._step
        place = self._place_of(step) if step is not None else None
        return self.network.value, self.bars.position, place, self.photo

    def _forget(self) -> None:
        """What was measured is of another photo, place or network."""
        self._used = {}
        self.bars.set_measured({})
        self.picture.set_heat(None)

    def _ask_table(self) -> None:
        self.ask(jobs.field_table, self.network.value)

    def _ask_influence(self) -> None:
        step, photo = self._step, self.photo
        if step is None or photo is None:
            return
        key = self._key
        row, column = self._place_of(step)
        self.ask(
            jobs.influence,
            *(self.network.value, step, photo, row, column),
            done=lambda answer: self._show_influence(key, answer),
        )

    def _on_network(self, network: str) -> None:
        self.keep(network=network)
        self._table = None
        self._ask_table()

    def _on_layer(self, layer: int) -> None:
        self.keep(layer=layer)
        self._moved()

    def _on_place(self, x: float, y: float) -> None:
        self.keep(place=(x, y))
        self._used = {}
        self.bars.set_measured({})
        self._moved()

    def _moved(self) -> None:
        self.picture.set_heat(None)
        self.used.setText(self.tr("What it uses of that is being measured …"))
        self._show_step()
        self._timer.start()
