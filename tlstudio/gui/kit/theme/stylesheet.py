"""The style sheet: how each kind of widget looks. `$names` are tokens and sizes of the theme.

Widgets ask for a look with dynamic properties:
``role`` of a QLabel: title | section | hint | number | badge;
``tone`` of a QLabel or ElidedLabel: right | wrong | warning | changed | link;
``kind`` of a QPushButton: primary | quiet | link | weblink | danger | card | row | chip;
``role`` of a QToolButton: step | segment | legend | fold;
``role`` of a QTreeView: dense; ``role`` of a QListView: contents; ``kind`` of a QComboBox: short;
``role`` of a QFrame: line | vline | card | drop | drawer | toast | popup.
"""

STYLE = """
* { outline: none; }
QMainWindow, QDialog { background: $window; }
QWidget[role="page"] { background: $surface; }
QWidget[role="rail"] { background: $window; border-right: 1px solid $line; }
QToolTip { background: $text; color: $surface; border: none; padding: 6px 8px; }

QLabel { background: transparent; }
QLabel[role="title"], ElidedLabel[role="title"] { font-size: $text_title_pxpx; font-weight: 600; }
QLabel[role="section"] { font-size: $text_small_pxpx; font-weight: 600; color: $text_soft; }
QLabel[role="hint"] { font-size: $text_small_pxpx; color: $text_soft; }
ElidedLabel[role="hint"] { font-size: $text_small_pxpx; color: $text_soft; }
QLabel[role="number"] { font-size: $text_title_pxpx; font-weight: 600; }
QLabel[role="hint"]:disabled { color: $text_faint; }
QLabel[role="badge"] { font-size: $text_small_pxpx; color: $text_soft; background: $raised;
    border-radius: 4px; padding: 2px 6px; }
QLabel[tone="right"] { color: $right; }
QLabel[tone="wrong"] { color: $wrong; }
QLabel[tone="warning"], ElidedLabel[tone="warning"] { color: $warning; }
ElidedLabel[tone="wrong"] { color: $wrong; }
QLabel[tone="link"] { color: $accent; }
QLabel[tone="changed"] { font-weight: 600; }

QPushButton { background: $raised; border: 1px solid $line; border-radius: 6px;
    padding: 0 14px; min-height: 30px; color: $text; }
QPushButton:hover { border-color: $line_strong; }
QPushButton:pressed { background: $line; }
QPushButton:checked { background: $accent_soft; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $text_faint; background: $window; }
QPushButton[kind="primary"] { background: $accent; border-color: $accent; color: $on_accent;
    font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $raised; border-color: $line;
    color: $text_faint; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; }
QPushButton[kind="quiet"]:hover { background: $raised; }
QPushButton[kind="quiet"]:focus { border-color: $accent; }
QPushButton[kind="link"] { background: transparent; border-color: transparent; padding: 0;
    text-align: left; color: $text_soft; }
QPushButton[kind="link"]:hover { color: $text; }
QPushButton[kind="link"]:disabled { color: $text_faint; }
QPushButton[kind="link"]:focus { border-color: $accent; }
QPushButton[kind="link"][problem="true"] { color: $wrong; }
QPushButton[kind="weblink"] { background: transparent; border-color: transparent;
    border-radius: 4px; padding: 0; min-height: 22px; text-align: left; color: $accent; }
QPushButton[kind="weblink"]:hover { color: $accent_hover; text-decoration: underline; }
QPushButton[kind="weblink"]:focus { border-color: $accent; }
QPushButton[kind="danger"] { color: $wrong; }
QPushButton[kind="danger"]:disabled { color: $text_faint; }
QPushButton[kind="card"] { background: $window; border-radius: 10px; padding: 0; }
QPushButton[kind="card"]:hover { border-color: $accent; }
QPushButton[kind="card"]:checked { background: $accent_soft; border-color: $accent; }
QPushButton[kind="card"]:focus { border-color: $accent; }
QPushButton[kind="row"] { background: transparent; border-color: transparent; padding: 0; }
QPushButton[kind="row"]:hover { background: $raised; }
QPushButton[kind="row"]:focus { border-color: $accent; }
QPushButton[kind="chip"] { background: $accent_soft; border-color: transparent;
    border-radius: 12px; padding: 0 10px; min-height: 22px; font-size: $text_small_pxpx; }
QPushButton[kind="chip"]:hover { border-color: $line_strong; }
QPushButton[kind="chip"]:focus { border-color: $accent; }
QPushButton::menu-indicator { image: url($controls/down-$name.svg); width: 10px; right: 8px;
    subcontrol-position: right center; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px;
    padding: 4px; color: $text; }
QToolButton:hover { background: $raised; }
QToolButton:checked { background: $accent_soft; color: $text; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $text_faint; }
QToolButton[role="step"] { border-radius: 8px; padding: 8px 4px 6px 4px;
    font-size: $text_small_pxpx; color: $text_soft; }
QToolButton[role="step"]:checked { background: $accent_soft; color: $text; font-weight: 600; }
QToolButton[role="segment"] { padding: 5px 10px; color: $text_soft; }
QToolButton[role="segment"]:checked { background: $accent_soft; color: $text; }
QToolButton[role="segment"]:disabled { color: $text_faint; }
QToolButton[role="legend"] { padding: 3px 5px; color: $text_soft;
    font-size: $text_small_pxpx; }
QToolButton[role="legend"]:checked { background: $accent_soft; color: $text; }
QToolButton[role="fold"] { font-size: $text_small_pxpx; font-weight: 600; color: $text_soft;
    text-align: left; padding: 4px 0; }
QToolButton[role="fold"]:hover { background: transparent; color: $text; }
QToolButton[role="fold"]:checked { background: transparent; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit { background: $surface; color: $text;
    border: 1px solid $line_strong; border-radius: 6px; padding: 0 8px; min-height: 28px;
    selection-background-color: $accent; selection-color: $on_accent;
    placeholder-text-color: $text_soft; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus { border-color: $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    color: $text_faint; background: $window; }
QLineEdit[problem="true"], QAbstractSpinBox[problem="true"], QComboBox[problem="true"] {
    border-color: $wrong; }
QLineEdit[role="palette"] { background: transparent; border: none; padding: 0 10px; }
QAbstractSpinBox { max-height: 28px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0; min-height: 0;
    background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; width: 18px;
    border: none; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; width: 18px;
    border: none; }
QAbstractSpinBox::up-arrow { image: url($controls/up-$name.svg); width: 8px; }
QAbstractSpinBox::down-arrow { image: url($controls/down-$name.svg);
    width: 8px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox[kind="short"] { padding: 0 0 0 6px; }
QComboBox[kind="short"]::drop-down { width: 20px; }
QComboBox::down-arrow { image: url($controls/down-$name.svg); width: 10px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $line_strong;
    selection-background-color: $accent_soft; selection-color: $text; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: $row_pxpx; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QAbstractItemView::indicator { width: 16px; height: 16px; border-radius: 4px;
    border: 1px solid $line_strong; background: $surface; }
QCheckBox::indicator:hover, QAbstractItemView::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: $accent;
    border-color: $accent; image: url($controls/check-$name.svg); }
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
    background: $accent; border-color: $accent; image: url($controls/part-$name.svg); }
QCheckBox::indicator:disabled, QAbstractItemView::indicator:disabled { border-color: $line; }
QCheckBox:focus, QRadioButton:focus { color: $accent; text-decoration: underline; }
QRadioButton::indicator { width: 16px; height: 16px; border-radius: 8px;
    border: 1px solid $line_strong; background: $surface; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 8px; height: 8px;
    background: $on_accent; }

QAbstractScrollArea { background: $surface; border: none; }
QPlainTextEdit[readOnly="false"] { border: 1px solid $line_strong; }
QPlainTextEdit[readOnly="false"]:focus { border-color: $accent; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QTreeView, QTableView, QListView { background: $surface; alternate-background-color: $window;
    border: none; selection-background-color: $accent_soft; selection-color: $text; }
QTreeView::item, QListView::item { min-height: $row_pxpx; }
QTableView::item { padding: 0 8px; }
QListView[role="contents"]::item { padding: 0 8px; }
QTreeView::item:hover, QTableView::item:hover, QListView::item:hover { background: $raised; }
QTreeView::item:selected, QTableView::item:selected, QListView::item:selected {
    background: $accent_soft; color: $text; }
QListView[role="pages"] { background: transparent; }
QListView[role="pages"]::item { padding: 0 8px; border-radius: 6px; }
QTreeView[role="dense"]::item { min-height: $dense_row_pxpx; }
QTreeView::branch { background: transparent; }
QTreeView::branch:selected { background: $accent_soft; }
QTreeView::branch:has-children:closed { image: url($controls/right-$name.svg); }
QTreeView::branch:has-children:open { image: url($controls/down-$name.svg); }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $text_soft; font-size: $text_small_pxpx;
    font-weight: 600; border: none; border-bottom: 1px solid $line; padding: 6px 8px; }
QTreeView QHeaderView::section { padding: 6px 4px; }
QTreeView[role="dense"] QHeaderView::section { padding: 3px 4px; }
QHeaderView::up-arrow { image: url($controls/up-$name.svg); width: 8px; }
QHeaderView::down-arrow { image: url($controls/down-$name.svg); width: 8px; }
QTableCornerButton::section { background: $surface; border: none; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $line_strong; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $text_faint; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $raised; border: none; border-radius: 3px; max-height: 6px;
    min-height: 6px; text-align: center; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QMenuBar { background: $window; border-bottom: 1px solid $line; padding: 2px 6px; }
QMenuBar::item { padding: 5px 9px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $surface; border: 1px solid $line_strong; border-radius: 8px; padding: 6px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $text_faint; }
QMenu::separator { height: 1px; background: $line; margin: 6px 4px; }
QMenu::icon { padding-left: 8px; }

QToolBar { background: $window; border: none; border-bottom: 1px solid $line; spacing: 4px;
    padding: 4px 8px; }
QStatusBar { background: $window; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QDockWidget { color: $text_soft; font-size: $text_small_pxpx; font-weight: 600; }
QDockWidget::title { background: $window; padding: 8px 12px; border-bottom: 1px solid $line; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QTabBar::tab { padding: 6px 12px; color: $text_soft; border: none;
    border-bottom: 2px solid transparent; background: transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }

QFrame[role="line"] { background: $line; max-height: 1px; min-height: 1px; border: none; }
QFrame[role="vline"] { background: $line; max-width: 1px; min-width: 1px; border: none; }
QFrame[role="card"] { background: $window; border: 1px solid $line; border-radius: 10px; }
QFrame[role="card"]:hover { border-color: $line_strong; }
QFrame[role="drop"] { background: transparent; border: 2px dashed $line_strong;
    border-radius: 12px; }
QFrame[role="drop"]:hover, QFrame[role="drop"]:focus { border-color: $accent; }
QFrame[role="drop"][active="true"] { border-color: $accent; background: $accent_soft; }
QFrame[role="drawer"] { background: $surface; border-left: 1px solid $line_strong; }
QFrame[role="popup"] { background: $surface; border: 1px solid $line_strong; }
QFrame[role="toast"] { background: $surface; border: 1px solid $line_strong; border-radius: 8px; }
"""
