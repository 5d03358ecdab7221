"""Training images as the network will see them: many of them, or one in sixteen variations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

from tlstudio.core.config import FIELD_BY_NAME, FIELDS, RunConfig
from tlstudio.core.config.fields import FieldGroup
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.preprocessing import SHOWN_NUMBERS
from tlstudio.gui.features.dataset import variation_texts
from tlstudio.gui.features.dataset.picture_grid import Picture, PictureGrid
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip
from tlstudio.gui.kit.config_form import ConfigForm
from tlstudio.gui.kit.drop_zone import local_paths
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.kit.thumbnails import image_from_array
from tlstudio.gui.state import jobs
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.field_faults import FieldFaults
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.core.errors import TLStudioError
    from tlstudio.gui.state.jobs import AugmentedView

COUNT = 24
VARIATIONS = 16
SETTINGS_PX = 272
ROOMY_PX = 740  # less has no room for words on the buttons and the settings beside the pictures
BUTTON_PX, MINIMUM_HEIGHT_PX = 44, 160
ADJUSTED = (
    *(
        spec
        for spec in FIELDS
        if spec.text.group is FieldGroup.DATA and spec.name not in ("views", "cached_views")
    ),
    *(FIELD_BY_NAME[name] for name in ("mixing", "mixing_alpha")),
)
MANY, ONE = "many", "one"


class NetworkEyeView(QWidget):
    """Made only while somebody looks, and anew when a setting changes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "preprocessing")
        self._session = session
        self._index: DatasetIndex | None = None
        self._browsing = session.feature(BrowsingState)
        self._seed = 0
        self._shown_for: tuple[object, ...] = ()
        self._views: list[AugmentedView] = []
        self._task: Task | None = None
        self.caption = label("", "hint", wrap=True)
        self.what = Segmented(self.tr("What is shown"))
        self.what.set_options([(MANY, self.tr("Many images")), (ONE, self.tr("One image"))])
        self.numbers_button = IconButton("", "measure")
        self.another_button = IconButton("", "next")
        self.shuffle_button = IconButton("", "shuffle")
        self.adjust_button = IconButton("", "settings")
        self._buttons = {
            self.numbers_button: (
                self.tr("As the numbers are"),
                self.tr("The numbers that the network is given, without going back to colours"),
            ),
            self.another_button: (self.tr("Another image"), self.tr("The next training image")),
            self.shuffle_button: (
                self.tr("Shuffle"),
                self.tr("Other images and other variations"),
            ),
            self.adjust_button: (
                self.tr("Adjust"),
                self.tr("The settings of the augmentation, beside it"),
            ),
        }
        for button, (title, tip) in self._buttons.items():
            button.setAccessibleName(title)
            button.setToolTip(plain_tip(tip))
        self.numbers_button.setCheckable(True)
        self.adjust_button.setCheckable(True)
        self.grid = PictureGrid()
        self.grid.setAccessibleName(self.tr("Images as the network sees them"))
        self.form = ConfigForm(ADJUSTED, is_titled=False)
        self.settings = QScrollArea()
        self._build()
        self._connect()
        self._on_varied_changed()  # it may have been asked for before this view was built
        self._on_settings_changed()
        self._on_simple_changed(session.is_simple)
        self._on_status_changed(session.run.status)

    def _build(self) -> None:
        body = QWidget()
        vstack(
            self.form, Stretch(1), margins=(theme.GRID, 0, theme.GRID * 2, theme.GRID), parent=body
        )
        self.settings.setWidget(body)
        self.settings.setWidgetResizable(True)
        self.settings.setFrameShape(QFrame.Shape.NoFrame)
        self.settings.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.settings.setAccessibleName(self.tr("Settings of the augmentation"))
        self.settings.setFixedWidth(SETTINGS_PX)
        self.settings.hide()
        controls = hstack(self.what, Stretch(1), *self._buttons, spacing=theme.GRID)
        pictures = hstack((self.grid, 1), self.settings, spacing=theme.GRID * 2)
        layout = vstack(controls, self.caption, (pictures, 1), spacing=theme.GRID, parent=self)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # see `minimumSizeHint`

    def _connect(self) -> None:
        session = self._session
        self.what.chosen.connect(self._on_what_chosen)
        self.numbers_button.toggled.connect(self._show_views)
        self.another_button.clicked.connect(self._on_another_clicked)
        self.shuffle_button.clicked.connect(self._on_shuffle_clicked)
        self.adjust_button.toggled.connect(self._make_room)
        self.grid.activated.connect(self._on_picture_activated)
        self.form.changed.connect(self._on_field_changed)
        FieldFaults(session.network, self.form)
        self._browsing.class_changed.connect(self.refresh)
        self._browsing.varied_changed.connect(self._on_varied_changed)
        session.network.settings_changed.connect(self._on_settings_changed)
        session.network.change_refused.connect(self._on_settings_changed)
        session.network.models_changed.connect(self.refresh)
        session.simple_changed.connect(self._on_simple_changed)
        session.run.status_changed.connect(self._on_status_changed)

    @property
    def is_one(self) -> bool:
        """Whether one image is shown in its variations."""
        return self.what.value == ONE

    @property
    def image(self) -> ImageRef | None:
        """The image whose variations are shown: the chosen one, or else the first."""
        if self._browsing.varied is not None or self._index is None:
            return self._browsing.varied
        samples = self._index.samples_of(Split.TRAIN, self._browsing.class_index)
        return next((sample.image for sample in samples), None)

    def set_index(self, index: DatasetIndex) -> None:
        if self._task is not None:  # its class numbers are those of another index
            self._task.cancel()
            self._task = None
        if self._index is None or self._index.root != index.root:
            self._views = []
            self.grid.set_pictures([])
        self._index = index
        self._shown_for = ()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def minimumSizeHint(self) -> QSize:
        """Without the settings and the words on the buttons, which give way."""
        buttons = len(self._buttons) * (BUTTON_PX + theme.GRID)
        return QSize(self.what.minimumSizeHint().width() + buttons, MINIMUM_HEIGHT_PX)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(path.is_file() for path in local_paths(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for path in local_paths(event.mimeData())[:1]:
            self._browsing.vary(ImageRef.of_file(path))

    def refresh(self) -> None:
        """Make the pictures anew if something that decides them changed."""
        self._refresh_caption()
        network, config = self._session.network, self._session.network.config
        for button in (self.shuffle_button, self.another_button):
            button.setEnabled(network.is_ready)
        self.another_button.setVisible(self.is_one)
        self.setAcceptDrops(self.is_one)  # else files are the window's
        if not network.is_ready:
            self.grid.set_text(self.tr("PyTorch is still loading; the images come in a moment."))
            return
        wanted_for = (
            (self.is_one, self.image if self.is_one else self._browsing.class_index),
            self._seed,
            config.model,
            config.weights,
            config.image_px,
            config.colours,
            config.augmentation_options,
            (config.mixing, config.mixing_alpha if config.mixing != "none" else 0),
        )
        if self._index is None or not self.isVisible() or wanted_for == self._shown_for:
            return
        self._shown_for = wanted_for
        if not self.grid.pictures:
            self.grid.set_text(self.tr("Making the images…"))
        self._request(self._index, config)

    def _request(self, index: DatasetIndex, config: RunConfig) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        submit = self._session.engine_pool.submit
        done, failed, image = self._on_made, self._on_failed, self.image
        if not self.is_one:
            class_index = self._browsing.class_index
            self._task = submit(
                jobs.augmented_views,
                index,
                config,
                COUNT,
                self._seed,
                class_index,
                done=done,
                failed=failed,
            )
        elif image is not None:
            self._task = submit(
                jobs.image_variations,
                image,
                index,
                config,
                VARIATIONS,
                self._seed,
                done=done,
                failed=failed,
            )
        else:
            self._on_made([])

    def _refresh_caption(self) -> None:
        network = self._session.network
        config, spec = network.config, network.spec
        choices = FIELD_BY_NAME["augmentation"].text.choices or {}
        variation = core_text(choices[config.augmentation])
        if config.mixing != "none":
            titles = FIELD_BY_NAME["mixing"].text.choices or {}
            variation += f" · {core_text(titles[config.mixing])}"
        if spec is None:
            text = self.tr("Training images · {variation}").format(variation=variation)
        else:
            text = self.tr("Training images · {variation} · {size} px for {model}")
            size = network.build.image_px or spec.preprocessing.crop_px
            text = text.format(variation=variation, size=size, model=spec.title)
        self.caption.setText(f"{text}\n{self._hint()}")

    def _hint(self) -> str:
        if self.numbers_button.isChecked():
            low, high = SHOWN_NUMBERS
            return self.tr(
                "The numbers that the network is given: 0 is grey, {low} and less black, {high} "
                "and more white. Hold the mouse over a picture for its channels."
            ).format(low=f"−{-low}", high=high)
        if self.is_one:
            return self.tr(
                "{name}: first as validation sees it, then in {count} variations. Drop another "
                "image here, or double-click one in “{many}”."
            ).format(
                name=self.image.name if self.image is not None else "–",
                count=VARIATIONS,
                many=self.what.buttons()[0].text(),
            )
        return self.tr("Double-click an image to see what else becomes of it.")

    def _on_made(self, views: list[AugmentedView]) -> None:
        self._task = None
        if self._index is None:
            return
        self._views = views
        self._show_views()

    def _show_views(self) -> None:
        """Show what was made, in colour or as the numbers are."""
        self._refresh_caption()
        if not self._views or self._index is None:
            if self._task is None and self._shown_for:
                self.grid.set_text(self.tr("There are no training images to be shown here."))
            return
        self.grid.set_pictures(
            [
                self._picture(number, view, self._index.classes)
                for number, view in enumerate(self._views)
            ]
        )

    def _picture(self, number: int, view: AugmentedView, classes: tuple[str, ...]) -> Picture:
        as_numbers = self.numbers_button.isChecked()
        pixels = view.numbers if as_numbers else view.image
        words = variation_texts.classes_of(view, classes)
        steps = variation_texts.steps_of(view)
        if self.is_one and view.partner is None:
            words = steps if number else [self.tr("As validation sees it")]
        tip = variation_texts.numbers_text(view) if as_numbers else ", ".join(steps)
        pixmap = QPixmap.fromImage(image_from_array(pixels))
        return Picture(pixmap, view.ref, "".join(words[:1]), ", ".join(words[1:]), tip)

    def _on_failed(self, error: TLStudioError) -> None:
        self._task = None
        self._views = []
        self.grid.set_text(error_text(error))

    def _on_what_chosen(self) -> None:
        self.grid.verticalScrollBar().setValue(0)
        self.refresh()

    def _on_picture_activated(self, number: int) -> None:
        if not self.is_one:
            self.what.set_value(ONE)
            self._browsing.vary(self._views[number].ref)
            self._on_what_chosen()

    def _on_varied_changed(self) -> None:
        if self._browsing.varied is not None:
            self.what.set_value(ONE)
        self.refresh()

    def _on_another_clicked(self) -> None:
        """The training image after the one that is shown."""
        if self._index is None:
            return
        samples = self._index.samples_of(Split.TRAIN, self._browsing.class_index)
        images = [sample.image for sample in samples]
        if images:
            at = images.index(self.image) if self.image in images else -1
            self._browsing.vary(images[(at + 1) % len(images)])

    def _on_shuffle_clicked(self) -> None:
        self._seed += 1
        self.refresh()

    # -- the settings beside it ------------------------------------------------------------------

    def _make_room(self) -> None:
        """In a narrow view the buttons have no words, and the settings are elsewhere."""
        is_roomy = self.width() >= ROOMY_PX
        for button, (title, _) in self._buttons.items():
            button.setText(title if is_roomy else "")
        self.settings.setVisible(self.adjust_button.isChecked() and is_roomy)
        self.adjust_button.setEnabled(is_roomy)
        _, tip = self._buttons[self.adjust_button]
        if not is_roomy:
            tip = self.tr("There is no room for them here: “What trains” has them under “More”.")
        self.adjust_button.setToolTip(plain_tip(tip))

    def _on_field_changed(self, name: str, value: object) -> None:
        self._session.network.change(**{name: value})

    def _on_settings_changed(self) -> None:
        network = self._session.network
        self.form.set_config(network.config, network.proposal.config)
        self.refresh()

    def _on_simple_changed(self, is_simple: bool) -> None:
        self.form.set_simple(is_simple)

    def _on_status_changed(self, status: RunStatus) -> None:
        self.form.setEnabled(status is RunStatus.IDLE)
