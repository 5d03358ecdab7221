"""The view of the learning-rate finder: the loss over rising learning rates, and a suggestion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.needs import RATE_FINDER
from tlstudio.core.rate_finder import rate_text
from tlstudio.gui.features.rate_finder.state import FoundRate, RateState
from tlstudio.gui.features.rate_finder.texts import RateTexts
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import (
    EmptyState,
    IconButton,
    IconLabel,
    label,
    plain_tip,
    set_property,
)
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.number_row import NumberRow
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.reasons import mend, reason_text
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.rate_finder.chart import RateChart

DRAW_MS = 60  # steps on kept features take a thousandth of a second


class RateView(QWidget):
    """Shows `RateState`: an empty state, a test that goes on, or what the last one found."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "rate-finder")
        self._session = session
        self._rates = session.feature(RateState)
        self._texts = RateTexts(self)
        self.chart: RateChart | None = None
        self._draw_timer = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._draw_timer.timeout.connect(self._draw)
        self._stack = PageStack()
        self._stack.addWidget(self._make_empty())
        self._stack.addWidget(self._make_content())
        vstack(self._stack, parent=self)
        self._refresh = VisibleRefresh(self, self._show)
        self._rates.changed.connect(self._refresh.request)
        self._rates.progressed.connect(self._on_progressed)
        self._rates.chosen_changed.connect(self._refresh.request)
        session.busy_changed.connect(self._refresh.request)
        self._show()

    # Building

    def _make_empty(self) -> QWidget:
        self.find_button = IconButton(self.tr("Find it"), "rate", clicked=self._find)
        self.remedy_button = IconButton("", clicked=self._on_remedy)
        self.empty = EmptyState(
            "rate", self.tr("Find the learning rate"), "", self.find_button, self.remedy_button
        )
        return self.empty

    def _make_content(self) -> QWidget:
        self.headline = label("", "title", wrap=True)
        self.again_button = IconButton(self.tr("Find again"), "reload", "quiet", self._find)
        self.export_button = IconButton(self.tr("Export"), "export", "quiet")
        self.export = ChartExport(self.ensure_chart, "learning-rate", self._session, self)
        self.export_button.setMenu(self.export.menu(self.export_button))
        self.cancel_button = IconButton(self.tr("Cancel"), "close", clicked=self._rates.cancel)
        self.use_button = IconButton("", "done", clicked=self._rates.use)
        self.train_button = IconButton(self.tr("Train"), "play", clicked=self._session.train)
        self.reason = label("", "hint", wrap=True)
        self._stale_icon = IconLabel("warning", 16, "warning")
        self.stale = label("", wrap=True)
        self.progress_bar = QProgressBar()
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setAccessibleName(self.tr("Progress of the test"))
        self.numbers = NumberRow(
            (
                ("suggested", self.tr("Suggested")),
                ("present", self.tr("Set now")),
                ("steepest", self.tr("Falls fastest at")),
                ("lowest", self.tr("Lowest at")),
            )
        )
        self.how = label(self._texts.how_to_read(), "hint", wrap=True)

        top = Qt.AlignmentFlag.AlignTop
        header = hstack(
            (self.headline, 1),
            (self.export_button, top),
            (self.again_button, top),
            (self.cancel_button, top),
            (self.use_button, top),
            (self.train_button, top),
            spacing=theme.GRID,
        )
        self._stale_row = QWidget()
        hstack((self._stale_icon, top), (self.stale, 1), spacing=theme.GRID, parent=self._stale_row)
        self._chart_place = vstack()

        content = QWidget()
        vstack(
            header,
            self._stale_row,
            self.reason,
            self.progress_bar,
            theme.GRID,
            self.numbers,
            theme.GRID,
            (self._chart_place, 1),
            self.how,
            spacing=theme.GRID,
            parent=content,
        )
        return content

    def ensure_chart(self) -> RateChart:
        """Build the chart if it is not there; the first time, this takes a moment."""
        if self.chart is None:
            from tlstudio.gui.features.rate_finder.chart import RateChart

            self.chart = RateChart()
            self.chart.export = self.export
            self.chart.chosen.connect(self._rates.choose)
            self._chart_place.addWidget(self.chart)
        return self.chart

    # Following the session

    def _show(self) -> None:
        rates = self._rates
        has_content = rates.active or rates.found is not None
        self._stack.setCurrentIndex(1 if has_content else 0)
        can_find = rates.can_find
        self.find_button.setEnabled(can_find)
        self.again_button.setEnabled(can_find)
        if not has_content:
            self._show_empty()
            return
        while_running: tuple[QWidget, ...] = (self.progress_bar, self.cancel_button)
        afterwards: tuple[QWidget, ...] = (self.again_button, self.export_button, self.numbers)
        for widget in while_running:
            widget.setVisible(rates.active)
        for widget in afterwards:
            widget.setVisible(not rates.active)
        if rates.active:
            self.use_button.hide()
            self.train_button.hide()
            self._stale_row.hide()
            self._show_progress()
        elif rates.found is not None:
            self._show_found(rates.found)
        if self.isVisible():
            self._draw()

    def _show_empty(self) -> None:
        title, text, remedy = self._texts.empty(self._session)
        self.empty.title.setText(title)
        self.empty.text.setText(text)
        self.remedy_button.setText(remedy)
        self.remedy_button.setVisible(bool(remedy))
        self.find_button.setVisible(not remedy)

    def _show_found(self, found: FoundRate) -> None:
        rates, result = self._rates, found.result
        present, chosen = self._session.network.config.learning_rate, rates.chosen
        notice = self._texts.notice(rates)
        is_stale, is_used = bool(notice), chosen == present
        self.headline.setText(
            self._texts.headline(result, chosen, is_used=is_used, is_stale=is_stale)
        )
        self.reason.setText(self._texts.reason(result))
        self.use_button.setVisible(chosen is not None and not is_used)
        if chosen is not None:
            self.use_button.setText(self.tr("Use {rate}").format(rate=rate_text(chosen)))
        self.train_button.setVisible(is_used)
        self.train_button.setEnabled(self._session.can_train)
        is_again_first = is_stale or chosen is None
        _set_first(self.use_button, is_first=not is_again_first)
        _set_first(self.train_button, is_first=not is_again_first)
        _set_first(self.again_button, is_first=is_again_first)
        self.again_button.setToolTip(plain_tip(reason_text(self._session, RATE_FINDER)))
        self.numbers.set_numbers(self._texts.numbers(result, present))
        self.stale.setText(notice)
        self._stale_row.setVisible(is_stale)

    def _show_progress(self) -> None:
        rates = self._rates
        headline, details = self._texts.progress(rates)
        self.headline.setText(headline)
        self.reason.setText(details)
        if rates.started is not None and rates.points:
            self.progress_bar.setRange(0, rates.started.steps)
            self.progress_bar.setValue(len(rates.points))
        elif rates.features is not None:
            self.progress_bar.setRange(0, max(1, rates.features.total))
            self.progress_bar.setValue(rates.features.done)
        else:
            self.progress_bar.setRange(0, 0)

    def _on_progressed(self) -> None:
        if not self._draw_timer.isActive():
            self._draw_timer.start()

    def _draw(self) -> None:
        """The curve so far, or that of the last test; and the words that change with it."""
        rates = self._rates
        if rates.active:
            self._show_progress()
        if not self.isVisible() or self._stack.currentIndex() == 0:
            return
        chart = self.ensure_chart()
        chart.set_present(self._session.network.config.learning_rate)
        if rates.active:
            chart.set_points(rates.points, None)
            chart.set_rate(None)
        elif rates.found is not None:
            chart.set_points(rates.found.result.points, rates.found.result)
            chart.set_rate(rates.chosen)

    # Commands

    def _find(self) -> None:
        if not self._session.is_busy:
            self._rates.find()

    def _on_remedy(self) -> None:
        mend(self._session, RATE_FINDER)


def _set_first(button: IconButton, *, is_first: bool) -> None:
    """One button of the view stands out: that of the next thing to do."""
    set_property(button, "kind", "" if is_first else "quiet")
