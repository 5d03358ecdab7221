"""Depth: the errors of plain and of residual networks, over the epochs of a race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import degradation as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.formula_line import Part, number, result, soft
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.chart.error_chart import ErrorChart, ErrorCurve
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.degradation import Degradation

SLIDER_PX = 360


class DegradationLesson(LessonScreen):
    """Two panes of curves, the depth that is compared above them, the epoch below."""

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._answer: Degradation | None = None
        self.layers = Segmented(self.tr("Layers"))
        self.chart = ErrorChart()
        self.epoch = ValueSlider(self.tr("Epoch"), (1.0,))
        self.epoch.setFixedWidth(SLIDER_PX)
        self.source = label("", "hint", wrap=True)
        grid, centre = theme.GRID, Qt.AlignmentFlag.AlignVCenter
        self.choice = QWidget()
        hstack(
            (label(self.tr("Layers, against the shallowest"), "section"), centre),
            self.layers,
            Stretch(),
            spacing=2 * grid,
            parent=self.choice,
        )
        below = hstack(self.epoch, (self.source, 1), spacing=4 * grid)
        self.stage.addLayout(vstack(self.choice, (self.chart, 1), below, spacing=2 * grid))
        self.setFocusProxy(self.epoch.slider)
        self.layers.chosen.connect(self._on_depth)
        self.epoch.changed.connect(self._on_epoch)
        self.ask(jobs.latest)

    def show_answer(self, answer: Degradation) -> None:
        self._answer = answer
        deeper = answer.depths[1:]
        self.layers.set_options([(depth, str(depth)) for depth in deeper])
        self.choice.setVisible(len(deeper) > 1)
        self.layers.set_value(self.kept("depth", deeper[-1]))
        self.epoch.set_values([float(epoch) for epoch in range(1, answer.epochs + 1)])
        self.epoch.set_value(self.kept("epoch", answer.epochs))
        self.source.setText(self._source(answer))
        self._draw()

    def _source(self, answer: Degradation) -> str:
        if answer.is_own:
            text = self.tr(
                "Your race of {date} on {dataset}: {images} images, %n seed(s).", "", answer.seeds
            )
        else:
            text = self.tr(
                "Measured for this studio on {dataset} in grey, 16 px wide: {images} images, "
                "%n seed(s). Your own race takes its place.",
                "",
                answer.seeds,
            )
        return text.format(
            date=answer.made_on,
            dataset=answer.dataset,
            images=formats.count(answer.train_images),
        )

    def _draw(self) -> None:
        answer = self._answer
        if answer is None:
            return
        chosen = (answer.depths[0], int(str(self.layers.value)))
        curves = []
        for is_residual, pane in ((False, self.tr("Plain")), (True, self.tr("Residual"))):
            for depth in chosen:
                run = answer.run(depth, is_residual=is_residual)
                train, val = (tuple(enumerate(line, 1)) for line in (run.train, run.val))
                place = answer.depths.index(depth)
                curves.append(ErrorCurve(run.entry.title, place, pane, train, val, str(depth)))
        top = max(max((*run.train, *run.val)) for run in answer.runs)
        self.chart.set_curves(curves, answer.epochs, top)
        self._show_epoch()

    def _show_epoch(self) -> None:
        answer = self._answer
        if answer is None:
            return
        epoch = round(self.epoch.value)
        shallow, deep = answer.depths[0], int(str(self.layers.value))
        parts: list[Part | str] = [soft(self.tr("Training error:") + "  ")]
        for is_residual in (False, True):
            one, other = (answer.run(depth, is_residual=is_residual) for depth in (deep, shallow))
            errors = [100 * run.train[epoch - 1] for run in (one, other)]
            more = round(errors[0], 1) - round(errors[1], 1)
            sign = "+" if more > 0 else ""
            parts += [
                soft(one.entry.title + " "),
                number(errors[0], 1),
                soft(" − " + other.entry.title + " "),
                number(errors[1], 1),
                " = ",
                result(self.tr("{n} points").format(n=sign + number(more, 1))),
                "" if is_residual else "        ",
            ]
        self.facts.show_parts(parts)
        for plot in self.chart.panes.values():
            plot.point_at(float(epoch))

    def _on_depth(self, value: object) -> None:
        self.keep(depth=value)
        self._draw()

    def _on_epoch(self, value: object) -> None:
        self.keep(epoch=value)
        self._show_epoch()
