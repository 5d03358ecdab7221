"""The view of the advice for this dataset and network, with its evidence."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from tlstudio.core.advice import CASE_TITLES, Advice
from tlstudio.core.advice.place import case_place
from tlstudio.gui.features.advice.case_picture import CaseLabels, CasePicture
from tlstudio.gui.features.advice.depths import DepthsView
from tlstudio.gui.features.advice.items import AdviceItems, Reasons, note_text
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, IconLabel, label, set_property
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.evidence_texts import EvidenceTexts
from tlstudio.gui.state.session import Session, Step

WIDE_FROM_PX = 1000
SIDE_PX, WIDE_SIDE_PX = 252, 340


class AdviceView(QWidget):
    """Shows `EvidenceState`: the advice with its reasons, and the chart that it rests on."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._evidence = session.feature(EvidenceState)
        self._shown: Advice | None = None
        self._texts = EvidenceTexts(self)
        self.open_button = IconButton(self.tr("Go to Data"), "data", clicked=self._on_data_clicked)
        self.empty = EmptyState("advice", self.tr("Advice"), "", self.open_button)
        self._make_parts()
        self._stack = PageStack()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._lay_out())
        vstack(self._stack, parent=self)
        self._refresh = VisibleRefresh(self, self._show)
        self._evidence.changed.connect(self._refresh.request)
        session.busy_changed.connect(self._refresh.request)
        self._show()

    def _make_parts(self) -> None:
        self.headline = label("", "title", wrap=True)
        self.statement = label("", wrap=True)
        self.reasons = Reasons()
        self.use = IconButton(self.tr("Use this advice"), "done", clicked=self._evidence.use_advice)
        self.followed = QWidget()
        hstack(
            IconLabel("right", 16, "right"),
            label(self.tr("The present settings follow this advice."), "hint"),
            Stretch(),
            spacing=theme.GRID // 2,
            parent=self.followed,
        )
        self.picture = CasePicture(
            CaseLabels(
                few=self.tr("few images"),
                many=self.tr("many"),
                different=self.tr("different"),
                similar=self.tr("similar"),
            )
        )
        self.depths = DepthsView(self._session)
        self.items = AdviceItems()

    def _lay_out(self) -> QWidget:
        self._summary = QWidget()
        vstack(
            self.headline,
            self.statement,
            self.reasons,
            Stretch(),
            spacing=theme.GRID,
            parent=self._summary,
        )
        self._side = QWidget()
        self._column = vstack(
            self.picture,
            self.use,
            self.followed,
            Stretch(),
            spacing=2 * theme.GRID,
            parent=self._side,
        )
        body = QWidget()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, theme.GRID, 0)
        self._grid.setHorizontalSpacing(4 * theme.GRID)
        self._grid.setVerticalSpacing(2 * theme.GRID)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self._summary, 0, 0)
        self._is_wide: bool | None = None
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(body)
        self.area.setAccessibleName(self.tr("Advice"))
        self._place()
        return self.area

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """The other pieces of advice stand beside the chart where there is room."""
        is_wide = self.width() >= WIDE_FROM_PX
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        grid = self._grid
        for widget in (self._side, self.depths, self.items):
            grid.removeWidget(widget)
        self._column.removeWidget(self.items)
        if is_wide:
            grid.addWidget(self._side, 0, 1, 2, 1)
            grid.addWidget(self.depths, 1, 0)
            self._column.insertWidget(self._column.count() - 1, self.items)
        else:
            grid.addWidget(self._side, 0, 1)
            grid.addWidget(self.depths, 1, 0, 1, 2)
            grid.addWidget(self.items, 2, 0, 1, 2)
        self._side.setFixedWidth(WIDE_SIDE_PX if is_wide else SIDE_PX)

    # -- following the session -------------------------------------------------------------------

    def _show(self) -> None:
        advice, session = self._evidence.advice, self._session
        self._stack.setCurrentIndex(0 if advice is None else 1)
        if advice is None:
            self._show_empty()
            return
        if advice is not self._shown:
            self._shown = advice
            self._show_advice(advice)
        is_measured = self._evidence.record is not None
        is_followed = advice.is_followed_by(session.network.config)
        self.use.setVisible(not is_followed)
        self.use.setEnabled(not session.run.active)
        is_first = is_measured or not self._evidence.has_weights
        set_property(self.use, "kind", "" if is_first else "quiet")
        self.followed.setVisible(is_followed)
        self.depths.refresh()
        has_chart = self._evidence.has_weights or is_measured
        self.depths.setVisible(has_chart)
        stretches = self.depths.has_charts and has_chart
        self._grid.setRowStretch(1, int(stretches))
        self._grid.setRowStretch(3, int(not stretches))  # nothing has to be in between

    def _show_empty(self) -> None:
        has_dataset = self._session.datasets.index is not None
        self.open_button.setVisible(not has_dataset)
        if has_dataset:
            text = self._texts.missing(self._session)
        else:
            text = self.tr(
                "Open a dataset, and the studio says which layers of the network to train with it, "
                "and why."
            )
        self.empty.text.setText(text)

    def _show_advice(self, advice: Advice) -> None:
        config = self._session.network.config
        first = advice.items[0]
        self.headline.setText(note_text(advice.headline))
        self.statement.setText(note_text(first.statement))
        self.reasons.set_notes(first.reasons)
        followed = [
            all(getattr(config, name) == value for name, value in item.settings.items())
            for item in advice.items
        ]
        self.items.show_advice(advice, followed)
        facts = self._evidence.facts
        place = case_place(facts, advice.case, advice.similarity) if facts is not None else None
        self._show_cases(str(first.settings.get("strategy", "")), place)
        self.picture.set_place(place, core_text(CASE_TITLES[advice.case]))

    def _show_cases(self, strategy: str, place: tuple[float, float] | None) -> None:
        """Show what is usual in each of the four cases, and the advice in the dataset's own."""
        titles = {
            "feature_extraction": self.tr("Train the head"),
            "partial": self.tr("Train the late layers"),
            "fine_tuning": self.tr("Train everything"),
            "discriminative": self.tr("Train everything, gently"),
        }
        cases = {
            (0, 0): self.tr("Train the late layers, or all"),
            (1, 0): titles["feature_extraction"],
            (0, 1): titles["fine_tuning"],
            (1, 1): titles["discriminative"],
        }
        if place is not None and strategy in titles:
            cases[int(place[0] >= 0.5), int(place[1] >= 0.5)] = titles[strategy]
        self.picture.set_cases(cases)

    # -- what a person does ----------------------------------------------------------------------

    def _on_data_clicked(self) -> None:
        self._session.go_to(Step.DATA)
