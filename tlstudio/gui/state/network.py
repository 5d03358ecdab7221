"""The chosen network: settings and layer tree, and the models to choose from."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tlstudio.core.devices import DeviceRecord
from tlstudio.core.errors import ConfigError, TLStudioError
from tlstudio.core.networks.build_config import BuildConfig, build_config
from tlstudio.core.networks.catalog import ModelSpec, WeightsSpec
from tlstudio.core.networks.downloads import Download, WeightsName
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.networks.vgg_list import is_vgg_list, vgg_list
from tlstudio.core.settings import Settings
from tlstudio.core.strategies import STRATEGIES, FreezePlan
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.downloads import DownloadsState
from tlstudio.gui.state.notifications import Notifications

if TYPE_CHECKING:
    from tlstudio.core.advice.presets import Preset, Proposal
    from tlstudio.core.config import RunConfig
    from tlstudio.core.data.dataset import DatasetIndex, ImagesGlance


class NetworkState(QObject):
    """The network and the settings of the next run.

    Configuration, tree and plan change together: whoever is told of one finds the others as they
    belong to it.

    Signals:
        engine_ready(): torch is loaded; models and devices are known.
        models_changed(): the catalog, or where weights are.
        settings_changed(Settings): any setting, or the plan; never for an equal value.
        preset_changed(): another preset is in force, or it proposes something else.
        field_problems_changed(): what stands in a field of a form cannot be used, or now it can.
        field_requested(str): a person wants to see the field of this setting.
        change_refused(): a setting had a bad value; forms show what holds.
        tree_changed(LayerTree | None): another network or another number of classes; None while
            it is being built. `settings_changed` follows.
        layer_selected(str): the module path of the layer that a person looks at, anywhere; empty
            for none. Every view of the network follows it.
        download_changed(): a download of any weights began, went on or ended.
        failed(TLStudioError): torch, the catalog or the layer tree could not be had.
    """

    engine_ready = Signal()
    models_changed = Signal()
    settings_changed = Signal(object)
    preset_changed = Signal()
    field_problems_changed = Signal()
    field_requested = Signal(str)
    change_refused = Signal()
    tree_changed = Signal(object)
    layer_selected = Signal(str)
    download_changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        pool: TaskPool,
        downloads: DownloadsState,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._downloads = downloads
        self._notifications = notifications
        self._settings: Settings | None = None
        self._preset: Preset | None = None
        self.models: tuple[ModelSpec, ...] = ()
        self.devices: tuple[DeviceRecord, ...] = ()
        self.tree: LayerTree | None = None
        self.selected_layer = ""
        self.is_ready = False
        self.failure: TLStudioError | None = None
        self.field_problems: Mapping[str, TLStudioError] = {}  # by the name of the setting
        self._num_classes: int | None = None  # of the dataset; None without one
        self._ticked: tuple[str, tuple[str, ...]] = ("", ())  # a model, and what was ticked in it
        self._tree_task: Task | None = None
        downloads.changed.connect(self.download_changed)
        downloads.arrived.connect(self._on_weights_arrived)

    @property
    def settings(self) -> Settings:
        """The settings in force. The first call imports pydantic, after the first paint."""
        if self._settings is None:
            from tlstudio.core.config import RunConfig

            self._settings = Settings(self.preset.propose(RunConfig()).config)
        return self._settings

    @property
    def config(self) -> RunConfig:
        """The configuration of `settings`."""
        return self.settings.config

    @property
    def plan(self) -> FreezePlan | None:
        """The plan of `settings`."""
        return self._settings.plan if self._settings is not None else None

    @property
    def preset(self) -> Preset:
        """The preset in force, for the open dataset."""
        if self._preset is None:
            from tlstudio.core.advice.presets import Preset

            self._preset = Preset()
        return self._preset

    @property
    def proposal(self) -> Proposal:
        """The settings that the preset in force proposes now, and why."""
        return self.preset.propose(self.config)

    @property
    def differing(self) -> tuple[str, ...]:
        """Names of the settings that matter and are not as the preset in force has them."""
        return self.proposal.differing(self.config)

    @property
    def problem(self) -> TLStudioError | None:
        """Why there is no tree, or no plan; None where there is one, or it is being built."""
        if self.tree is None:
            return self.failure
        return self.settings.problem

    def load_engine(self) -> None:
        """Import torch and list the models, in the background. Once, after the first paint."""
        self.failure = None
        self._pool.submit(jobs.known_models, done=self._on_models_known, failed=self._on_failed)
        self._pool.submit(jobs.warm_up, done=self._on_warm, failed=self._on_failed)

    def retry(self) -> None:
        """Try again after a failure."""
        if self.is_ready:
            self._build_tree(self.config)
        else:
            self.load_engine()

    @property
    def spec(self) -> ModelSpec | None:
        """The chosen model's row; None until the catalog is there."""
        if not self.models:
            return None
        return self._spec_of(self.config.model)

    @property
    def weights(self) -> WeightsSpec | None:
        """The chosen pretrained weights; None while the catalog is coming, or if there are none."""
        spec = self.spec
        if spec is None:
            return None
        try:
            return spec.weights_named(self.config.weights)
        except ConfigError:
            return None

    @property
    def weights_missing(self) -> bool:
        """Whether the run would need pretrained weights that are not on this machine."""
        weights = self.weights
        pretrained = self.spec is not None and self.config.initialisation == "pretrained"
        return pretrained and (weights is None or not weights.ready)

    @property
    def build(self) -> BuildConfig:
        """How the network is built; as it is in the catalog where it cannot be built as asked."""
        spec = self.spec
        try:
            return build_config(self.config, spec) if spec is not None else BuildConfig()
        except TLStudioError:
            return BuildConfig()

    def change(self, **values: object) -> None:
        """Change settings by their name in `RunConfig`; bad values are reported and not taken.

        With another model its weights and inputs go back to what is usual, unless they are named.
        Settings that are as the preset in force proposed follow it, see `core.advice.presets`.
        """
        if values.get("model", self.config.model) != self.config.model:
            usual = {"weights": "", "image_px": 0, "crop_mode": "own", "stem": "original"}
            values = {**usual, **values}
        try:
            config = self.config.changed(**values)
        except TLStudioError as error:
            self._notifications.error(error)
            self.change_refused.emit()
            return
        if config.model != self.config.model:
            from tlstudio.core.config.model_change import settled

            before = None if "strategy" in values else self.spec  # a strategy that is named stays
            config = settled(config, before, self._spec_of(config.model))
            named = {name: values[name] for name in _START if name in values}
            config = config.changed(**named)  # a run that brings its network along
        self._take(self.preset.followed(config, self.config, keep=values), values)

    def use_preset(self, name: str) -> None:
        """Put a preset in force, with all of its settings; the present one to reset them."""
        preset = replace(self.preset, name=name)
        self._set_preset(preset, preset.propose(self.config).config, self.field_problems)

    def set_dataset(self, index: DatasetIndex | None, images: ImagesGlance | None = None) -> None:
        """Follow the open dataset: its number of classes, and what the preset proposes for it."""
        from tlstudio.core.advice.advice import DataFacts

        data = DataFacts.of(index, images) if index is not None else DataFacts()
        preset, config = replace(self.preset, data=data), self.config
        if preset != self.preset:
            self._set_preset(preset, preset.followed(config, config, earlier=self.preset), ())
        self.set_num_classes(len(data.class_names) or None)

    def _set_preset(self, preset: Preset, config: RunConfig, named: Container[str]) -> None:
        """Take a preset with a configuration, see `_take`."""
        is_other, self._preset = preset != self.preset, preset
        self._take(config, named)
        if is_other:
            self.preset_changed.emit()

    def set_config(self, config: RunConfig, preset: str = "") -> None:
        """Replace the whole configuration as it is; what is wrong in a field is forgotten.

        Args:
            config: the settings.
            preset: that is in force from now on; empty for the present one.
        """
        in_force = replace(self.preset, name=preset or self.preset.name)
        self._set_preset(in_force, config, self.field_problems)

    def set_field_problem(self, name: str, typed: str, error: TLStudioError | None) -> None:
        """What a person `typed` into the field of a setting cannot be used; None if it can.

        It holds everything that runs with the settings, until the field is mended, the setting
        gets a value from elsewhere, or it matters no more.
        """
        from tlstudio.core.config import FIELD_BY_NAME
        from tlstudio.core.config.problems import in_field

        problems = {key: value for key, value in self.field_problems.items() if key != name}
        if error is not None:
            problems[name] = in_field(FIELD_BY_NAME[name], typed, error)
        self._set_field_problems(problems)

    def forget_field_problems(self) -> None:
        """The forms are gone, and what stood in their fields with them."""
        self._set_field_problems({})

    def show_field(self, name: str) -> None:
        """Bring the field of a setting into view, to type there."""
        self.field_requested.emit(name)

    def _set_field_problems(self, problems: Mapping[str, TLStudioError]) -> None:
        if problems != self.field_problems:
            self.field_problems = problems
            self.field_problems_changed.emit()

    def _take(self, config: RunConfig, named: Container[str]) -> None:
        """Replace the configuration; faults in fields that are `named` or gone are forgotten."""
        from tlstudio.core.config import FIELD_BY_NAME

        self._set_field_problems(
            {
                name: problem
                for name, problem in self.field_problems.items()
                if name not in named
                and FIELD_BY_NAME[name].is_relevant(config)
                and getattr(config, name) == getattr(self.config, name)
            }
        )
        if config == self.config:
            return
        model_changed = config.model != self.config.model
        build_changed = _build_settings(config) != _build_settings(self.config)
        selected = self.selected_layer
        if model_changed:
            self.selected_layer = ""
        if model_changed or build_changed:
            self._build_tree(config)
        else:
            self._hold(config, self.tree)
        if selected != self.selected_layer:
            self.layer_selected.emit(self.selected_layer)

    def set_model(self, name: str) -> None:
        self.change(model=name)

    @property
    def hand_ticks(self) -> tuple[str, ...]:
        """The ticks that were last made by hand on the present model; empty where none were."""
        model, trainable = self._ticked
        return trainable if model == self.config.model else ()

    def set_strategy(self, name: str) -> None:
        """Choose a preset; it decides the starting values where it must.

        Custom has the ticks that were made last, or at first those of the strategy before it.
        """
        initialisation = STRATEGIES[name].initialisation or self.config.initialisation
        if initialisation == "pretrained":
            initialisation = self._pretrained
        trainable: tuple[str, ...] = ()
        if name == "custom":
            model, trainable = self._ticked
            if model != self.config.model:
                trainable = tuple(sorted(self.plan.trainable)) if self.plan else ()
        self.change(strategy=name, initialisation=initialisation, trainable=trainable)

    def train_from(self, path: str) -> None:
        """Partial fine-tuning from the module at `path` on."""
        self.change(strategy="partial", initialisation=self._pretrained, train_from=path)

    @property
    def _pretrained(self) -> str:
        """The start that a strategy for pretrained values takes: a file's are such as well."""
        return "file" if self.config.initialisation == "file" else "pretrained"

    def tick(self, trainable: Iterable[str]) -> None:
        """Ticks changed by hand: the layers that train, by path."""
        self.change(strategy="custom", trainable=tuple(sorted(trainable)))

    def select_layer(self, path: str) -> None:
        """Look at one layer, wherever it is shown."""
        if path != self.selected_layer:
            self.selected_layer = path
            self.layer_selected.emit(path)

    def set_num_classes(self, num_classes: int | None) -> None:
        """The dataset's number of classes; None without a dataset."""
        if num_classes != self._num_classes:
            self._num_classes = num_classes
            self._build_tree(self.config)

    @property
    def original_classes(self) -> int:
        """Outputs of the chosen model's original head, which it has without a dataset."""
        return self.spec.num_classes if self.spec is not None else 1000

    @property
    def chosen_download(self) -> Download | None:
        """The download of the chosen weights, if there is one."""
        name = self._weights_name
        return self._downloads.of(name) if name is not None else None

    @property
    def downloading(self) -> str:
        """The chosen model while its weights are on their way; else empty."""
        download = self.chosen_download
        return self.config.model if download is not None and download.active else ""

    def download(self) -> None:
        """Fetch the chosen pretrained weights; only ever on a person's request."""
        name, spec, weights = self._weights_name, self.spec, self.weights
        if name is not None and spec is not None and weights is not None:
            self._downloads.fetch(name, spec.title, weights.size_bytes)

    def cancel_download(self) -> None:
        """End the download of the chosen weights; what has come is kept."""
        if self._weights_name is not None:
            self._downloads.cancel(self._weights_name)

    @property
    def _weights_name(self) -> WeightsName | None:
        spec, weights = self.spec, self.weights
        return WeightsName(spec.name, weights.name) if spec and weights else None

    def title_of(self, model: str) -> str:
        """What a person calls a network of the catalog; its name where it is not listed."""
        spec = self._spec_of(model)
        return spec.title if spec is not None else model

    def _spec_of(self, model: str) -> ModelSpec | None:
        if is_vgg_list(model):
            try:
                return vgg_list(model).spec
            except ConfigError:  # of a file that somebody else wrote; building the tree tells why
                return None
        return next((row for row in self.models if row.name == model), None)

    def _hold(self, config: RunConfig, tree: LayerTree | None) -> None:
        """Take configuration and tree with the plan that follows, then tell what is another."""
        if config.strategy == "custom":
            self._ticked = config.model, config.trainable
        settings = Settings.of(config, tree)
        has_other_tree, is_other = tree is not self.tree, settings != self.settings
        self.tree, self._settings = tree, settings
        if has_other_tree:
            self.tree_changed.emit(tree)
        if is_other and self._settings is settings:  # unless a listener has changed more
            self.settings_changed.emit(settings)

    def _build_tree(self, config: RunConfig) -> None:
        """Take a configuration whose network is another one, and have its tree built."""
        if self._tree_task is not None:
            self._tree_task.cancel()
            self._tree_task = None
        self.failure = None
        had_tree = self.tree is not None
        self._hold(config, None)
        if not had_tree:
            self.tree_changed.emit(None)  # there may be no failure any more
        if self.is_ready and self._tree_task is None:
            self._tree_task = self._pool.submit(
                jobs.layer_tree,
                self.config.model,
                self._num_classes or self.original_classes,
                self.build,
                done=self._on_tree_built,
                failed=self._on_failed,
            )

    def _list_models(self) -> None:
        self._pool.submit(jobs.list_models, done=self._on_models_listed, failed=self._on_failed)

    def _on_failed(self, error: TLStudioError) -> None:
        self.failure = error
        self._notifications.error(error)
        self.failed.emit(error)

    def _on_models_known(self, models: tuple[ModelSpec, ...]) -> None:
        """The list of the last start: one can look and choose while torch is still loading."""
        if models and not self.is_ready:
            self.models = models
            self.models_changed.emit()

    def _on_warm(self, devices: tuple[DeviceRecord, ...]) -> None:
        self.devices = devices
        self._list_models()

    def _on_models_listed(self, models: tuple[ModelSpec, ...]) -> None:
        first = not self.is_ready
        self.models = models
        self.is_ready = True
        self.models_changed.emit()
        if first:
            self.engine_ready.emit()
            self._build_tree(self.config)

    def _on_tree_built(self, tree: LayerTree) -> None:
        self._tree_task = None
        self._hold(self.config, tree)

    def _on_weights_arrived(self) -> None:
        if self.is_ready:
            self._list_models()


_START = ("initialisation", "start_from")


def _build_settings(config: RunConfig) -> tuple[object, ...]:
    """The settings that decide what the network looks like, apart from the model."""
    return *config.input_settings, BuildConfig.of(config, config.image_px, channels=0)
