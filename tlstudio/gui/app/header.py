"""The bar above the page: what is being worked on, and the one next thing to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.needs import TRAINING
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.language import core_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack
from tlstudio.gui.state.reasons import reason, reason_text
from tlstudio.gui.state.session import Session, Step

HEIGHT_PX = 48


class Header(QWidget):
    """Dataset, model and strategy in one line; Train on the pages that lead to it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedHeight(HEIGHT_PX)
        self._dataset = label()
        self._model = _hint()
        self._waiting = _hint()
        self.train = IconButton(self.tr("Train"), "play", "primary", session.train)
        self.train.setObjectName("header_train")
        self.train.setMinimumWidth(112)
        self._parts = (IconLabel("data"), self._dataset, IconLabel("next", 12), self._model)
        hstack(
            *((part, Qt.AlignmentFlag.AlignVCenter) for part in self._parts),
            Stretch(),
            self._waiting,
            self.train,
            spacing=theme.GRID,
            margins=(theme.GRID * 3, 0, theme.GRID * 2, 0),
            parent=self,
        )

        session.datasets.changed.connect(self.refresh)
        session.datasets.loading_changed.connect(self.refresh)
        session.network.settings_changed.connect(self.refresh)
        session.network.models_changed.connect(self.refresh)
        session.network.engine_ready.connect(self.refresh)
        session.busy_changed.connect(self.refresh)
        session.step_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        session = self._session
        index = session.datasets.index
        self.setVisible(index is not None)
        if index is None:
            return
        self._dataset.setText(
            self.tr("{name} · {count} images").format(
                name=shown(index.name), count=formats.count(len(index.samples))
            )
        )
        spec = session.network.spec
        model = spec.title if spec else session.network.config.model
        strategy = core_text(STRATEGIES[session.network.config.strategy].title)
        self._model.set_text(f"{model} · {strategy}")
        leads_to_training = session.step in (Step.DATA, Step.MODEL) and not session.run.active
        self.train.setVisible(leads_to_training)
        self.train.setEnabled(session.can_train)
        self._waiting.set_text(reason(session, TRAINING)[0] if leads_to_training else "")
        self.train.setToolTip(reason_text(session, TRAINING))


def _hint() -> ElidedLabel:
    """A quiet text, shortened where there is little room."""
    hint = ElidedLabel(where=Qt.TextElideMode.ElideRight)
    hint.setProperty("role", "hint")
    hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return hint
