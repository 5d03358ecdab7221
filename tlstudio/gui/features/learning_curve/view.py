"""The view "More images?" of the Data page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.gui.features.learning_curve.state import LearningCurveState
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.class_box import ClassBox
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.kit.waiting_page import WaitingPage
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.core.learning_curve import LearningCurve
    from tlstudio.gui.features.learning_curve.chart import LearningCurveChart

ANSWER_PX = 720


class LearningCurveView(QWidget):
    """The answer in sentences, and the curve that it follows from."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "learning-curve-data")
        self._session = session
        self.state = session.feature(LearningCurveState)
        self._chart: LearningCurveChart | None = None
        self._drawn: LearningCurve | None = None
        self.answer = label("", "section", wrap=True)
        self.more = label("", "", wrap=True)
        self.about = label("", "hint", wrap=True)
        self.of_class = ClassBox(self.tr("Curve of"), self.tr("All classes together"), "{name}")
        self.of_class.setMinimumWidth(200)
        self.export_button = IconButton(self.tr("Save…"), "export", "quiet")
        self._build()
        self.state.changed.connect(self._on_changed)
        session.network.engine_ready.connect(self._on_changed)
        self.of_class.activated.connect(self._draw)
        self._refresh = VisibleRefresh(self, self.refresh)

    def set_index(self, index: DatasetIndex) -> None:
        """Follow the dataset and its changes by hand."""
        self.of_class.set_classes([shown(name) for name in index.classes])
        self._refresh.request()

    def refresh(self) -> None:
        """Show the curve, or why there is none yet."""
        self.state.look()
        curve = self.state.curve
        if curve is None:
            self._drawn = None
            self._tell_waiting()
            self._stack.setCurrentIndex(1)
            return
        if curve is not self._drawn:
            self._drawn = curve
            self._tell(curve)
            self._draw()
        self._stack.setCurrentIndex(0)

    def _tell(self, curve: LearningCurve) -> None:
        sentences = [core_text(note.sentence, **note.values) for note in curve.notes]
        self.answer.setText(sentences[0])
        self.more.setText("\n".join(sentences[1:]))
        self.more.setVisible(len(sentences) > 1)
        models = {spec.name: spec.title for spec in self._session.network.models}
        parts = [
            self.tr(
                "Told by a linear probe of the features of {model}, which learned from parts of "
                "the {train} training images and was measured on {val} others. Further to the "
                "right the curve is a guess."
            ).format(
                model=models.get(curve.model, curve.model),
                train=formats.count(curve.overall.train),
                val=formats.count(curve.overall.val),
            )
        ]
        if curve.is_held_back:
            parts.append(
                self.tr("For want of validation images these are a quarter of the training images.")
            )
        self.about.setText(" ".join(parts))

    def _draw(self) -> None:
        curve = self.state.curve
        if curve is None:
            return
        number = self.of_class.class_index
        self._built_chart().set_growth(curve.overall if number is None else curve.classes[number])

    def _built_chart(self) -> LearningCurveChart:
        """The chart, which brings pyqtgraph along."""
        if self._chart is None:
            from tlstudio.gui.features.learning_curve.chart import LearningCurveChart

            chart = self._chart = LearningCurveChart()
            chart.export = ChartExport(
                lambda: chart, self.tr("learning curve"), self._session, self
            )
            self.export_button.setMenu(chart.export.menu(self.export_button))
            self._room.addWidget(chart, 1)
        return self._chart

    def _tell_waiting(self) -> None:
        state, features, progress = self.state, self.state.features, self.state.progress
        problem = state.problem
        done, total = 0, 0
        if problem is not None:
            text = error_text(problem)
        elif not self._session.network.is_ready:
            text = self.tr("PyTorch is still loading; the answer comes in a moment.")
        elif state.is_wanted and progress is not None:
            text = self.tr("Learning from ever more images…")
            done, total = progress.done, progress.total
        elif state.is_wanted:
            text = features.status
            if features.progress is not None:
                done, total = features.progress.done, features.progress.total
        else:
            text = self.tr(
                "Would more photos help? A simple classifier learns from more and more of the "
                "training images, and the curve of its accuracy is continued. For that a network "
                "looks at each image once: about {time}."
            ).format(time=formats.estimate(features.estimate_s))
        self.waiting.setText(text)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setVisible(state.is_wanted)
        self.cancel_button.setVisible(state.is_wanted)
        self.start_button.setVisible(self._session.network.is_ready and not state.is_wanted)
        self.start_button.setText(self.tr("Find out") if problem is None else self.tr("Try again"))

    def _build(self) -> None:
        for words in (self.answer, self.more, self.about):
            words.setMaximumWidth(ANSWER_PX)
        tools = hstack(self.of_class, Stretch(), self.export_button, spacing=theme.GRID)
        shown_page = QWidget()
        self._room = vstack(spacing=0)
        vstack(
            self.answer,
            self.more,
            self.about,
            theme.GRID,
            tools,
            (self._room, 1),
            spacing=theme.GRID,
            margins=(0, 0, 0, theme.GRID * 2),
            parent=shown_page,
        )
        self.start_button = IconButton(self.tr("Find out"), "play", "", self.state.start)
        self.cancel_button = IconButton(self.tr("Cancel"), "close", "quiet", self.state.cancel)
        waiting_page = WaitingPage(self.start_button, self.cancel_button)
        self.waiting, self.bar = waiting_page.words, waiting_page.bar
        self._stack = QStackedWidget()
        self._stack.addWidget(shown_page)
        self._stack.addWidget(waiting_page)
        self._stack.setCurrentIndex(1)
        vstack((self._stack, 1), parent=self)

    def _on_changed(self) -> None:
        self._refresh.request()
