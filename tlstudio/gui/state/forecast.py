"""The forecast of a run's duration, from costs that are measured once on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import TLStudioError
from tlstudio.core.forecast.pace import PhaseKey, phase_key
from tlstudio.core.runs.events import RunEnded, RunEndReason, StopToken
from tlstudio.core.settings import Settings
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.classifier import ClassifierState
from tlstudio.gui.state.datasets import DatasetState
from tlstudio.gui.state.network import NetworkState
from tlstudio.gui.state.run import RunState, RunStatus

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.forecast.costs import RunCosts
    from tlstudio.core.forecast.forecast import KeepObstacle, RunForecast, VariationForecast
    from tlstudio.core.forecast.kept import KeptFeatures
    from tlstudio.core.forecast.pace import Pace, Paces
    from tlstudio.core.networks.layers import LayerTree
    from tlstudio.core.runs.execution_plan import FeatureRow
    from tlstudio.core.strategies import FreezePlan

IDLE_MS = 600  # so long nothing has changed before the machine is measured
CUT_MS = 300  # and before it is tried where the network can be cut
AGAIN_MS = 15_000  # where it was busy with other things
TRIES = 3

Key = tuple[object, ...]


class ForecastState(QObject):
    """Follows the settings, the ticks and the dataset.

    Measuring takes all processor threads for about a second: it waits until the engine, a dataset
    and nothing else is there to be done, and gives way to a run or a study. What a run or a study
    leaves in the cache of features is looked up when it has ended; and how long a run took
    corrects the forecasts after it.

    Args:
        pools: the one to measure on, and others that must be at rest meanwhile.

    Attributes:
        forecast: of the run with the present settings; None until it can be told.
        can_keep: whether views can be kept at all; None while it is unknown.
        obstacle: why they cannot; None where they can, or while it is unknown.

    Signals:
        changed(): any of these.
    """

    changed = Signal()

    def __init__(
        self,
        pools: Sequence[TaskPool],
        network: NetworkState,
        datasets: DatasetState,
        run: RunState,
        classifier: ClassifierState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pools = pools
        self._network = network
        self._datasets = datasets
        self._run = run
        self._classifier = classifier
        self.forecast: RunForecast | None = None
        self.can_keep: bool | None = None
        self.obstacle: KeepObstacle | None = None
        self._costs: RunCosts | None = None
        self._known: Key | None = None  # what the costs are of
        self._task: Task | None = None
        self._task_key: Key | None = None
        self._tries = 0
        self._is_held = False
        self._basis: Key = ()  # what the forecast, and those of `seconds_of`, were made from
        self._seconds: dict[str, float] = {}
        self._told: Key = ()
        self._stop = StopToken()
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._on_idle)
        self._rows: dict[PhaseKey, FeatureRow] = {}  # at the cuts that are known
        self._kept: dict[PhaseKey, KeptFeatures] = {}  # in the cache, at those cuts
        self._kept_for: Key = ()  # the settings that it holds for
        self._kept_stop = StopToken()
        self._paces: Paces | None = None  # that runs have told, of what `_known` says
        self._told_of_run: tuple[FreezePlan, VariationForecast] | None = None
        self._cut_task: Task | None = None
        self._cutting = QTimer(self, singleShot=True)
        self._cutting.timeout.connect(self._on_time_to_cut)
        for signal in (
            network.settings_changed,
            datasets.changed,
            run.status_changed,
        ):
            signal.connect(self._on_changed)
        run.status_changed.connect(self._on_run_status_changed)
        run.ended.connect(self._on_run_ended)

    @property
    def is_coming(self) -> bool:
        """Whether a forecast can be expected in a moment."""
        return self._idle.isActive() or self._task is not None

    def seconds_of(self, strategy: str) -> float | None:
        """Forecast the run with another strategy; None while it is unknown.

        Raises:
            ConfigError: the settings do not go with it.
        """
        tree, index, costs = self._network.tree, self._datasets.index, self._costs
        if tree is None or index is None or costs is None or self._known != self._wanted():
            return None
        if strategy not in self._seconds:
            from tlstudio.core.race.race import with_strategy

            network = self._network
            other = with_strategy(network.config, strategy, network.preset)
            settings = Settings.of(other, tree)
            if settings.plan is None:
                return None
            plan, config = settings.plan, settings.config
            told = self._forecast(costs, tree, plan, config, index, self._paces_of(plan))
            self._seconds[strategy] = told.of(config).total_s
        return self._seconds[strategy]

    def hold(self, is_held: bool) -> None:
        """Measure nothing while a study goes on: both would be disturbed."""
        self._is_held = is_held
        if not is_held:
            self._kept.clear()  # it may have left more
        self._on_changed()

    def look_again(self) -> None:
        """Something else has filled or emptied the cache of features."""
        self._kept.clear()
        self._on_changed()

    def close(self) -> None:
        """End a measurement within one pass through the network."""
        self._cancel()

    def _wanted(self) -> Key | None:
        """Return what the costs depend on; None while something of it is missing."""
        index, config = self._datasets.index, self._network.config
        if index is None or self._network.tree is None:
            return None
        return (
            config.model,
            *config.input_settings,
            self._network.build,
            config.precision,
            config.device,
            index.root,
            index.fingerprint,
        )

    def _on_changed(self) -> None:
        wanted = self._wanted()
        must_wait = self._run.active or self._is_held
        if must_wait or (self._task is not None and wanted != self._task_key):
            self._cancel()
        elif wanted is None:
            self._idle.stop()
        if must_wait:
            if not self._run.active:
                self._tell()
            return
        if wanted is not None and wanted != self._known and self._task is None:
            self._tries = 0
            self._idle.start(IDLE_MS)
        self._tell()

    def _on_idle(self) -> None:
        wanted, index = self._wanted(), self._datasets.index
        if wanted is None or index is None:
            return
        busy = any(pool.busy for pool in self._pools)
        if busy or self._datasets.loading or self._classifier.predicting:
            self._idle.start(IDLE_MS)
            return
        self._stop, self._task_key = StopToken(), wanted
        self._tries += 1
        self._task = self._pools[0].submit(
            jobs.run_costs,
            self._network.config,
            index,
            stop=self._stop,
            done=self._on_measured,
            failed=self._on_failed,
        )

    def _on_measured(self, costs: RunCosts | None) -> None:
        if self._known != self._task_key:
            self._rows.clear()
            self._kept.clear()
            self._paces = None
        self._task, self._known, self._costs = None, self._task_key, costs
        if costs is not None and not costs.is_steady and self._tries < TRIES:
            self._idle.start(AGAIN_MS)
        self._tell()

    def _on_failed(self, error: TLStudioError) -> None:
        """No forecast; what is wrong is said where it matters, when the run starts."""
        self._on_measured(None)

    def _rows_of(self, plan: FreezePlan) -> tuple[FeatureRow, ...] | None:
        """The features at the cuts of `plan`; None while not all are known."""
        rows = tuple(self._rows.get(phase_key(phase)) for phase in plan.phases)
        known = tuple(row for row in rows if row is not None)
        return known if len(known) == len(rows) else None

    def _kept_of(self, plan: FreezePlan, config: RunConfig) -> tuple[KeptFeatures, ...]:
        """The features in the cache for each phase of `plan`; none of those that are unknown."""
        from tlstudio.core.forecast.kept import NOTHING_KEPT

        if self._kept_for != _kept_settings(config):
            return ()
        return tuple(self._kept.get(phase_key(phase), NOTHING_KEPT) for phase in plan.phases)

    def _knows_kept(self, plan: FreezePlan, config: RunConfig) -> bool:
        is_of_these = self._kept_for == _kept_settings(config)
        return is_of_these and all(phase_key(phase) in self._kept for phase in plan.phases)

    def _paces_of(self, plan: FreezePlan) -> tuple[Pace, ...]:
        return self._paces.of(plan) if self._paces is not None else ()

    def _forecast(
        self,
        costs: RunCosts,
        tree: LayerTree,
        plan: FreezePlan,
        config: RunConfig,
        index: DatasetIndex,
        paces: Sequence[Pace],
    ) -> RunForecast:
        from tlstudio.core.forecast.forecast import forecast

        train, val = _samples(index)
        rows, kept = self._rows_of(plan), self._kept_of(plan, config)
        return forecast(costs, tree, plan, config, train, val, rows, kept, paces)

    def _on_time_to_cut(self) -> None:
        """Ask about the features at the cuts: first how large they are, then which are there."""
        network, index = self._network, self._datasets.index
        if network.plan is None or index is None or self._cut_task is not None:
            return  # what is under way asks again when it is done
        plan, config, known = network.plan, network.config, self._known
        keys = [phase_key(phase) for phase in plan.phases]

        def on_sized(rows: tuple[FeatureRow, ...]) -> None:
            self._cut_task = None
            if known == self._known:
                self._rows.update(zip(keys, rows, strict=True))
                self._seconds = {}
            self._tell()

        def on_found(kept: tuple[KeptFeatures, ...]) -> None:
            self._cut_task = None
            if known == self._known:
                if self._kept_for != _kept_settings(config):
                    self._kept.clear()
                self._kept_for = _kept_settings(config)
                self._kept.update(zip(keys, kept, strict=True))
                self._seconds = {}
            self._tell()

        def on_failed(error: TLStudioError) -> None:
            self._cut_task = None  # what was told stays; the run tells what is wrong

        submit = self._pools[0].submit
        if self._rows_of(plan) is None:
            classes = len(index.classes)
            self._cut_task = submit(
                jobs.planned_rows, config, classes, plan, done=on_sized, failed=on_failed
            )
        else:
            self._kept_stop = stop = StopToken()
            self._cut_task = submit(
                jobs.kept_features, config, index, plan, stop, done=on_found, failed=on_failed
            )

    def _on_run_status_changed(self, status: RunStatus) -> None:
        """Note what a run that begins is expected to take, by the measured pieces alone."""
        settings, tree, index = self._run.record.settings, self._network.tree, self._datasets.index
        if status is not RunStatus.PREPARING:
            return
        self._told_of_run = None
        costs = self._costs if self._known == self._wanted() else None
        if costs is None or tree is None or index is None:
            return
        if settings is None or settings.plan is None or settings != self._network.settings:
            return
        told = self._forecast(costs, tree, settings.plan, settings.config, index, ())
        self._told_of_run = settings.plan, told.of(settings.config)

    def _on_run_ended(self, end: RunEnded) -> None:
        """Learn from how long it took, and look anew at what is in the cache."""
        told, self._told_of_run = self._told_of_run, None
        epochs = self._run.record.history.epochs
        is_whole = end.reason in (RunEndReason.FINISHED, RunEndReason.EARLY)
        if told is not None and epochs and is_whole and self._known == self._wanted():
            from tlstudio.core.forecast.pace import Paces

            self._paces = self._paces or Paces()
            epochs_s = [record.metrics["elapsed_s"] for record in epochs]
            self._paces.learn(*told, epochs_s, end.elapsed_s)
        self.look_again()

    def _cancel(self) -> None:
        self._idle.stop()
        self._cutting.stop()
        if self._cut_task is not None:
            self._kept_stop.stop()
            self._cut_task.cancel()
            self._cut_task = None
        if self._task is not None:
            self._stop.stop()
            self._task.cancel()
            self._task = None

    def _tell(self) -> None:
        """Forecast anew if anything that the forecast depends on changed, and say so."""
        network, index = self._network, self._datasets.index
        tree, plan = network.tree, network.plan
        basis: Key = ()
        if tree is not None and plan is not None:
            # with it comes pydantic, which nobody needs before the first paint
            from tlstudio.core.forecast.forecast import cost_settings, keep_obstacle

            config = network.config
            costs = self._costs if self._known == self._wanted() else None
            rows, kept, paces = (
                self._rows_of(plan),
                self._kept_of(plan, config),
                self._paces_of(plan),
            )
            # not the index itself: two looks at the same folder are compared image by image
            data = None if index is None else (index.root, index.fingerprint)
            basis = (costs, tree, plan, cost_settings(config), data, rows, kept, paces)
            if basis != self._basis:
                self.obstacle = keep_obstacle(tree, plan, config)
                self.forecast = None
                if costs is not None and index is not None:
                    self.forecast = self._forecast(costs, tree, plan, config, index, paces)
                    self.obstacle = self.forecast.obstacle
                self.can_keep = self.obstacle is None
            is_known = rows is not None and self._knows_kept(plan, config)
            if self.forecast is not None and not is_known and not self._is_held:
                self._cutting.start(CUT_MS)
        else:
            self.forecast = self.can_keep = self.obstacle = None
        if basis != self._basis:
            self._basis, self._seconds = basis, {}
        told = (basis, self.is_coming)
        if told == self._told:
            return
        self._told = told
        self.changed.emit()


def _samples(index: DatasetIndex) -> tuple[int, int]:
    """Count the images for training and for validation."""
    return len(index.by_split[Split.TRAIN]), len(index.by_split[Split.VAL])


def _kept_settings(config: RunConfig) -> Key:
    """The settings that decide what is in the cache, beside those that the costs depend on."""
    seed = config.seed if config.initialisation == "random" else 0
    return (
        config.initialisation,
        config.start_from,
        seed,
        config.batch_size,
        config.augmentation_options,
    )
