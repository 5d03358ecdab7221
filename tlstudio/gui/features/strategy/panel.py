"""The settings in the inspector: which model, which strategy, and the few that matter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.core.config import FIELD_BY_NAME
from tlstudio.core.networks.layers import LayerTree
from tlstudio.gui.features.strategy.field_grid import FieldGrid
from tlstudio.gui.features.strategy.model_line import ModelLine
from tlstudio.gui.features.strategy.more_popup import BASIC, NAMES, Changes, MorePopup
from tlstudio.gui.features.strategy.strategy_field import StrategyField
from tlstudio.gui.features.strategy.views_field import ViewsField
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip, set_property
from tlstudio.gui.kit.config_form import FieldRow
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.weights_texts import progress_text
from tlstudio.gui.state.field_faults import FieldFaults
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step

MINIMUM_PX = 300


class ViewsRow(QWidget):
    """The choice of views with its title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label(self.tr("Views"))
        self.editor = ViewsField()
        explain(self, "config.views")
        self.title.setBuddy(self.editor)
        hstack(self.title, (self.editor, 1), spacing=theme.GRID, parent=self)


class HiddenLine(QWidget):
    """Says which settings hold although the simple view leaves them out; hidden without any."""

    def __init__(self, clicked: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.words.setProperty("role", "hint")
        self.show_all = IconButton(self.tr("Show everything"), "", "weblink", clicked)
        hstack((self.words, 1), self.show_all, spacing=theme.GRID, parent=self)

    def show_settings(self, settings: list[str]) -> None:
        """Say that these hold."""
        self.setVisible(bool(settings))
        holds = self.tr("Also holds: {settings}").format(settings=", ".join(settings))
        self.words.set_text(holds)


class StrategyPanel(QWidget):
    """The panel that shows and changes the settings of `session.network`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(MINIMUM_PX)

        self._is_low = False
        self.model_line = ModelLine()
        self.strategies = StrategyField()
        self.model_line.setObjectName("model_line")
        self.strategies.setObjectName("strategy_field")
        explain(self.model_line, "config.model")
        explain(self.strategies, "config.strategy")
        self.rows = {name: FieldRow(FIELD_BY_NAME[name], is_short=True) for name in BASIC}
        self.views = ViewsRow()
        rows = self.rows
        self.grid = FieldGrid(
            (
                rows["epochs"],
                rows["learning_rate"],
                rows["batch_size"],
                rows["optimizer"],
                self.views,
                rows["schedule"],
            )
        )
        self._popup: MorePopup | None = None
        self.more = IconButton("", "settings", "link", self._open_more)
        self.reset = IconButton("", "reload", "quiet", self._on_reset)
        explain(self.more, "field.changed")
        explain(self.reset, "preset")
        self.help = label("", "hint", wrap=True)
        self.hidden = HiddenLine(self._show_everything)
        side = theme.GRID + theme.GRID // 2
        vstack(
            self.model_line,
            self.strategies,
            self.help,
            self.grid,
            hstack((self.more, 1), self.reset, spacing=theme.GRID),
            self.hidden,
            spacing=theme.GRID - 2,
            margins=(side, theme.GRID - 2, side, 0),
            parent=self,
        )

        self.model_line.clicked.connect(self._on_model_clicked)
        self.model_line.download_requested.connect(self._network.download)
        self.strategies.chosen.connect(self._network.set_strategy)
        self.views.editor.changed.connect(self._on_views_changed)
        for row in self.rows.values():
            row.changed.connect(self._on_field_changed)
        self._network.field_requested.connect(self._on_field_requested)
        FieldFaults(self._network, self)
        self._network.field_problems_changed.connect(self._show_more)
        self._network.settings_changed.connect(self._on_settings_changed)
        self._network.preset_changed.connect(self._show_config)
        self._network.change_refused.connect(self._show_config)
        self._network.models_changed.connect(self._on_models_changed)
        self._network.engine_ready.connect(self._on_engine_ready)
        self._network.download_changed.connect(self._on_download_changed)
        self._network.tree_changed.connect(self._on_tree_changed)
        session.forecasts.changed.connect(self._on_forecast_changed)
        session.run.status_changed.connect(self._on_status_changed)
        session.simple_changed.connect(self._on_simple_changed)
        self._on_simple_changed(session.is_simple)
        self._on_engine_ready()
        self._on_tree_changed(self._network.tree)
        self._on_forecast_changed()
        self._on_status_changed(session.run.status)
        self._show_config()

    @property
    def popup(self) -> MorePopup:
        """The other settings; built when they are first wanted, as few runs need them."""
        if self._popup is None:
            self._popup = popup = MorePopup(self)
            popup.train_from_chosen.connect(self._network.train_from)
            popup.changed.connect(self._on_field_changed)
            self._dress_popup()
            self._fill_popup()
            self._popup_faults = FieldFaults(self._network, popup, [popup.train_from])
        return self._popup

    def set_low(self, is_low: bool) -> None:
        """Whether there is too little height to say again which model it is, as the header does."""
        self._is_low = is_low
        self._show_model()

    # -- following the session -------------------------------------------------------------------

    def _on_settings_changed(self, _settings: object) -> None:
        self._show_config()

    def _show_config(self) -> None:
        config, usual = self._network.config, self._network.proposal.config
        self._fill_popup()
        for row in self.rows.values():
            row.set_config(config, usual)
        self.views.editor.set_config(config)
        self._show_model()
        self._show_more()

    def _fill_popup(self) -> None:
        """Show the settings in the popup, if there is one yet."""
        network = self._network
        if self._popup is not None:
            self._popup.set_config(network.config, network.proposal.config)
            self._popup.set_tree(network.tree, network.config.train_from)

    def _dress_popup(self) -> None:
        """Offer in the popup, if there is one yet, what can be chosen and changed now."""
        if self._popup is not None:
            found = [(device.name, device.title) for device in self._network.devices]
            choices = [("auto", self.tr("Automatic")), *found]
            self._popup.form.set_choices("device", choices)
            self._popup.set_simple(self._session.is_simple)
            self._popup.set_editable(not self._session.run.active)

    def _on_field_requested(self, name: str) -> None:
        """Open what a field lies in; the field itself comes into view by itself."""
        reason = Qt.FocusReason.ShortcutFocusReason
        is_in_more, spec = name in NAMES, FIELD_BY_NAME.get(name)
        if is_in_more and spec is not None and spec.text.is_expert:
            self._session.set_simple(False)
        if name == "views":
            self.views.editor.setFocus(reason)
        elif name in ("strategy", "trainable") or (
            is_in_more and spec is not None and not spec.is_relevant(self._network.config)
        ):
            self.strategies.setFocus(reason)
        elif is_in_more or name == "train_from":
            is_first = self._popup is None
            self._open_more()
            if is_first:  # what was made while the signal is emitted does not hear of it
                self._popup_faults.find(name)

    def _on_simple_changed(self, is_simple: bool) -> None:
        self._dress_popup()
        self.help.setVisible(is_simple)  # there is room for it then
        self._show_more()

    def _on_models_changed(self) -> None:
        self._show_model()

    def _on_download_changed(self) -> None:
        self._show_model()

    def _on_engine_ready(self) -> None:
        self._dress_popup()
        self._show_config()

    def _on_tree_changed(self, _tree: LayerTree | None) -> None:
        self._fill_popup()

    def _on_forecast_changed(self) -> None:
        forecasts = self._session.forecasts
        self.views.editor.set_forecast(forecasts.forecast, forecasts.obstacle)

    def _on_status_changed(self, status: RunStatus) -> None:
        idle = status is RunStatus.IDLE
        for widget in (self.strategies, self.grid):
            widget.setEnabled(idle)
        self._dress_popup()
        note = "" if idle else self.tr("Settings can't be changed while training.")
        self.setToolTip(plain_tip(note))
        self._show_more()

    def _show_model(self) -> None:
        network, config = self._network, self._network.config
        spec, weights = network.spec, network.weights
        has_weights = weights is not None or spec is None
        self.strategies.set_strategy(config.strategy, config.rate_rule, has_weights=has_weights)
        self.help.setText(self.strategies.item(config.strategy).sentence)
        facts = ""
        if spec is not None:
            facts = self.tr("{parameters} parameters").format(
                parameters=formats.compact(spec.parameters)
            )
            if weights is not None and weights.imagenet_top1 is not None:
                top1 = formats.percent(weights.imagenet_top1)
                facts += " · " + self.tr("ImageNet {top1}").format(top1=top1)
        self.model_line.setHidden(self._is_low and not network.weights_missing)
        self.model_line.show_model(spec.title if spec is not None else config.model, facts)
        if network.weights_missing:
            self._show_missing_weights()

    def _show_missing_weights(self) -> None:
        weights, download = self._network.weights, self._network.chosen_download
        if weights is None:
            text = self.tr("It has no pretrained weights: train it from scratch.")
            self.model_line.show_weights(self.tr("No weights"), text, "", is_warning=True)
        elif download is not None and download.active:
            progress = progress_text(download.progress)
            text = self.tr("Downloading its weights: {progress}").format(progress=progress)
            self.model_line.show_weights(progress, text, "", is_warning=False)
        else:
            size = formats.file_size(weights.size_bytes)
            text = self.tr("Its pretrained weights are not on this machine yet.")
            offer = self.tr("Download ({size})").format(size=size)
            self.model_line.show_weights(self.tr("Weights missing"), text, offer, is_warning=True)

    def _show_more(self) -> None:
        network, is_simple = self._network, self._session.is_simple
        config, faulty = network.config, network.field_problems
        changes = Changes.of(config, (*network.differing, *faulty), is_simple=is_simple)
        full = self.tr("More: BatchNorm, warm-up, loss…")
        text = self.tr("More: warm-up, loss…") if is_simple else full
        self.more.setText(f"{text} ({len(changes.shown)})" if changes.shown else text)
        self.more.setToolTip(plain_tip("\n".join(changes.shown)))
        set_property(self.more, "problem", any(name in faulty for name in NAMES))
        hidden = [*changes.hidden]
        if is_simple and config.strategy == "custom":
            hidden.append(self.tr("Layers ticked by hand"))
        self.hidden.show_settings(hidden)
        title = core_text(network.preset.spec.title)
        self.reset.setAccessibleName(self.tr("Reset to “{preset}”").format(preset=title))
        tip = self.tr("All settings as in “{preset}”; model and strategy stay.")
        self.reset.setToolTip(plain_tip(tip.format(preset=title)))
        is_other = bool(faulty) or config != network.proposal.config
        self.reset.setEnabled(is_other and not self._session.run.active)

    # -- what a person does ----------------------------------------------------------------------

    def _show_everything(self) -> None:
        self._session.set_simple(False)

    def _open_more(self) -> None:
        self.popup.open_beside(self.more, self)

    def _on_model_clicked(self) -> None:
        self._session.go_to(Step.MODEL)
        self._network.show_field("model")  # among the views of that page

    def _on_field_changed(self, name: str, value: object) -> None:
        self._network.change(**{name: value})

    def _on_views_changed(self, values: dict[str, object]) -> None:
        self._network.change(**values)

    def _on_reset(self) -> None:
        self._network.use_preset(self._network.preset.name)
