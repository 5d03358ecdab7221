"""The Model page: one network, seen from several sides."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui import theme
from tlstudio.gui.session import Session
from tlstudio.gui.widgets.basics import label
from tlstudio.gui.widgets.page_stack import PageStack
from tlstudio.gui.widgets.segmented import Segmented


class ModelView(StrEnum):
    """What the page can show, left to right."""

    CHOOSE = "choose"


VIEW_TITLES = {
    ModelView.CHOOSE: QT_TRANSLATE_NOOP("ModelPage", "Choose"),
}


def _choose_view(session: Session) -> QWidget:
    from tlstudio.gui.pages.model_page.choose_view import ChooseView

    return ChooseView(session)


_VIEWS: dict[ModelView, Callable[[Session], QWidget]] = {
    ModelView.CHOOSE: _choose_view,
}


class ModelPage(QWidget):
    """A row of views above the one that is shown; a view is built when it is first wanted."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._built: dict[ModelView, QWidget] = {}
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = Segmented(self.tr("View"))
        self.tabs.set_options([(view, self.tr(VIEW_TITLES[view])) for view in ModelView])
        self.tabs.chosen.connect(self.show_view)
        self._stack = PageStack()
        header = QHBoxLayout()
        header.setSpacing(2 * theme.GRID)
        header.addWidget(label(self.tr("Model"), "title"))
        header.addStretch()
        header.addWidget(self.tabs)
        layout = QVBoxLayout(self)
        side = 3 * theme.GRID
        layout.setContentsMargins(side, side, side, side)
        layout.setSpacing(2 * theme.GRID)
        layout.addLayout(header)
        layout.addWidget(self._stack, 1)
        self.show_view(ModelView.CHOOSE)

    def view(self, view: ModelView) -> QWidget:
        """One view, built if it has not been yet."""
        if view not in self._built:
            self._built[view] = _VIEWS[view](self._session)
            self._stack.addWidget(self._built[view])
        return self._built[view]

    def show_view(self, view: ModelView) -> None:
        """Bring one view to the front."""
        self.tabs.set_value(view)
        self._stack.setCurrentWidget(self.view(view))
