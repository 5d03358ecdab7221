"""The forecast of a run's duration, from costs that are measured once on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.settings import Settings
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.classifier import ClassifierState
from tlstudio.gui.state.datasets import DatasetState
from tlstudio.gui.state.network import NetworkState
from tlstudio.gui.state.run import RunState

if TYPE_CHECKING:
    from tlstudio.core.forecast.costs import RunCosts
    from tlstudio.core.forecast.forecast import KeepObstacle, RunForecast
    from tlstudio.core.runs.execution_plan import FeatureRow
    from tlstudio.core.strategies import FreezePlan, PlanPhase

IDLE_MS = 600  # so long nothing has changed before the machine is measured
CUT_MS = 300  # and before it is tried where the network can be cut
AGAIN_MS = 15_000  # where it was busy with other things
TRIES = 3

Key = tuple[object, ...]
PhaseKey = tuple[frozenset[str], frozenset[str]]


class ForecastState(QObject):
    """Follows the settings, the ticks and the dataset.

    Measuring takes all processor threads for about a second: it waits until the engine, a dataset
    and nothing else is there to be done, and gives way to a run or a study.

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
        self._cut_task: Task | None = None
        self._cutting = QTimer(self, singleShot=True)
        self._cutting.timeout.connect(self._on_time_to_cut)
        for signal in (
            network.settings_changed,
            datasets.changed,
            run.status_changed,
        ):
            signal.connect(self._on_changed)

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
            from tlstudio.core.forecast.forecast import forecast
            from tlstudio.core.race.race import with_strategy

            settings = Settings.of(with_strategy(self._network.config, strategy), tree)
            if settings.plan is None:
                return None
            rows = self._rows_of(settings.plan)
            told = forecast(costs, tree, settings.plan, settings.config, *_samples(index), rows)
            self._seconds[strategy] = told.of(settings.config).total_s
        return self._seconds[strategy]

    def hold(self, is_held: bool) -> None:
        """Measure nothing while a study goes on: both would be disturbed."""
        self._is_held = is_held
        self._on_changed()

    def close(self) -> None:
        """End a measurement within one pass through the network."""
        self._cancel()

    def _wanted(self) -> Key | None:
        """Return what the costs depend on; None while something of it is missing."""
        index, config = self._datasets.index, self._network.config
        if index is None or self._network.tree is None:
            return None
        entrance = (config.weights, config.image_px, config.colours, config.stem)
        return (
            config.model,
            *entrance,
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
        self._task, self._known, self._costs = None, self._task_key, costs
        if costs is not None and not costs.is_steady and self._tries < TRIES:
            self._idle.start(AGAIN_MS)
        self._tell()

    def _on_failed(self, error: TLStudioError) -> None:
        """No forecast; what is wrong is said where it matters, when the run starts."""
        self._on_measured(None)

    def _rows_of(self, plan: FreezePlan) -> tuple[FeatureRow, ...] | None:
        """The features at the cuts of `plan`; None while not all are known."""
        rows = tuple(self._rows.get(_key_of(phase)) for phase in plan.phases)
        known = tuple(row for row in rows if row is not None)
        return known if len(known) == len(rows) else None

    def _on_time_to_cut(self) -> None:
        network, index = self._network, self._datasets.index
        if network.plan is None or index is None or self._cut_task is not None:
            return  # what is under way asks again when it is done
        plan, known = network.plan, self._known

        def on_done(rows: tuple[FeatureRow, ...]) -> None:
            self._cut_task = None
            if known == self._known:
                keys = (_key_of(phase) for phase in plan.phases)
                self._rows.update(zip(keys, rows, strict=True))
                self._seconds = {}
            self._tell()

        def on_failed(error: TLStudioError) -> None:
            self._cut_task = None  # the guess from the tree stays; the run tells what is wrong

        self._cut_task = self._pools[0].submit(
            jobs.planned_rows,
            network.config,
            len(index.classes),
            plan,
            done=on_done,
            failed=on_failed,
        )

    def _cancel(self) -> None:
        self._idle.stop()
        self._cutting.stop()
        if self._cut_task is not None:
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
            from tlstudio.core.forecast.forecast import cost_settings, forecast, keep_obstacle

            config = network.config
            costs = self._costs if self._known == self._wanted() else None
            rows = self._rows_of(plan)
            basis = (costs, tree, plan, cost_settings(config), index, rows)
            if basis != self._basis:
                self.obstacle = keep_obstacle(tree, plan, config)
                self.forecast = None
                if costs is not None and index is not None:
                    self.forecast = forecast(costs, tree, plan, config, *_samples(index), rows)
                    self.obstacle = self.forecast.obstacle
                self.can_keep = self.obstacle is None
            if self.forecast is not None and rows is None and not self._is_held:
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


def _key_of(phase: PlanPhase) -> PhaseKey:
    """Return what decides where the network is cut."""
    return phase.trainable, phase.statistics
