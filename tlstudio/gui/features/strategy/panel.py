"""The inspector: which model, which strategy, which settings."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from tlstudio.core.config import FIELD_BY_NAME, FIELDS
from tlstudio.core.config.fields import FieldGroup
from tlstudio.core.config.variation import VARIATION_FIELDS
from tlstudio.core.networks.layers import LayerTree
from tlstudio.gui.features.strategy.config_fold import ConfigFold
from tlstudio.gui.features.strategy.config_form import ConfigForm
from tlstudio.gui.features.strategy.field_faults import FieldFaults
from tlstudio.gui.features.strategy.model_line import ModelLine
from tlstudio.gui.features.strategy.norms_field import NormsField
from tlstudio.gui.features.strategy.strategy_list import StrategyList
from tlstudio.gui.features.strategy.train_from_field import TrainFromField
from tlstudio.gui.features.strategy.variation_form import VariationForm
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label, set_property
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.kit.weights_texts import progress_text
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step

HYPER_PARAMETERS = tuple(
    spec
    for spec in FIELDS
    if spec.text.group is not FieldGroup.NETWORK and spec.name not in VARIATION_FIELDS
)
FOLDED = tuple(
    spec for spec in HYPER_PARAMETERS if spec.text.rare or spec.text.group is FieldGroup.MACHINE
)
OPTIONS = ("head_epochs", "unfreeze_every", "rate_rule", "backbone_rate", "stage_decay")
MINIMUM_PX = 300


class StrategyPanel(QWidget):
    """The panel that shows and changes the settings of `session.network`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

        self.model_line = ModelLine()
        self.weights_note = label("", "hint", wrap=True)
        self.download = IconButton("", "download", "link", self._network.download)
        self.strategies = StrategyList()
        self.train_from = TrainFromField()
        self.variation = VariationForm()
        self.options = ConfigForm([FIELD_BY_NAME[name] for name in OPTIONS], is_titled=False)
        self.norms = NormsField()
        basic = [spec for spec in HYPER_PARAMETERS if spec not in FOLDED]
        self.form = ConfigForm(basic, is_titled=False)
        self.folds = {
            group: ConfigFold(group, tuple(specs))
            for group, specs in groupby(FOLDED, key=lambda spec: spec.text.group)
        }
        self._forms: tuple[ConfigForm | NormsField | VariationForm, ...] = (
            self.options,
            self.norms,
            self.variation,
            self.form,
            *(fold.form for fold in self.folds.values()),
        )
        self.reset = IconButton(
            self.tr("Reset to the tutorial's defaults"), "reload", "link", self._on_reset
        )
        self.reset.setToolTip(
            self.tr(
                "Settings as in the PyTorch transfer-learning tutorial; model and strategy stay."
            )
        )
        self.note = label(self.tr("Settings can't be changed while training."), "hint", wrap=True)
        self.setMinimumWidth(MINIMUM_PX)
        self._lay_out()
        FieldFaults(self._network, self)

        self.model_line.clicked.connect(self._on_model_clicked)
        self.strategies.chosen.connect(self._network.set_strategy)
        self.train_from.chosen.connect(self._network.train_from)
        for form in self._forms:
            if isinstance(form, VariationForm):
                form.changed.connect(self._on_variation_changed)
            else:
                form.changed.connect(self._on_field_changed)
        self._network.settings_changed.connect(self._on_settings_changed)
        self._network.change_refused.connect(self._show_config)
        self._network.models_changed.connect(self._on_models_changed)
        self._network.engine_ready.connect(self._on_engine_ready)
        self._network.download_changed.connect(self._on_download_changed)
        self._network.tree_changed.connect(self._on_tree_changed)
        session.forecasts.changed.connect(self._on_forecast_changed)
        session.run.status_changed.connect(self._on_status_changed)
        self._on_engine_ready()
        self._show_config()
        self._on_tree_changed(self._network.tree)
        self._on_forecast_changed()
        self._on_status_changed(session.run.status)

    def _lay_out(self) -> None:
        body = QWidget()
        side = 2 * theme.GRID
        folds = vstack(*self.folds.values(), spacing=0)
        vstack(
            self.note,
            self.model_line,
            self.weights_note,
            (self.download, Qt.AlignmentFlag.AlignLeft),
            self.strategies,
            self.train_from,
            self.options,
            self.norms,
            theme.GRID // 2,
            self.form,
            theme.GRID // 2,
            self.variation,
            theme.GRID // 2,
            folds,
            (self.reset, Qt.AlignmentFlag.AlignLeft),
            Stretch(),
            spacing=theme.GRID,
            margins=side,
            parent=body,
        )
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setWidget(body)
        vstack(self.scroll_area, parent=self)

    # -- following the session -------------------------------------------------------------------

    def _on_settings_changed(self, _settings: object) -> None:
        self._show_config()

    def _show_config(self) -> None:
        config = self._network.config
        self.strategies.set_strategy(config.strategy, config.rate_rule)
        self.train_from.setVisible(config.strategy == "partial")
        self.train_from.set_tree(self._network.tree, config.train_from)
        for form in self._forms:
            form.set_config(config)
        for fold in self.folds.values():
            fold.set_config(config)
        self.options.setVisible(self.options.is_relevant)
        self._show_model()
        self._show_reset()

    def _on_models_changed(self) -> None:
        self._show_model()

    def _on_download_changed(self) -> None:
        self._show_weights()

    def _on_engine_ready(self) -> None:
        auto = ("auto", self.tr("Automatic"))
        found = [(device.name, device.title) for device in self._network.devices]
        machine = self.folds[FieldGroup.MACHINE]
        machine.form.set_choices("device", [auto, *found])
        machine.set_config(self._network.config)

    def _on_tree_changed(self, tree: LayerTree | None) -> None:
        self.train_from.set_tree(tree, self._network.config.train_from)
        has_norms = tree is None or any(node.is_norm for node in tree.nodes.values())
        self.norms.setVisible(has_norms)

    def _on_forecast_changed(self) -> None:
        forecasts = self._session.forecasts
        self.variation.set_forecast(forecasts.forecast, forecasts.obstacle)

    def _on_status_changed(self, status: RunStatus) -> None:
        idle = status is RunStatus.IDLE
        self.note.setVisible(not idle)
        for widget in (self.strategies, self.train_from, *self._forms):
            widget.setEnabled(idle)
        self._show_reset()

    def _show_model(self) -> None:
        spec, config = self._network.spec, self._network.config
        if spec is None:
            self.model_line.show_model(config.model, "")
        else:
            facts = self.tr("{parameters} parameters").format(
                parameters=formats.compact(spec.parameters)
            )
            weights = self._network.weights
            if weights is not None and weights.imagenet_top1 is not None:
                top1 = formats.percent(weights.imagenet_top1)
                facts += " · " + self.tr("ImageNet {top1}").format(top1=top1)
            self.model_line.show_model(spec.title, facts)
        self._show_weights()

    def _show_weights(self) -> None:
        network, weights = self._network, self._network.weights
        self.strategies.set_has_weights(weights is not None or network.spec is None)
        download = network.chosen_download
        is_coming = download is not None and download.active
        missing = network.weights_missing
        self.weights_note.setVisible(missing)
        self.download.setVisible(missing and weights is not None and not is_coming)
        if weights is not None:
            size = formats.file_size(weights.size_bytes)
            self.download.setText(self.tr("Download ({size})").format(size=size))
        if download is not None and is_coming:
            text = self.tr("Downloading its weights: {progress}").format(
                progress=progress_text(download.progress)
            )
        elif weights is None:
            text = self.tr("It has no pretrained weights: train it from scratch.")
        else:
            text = self.tr("Its pretrained weights are not on this machine yet.")
        self.weights_note.setText(text)
        set_property(self.weights_note, "tone", "" if is_coming else "warning")

    def _show_reset(self) -> None:
        is_default = all(form.is_default for form in self._forms)
        self.reset.setEnabled(not is_default and not self._session.run.active)

    # -- what a person does ----------------------------------------------------------------------

    def _on_model_clicked(self) -> None:
        self._session.go_to(Step.MODEL)

    def _on_field_changed(self, name: str, value: object) -> None:
        self._network.change(**{name: value})

    def _on_variation_changed(self, values: dict[str, object]) -> None:
        self._network.change(**values)

    def _on_reset(self) -> None:
        defaults = [form.defaults for form in self._forms]
        self._network.change(**{name: value for some in defaults for name, value in some.items()})
        for form in self._forms:
            form.reset()
        self._show_reset()
