"""The set-up of a race: strategies of the present network, or networks of this machine."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.dataset import Split
from tlstudio.core.errors import TLStudioError
from tlstudio.core.needs import RACE
from tlstudio.core.race.race import FEWEST, MOST, MOST_SEEDS
from tlstudio.core.race.recipes import DEGRADATION
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.features.race import jobs
from tlstudio.gui.features.race.choice import FACTORS, RaceField
from tlstudio.gui.features.race.entry_list import Contestant, RaceEntryList
from tlstudio.gui.features.race.fitted_scroll import FittedScroll
from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.features.race.texts import RaceTexts
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_hint, error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.reasons import reason_text
from tlstudio.gui.state.session import Session, Step


class RaceSetup(QWidget):
    """Rows to tick, seeds, what it would take, and the button that starts it.

    Signals:
        cancelled(): a person wants the last race back.
    """

    cancelled = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "race")
        self._session = session
        self._texts = RaceTexts(self)
        self.choice = session.feature(RaceState).choice
        self._times: dict[tuple[str, str, str], dict[str, float]] = {}
        self._refresh = VisibleRefresh(self, self.refresh)
        self._build()
        for signal in (
            session.datasets.changed,
            session.datasets.loading_changed,
            session.network.models_changed,
            session.network.settings_changed,
            session.network.field_problems_changed,
            session.network.engine_ready,
            session.forecasts.changed,
            session.busy_changed,
        ):
            signal.connect(self._refresh.request)

    # Building

    def _build(self) -> None:
        self.field = Segmented(self.tr("What differs"))
        self.field.set_options(
            [
                (RaceField.STRATEGIES, self.tr("Strategies of this model")),
                (RaceField.RATES, self.tr("Learning rates")),
                (RaceField.MODELS, self.tr("Models on this machine")),
                (RaceField.RECIPE, core_text(DEGRADATION.title)),
            ]
        )
        self.field.set_value(self.choice.field)
        self.field.chosen.connect(self._on_field_chosen)
        self.budgets = Segmented(self.tr("How much of it"))
        self.budgets.set_options([(b.name, core_text(b.title)) for b in DEGRADATION.budgets])
        self.budgets.chosen.connect(self._on_budget_chosen)
        self.about = label("", "hint", wrap=True)
        self.entries = RaceEntryList(MOST)
        self.entries.ticked.connect(self._on_ticked)
        self.entries.rate_edited.connect(self._on_rate_edited)
        self.entries.problem_changed.connect(self._show_summary)
        self.models_button = IconButton(self.tr("Find models"), "model", clicked=self._on_models)
        self.advice = label(
            self.tr(
                "Pretrained layers usually want smaller steps than a new head: try a tenth of the "
                "learning rate where they train at its full size."
            ),
            "hint",
            wrap=True,
        )
        self.tenth_button = IconButton(self.tr("Take a tenth there"), clicked=self._on_tenth)
        self.seeds = Segmented(self.tr("Seeds"))
        self.seeds.set_options([(number, str(number)) for number in range(1, MOST_SEEDS + 1)])
        self.seeds.set_value(self.choice.seeds)
        self.seeds.chosen.connect(self._on_seeds_chosen)
        self.seeds_hint = label("", "hint", wrap=True)
        self.summary = label("", wrap=True)
        self.back_button = IconButton(self.tr("Last race"), "previous", "quiet")
        self.back_button.clicked.connect(self.cancelled)
        self.start_button = IconButton(self.tr("Start the race"), "play", clicked=self._start)

        top = hstack(self.field, Stretch(), self.back_button)
        inner = QWidget()
        vstack(
            self.entries,
            (self.models_button, Qt.AlignmentFlag.AlignLeft),
            Stretch(),
            spacing=theme.GRID,
            margins=(0, 0, theme.GRID, 0),
            parent=inner,
        )
        scroll = FittedScroll(inner, self.tr("Strategies of the race"))
        tenth = hstack((self.advice, 1), self.tenth_button, spacing=2 * theme.GRID)
        seeds = hstack(
            label(self.tr("Seeds"), "section"),
            self.seeds,
            theme.GRID,
            (self.seeds_hint, 1),
            spacing=theme.GRID,
        )
        bottom = hstack((self.summary, 1), self.start_button, spacing=2 * theme.GRID)
        vstack(
            top,
            hstack((self.budgets, Qt.AlignmentFlag.AlignTop), (self.about, 1), spacing=theme.GRID),
            (scroll, 1000),
            tenth,
            seeds,
            bottom,
            Stretch(1),
            spacing=2 * theme.GRID,
            parent=self,
        )

    # Showing

    def refresh(self) -> None:
        """Show what could race now."""
        choice = self.choice
        is_models = choice.field is RaceField.MODELS
        self.field.set_value(choice.field)
        contestants = {
            RaceField.STRATEGIES: self._strategies,
            RaceField.RATES: self._rates,
            RaceField.MODELS: self._models,
            RaceField.RECIPE: self._recipe,
        }[choice.field]()
        self.entries.show_contestants(contestants, choice.ticked)
        self.budgets.setVisible(choice.field is RaceField.RECIPE)
        self.models_button.setVisible(is_models and len(contestants) < FEWEST)
        self.about.setText(self._about(len(contestants)))
        self.seeds_hint.setText(self._seeds_hint())
        has_advice = bool(choice.tenths)
        self.advice.setVisible(has_advice)
        self.tenth_button.setVisible(has_advice)
        self._show_summary()

    def set_back(self, *, has_last: bool) -> None:
        """Whether there is a race to go back to."""
        self.back_button.setVisible(has_last)

    def _strategies(self) -> list[Contestant]:
        missing = self.tr("The pretrained weights are not on this machine.")
        rows = [STRATEGIES[name] for name in self.choice.strategies]
        return [
            Contestant(
                row.name,
                core_text(row.title),
                core_text(row.help),
                self.choice.rate(row.name),
                self._time(row.name),
                missing if self.choice.lacks_weights(row.name) else "",
            )
            for row in rows
        ]

    def _rates(self) -> list[Contestant]:
        strategy = self._session.network.config.strategy
        words = self.tr("times the rate of the settings, unless you change it")
        return [
            Contestant(key, f"{factor:g} ×", words, self.choice.rate(key), self._time(strategy))
            for key, factor in FACTORS.items()
        ]

    def _models(self) -> list[Contestant]:
        present = self._session.network.config
        words = self.tr("{parameters} parameters")
        scratch = self.tr("{parameters} parameters, from random values")
        return [
            Contestant(
                spec.name,
                spec.title,
                (words if spec.weights else scratch).format(
                    parameters=formats.compact(spec.parameters)
                ),
                self.choice.rate(spec.name),
                self._time(present.strategy) if spec.name == present.model else "",
            )
            for spec in self.choice.models
        ]

    def _recipe(self) -> list[Contestant]:
        choice = self.choice
        recipe, times = choice.recipe, self._recipe_times()
        self.budgets.set_value(choice.budget)
        with_, without = self.tr("with shortcuts"), self.tr("without shortcuts")
        return [
            Contestant(
                entry.model,
                entry.title,
                self.tr("{n} layers, {kind}").format(
                    n=entry.depth, kind=with_ if entry.is_residual else without
                ),
                choice.rate(entry.model),
                formats.estimate(times[entry.model]) if entry.model in times else "",
            )
            for entry in recipe.entries
        ]

    def _recipe_times(self) -> dict[str, float]:
        """Expected seconds of a run of each network of the recipe; measured when first asked."""
        session, choice = self._session, self.choice
        index = session.datasets.index
        if index is None:
            return {}
        models = [entry.model for entry in choice.recipe.entries]
        key = (choice.budget, index.fingerprint, session.network.config.device)
        if key not in self._times and not session.is_busy and session.network.is_ready:
            self._times[key] = {}

            def done(times: dict[str, float]) -> None:
                self._times[key] = times
                self._refresh.request()

            race = choice.recipe_race(models)
            session.engine_pool.submit(
                jobs.expected_seconds, race, index, done=done, failed=lambda error: None
            )
        return self._times.get(key, {})

    def _time(self, strategy: str) -> str:
        seconds = self._seconds(strategy)
        return formats.estimate(seconds) if seconds is not None else ""

    def _seconds(self, strategy: str) -> float | None:
        session = self._session
        try:
            return session.forecasts.seconds_of(strategy)
        except TLStudioError:
            return None

    def _about(self, count: int) -> str:
        if self.choice.field is RaceField.STRATEGIES:
            spec = self._session.network.spec
            text = self.tr(
                "{model} is trained once with each: same images, same seeds, same epochs, and all "
                "other settings as they suit each. Choose two to ten."
            )
            return text.format(model=spec.title if spec else self._session.network.config.model)
        if self.choice.field is RaceField.RATES:
            return self.tr(
                "The present network and strategy are trained at each learning rate: same images, "
                "same seeds. Choose two to ten."
            )
        if self.choice.field is RaceField.RECIPE:
            recipe = self.choice.recipe
            budget = recipe.budgets[self.choice.budget]
            return f"{core_text(recipe.about)}\n{core_text(budget.about)}"
        if count < FEWEST:
            return self.tr("A race needs two networks whose weights are on this machine.")
        return self.tr(
            "Each network is trained with the present settings: same images, same seeds. Choose "
            "two to ten."
        )

    def _seeds_hint(self) -> str:
        if self.choice.seeds == 1:
            return self.tr(
                "Enough for a first look. With three, chance in the initial values shows as well."
            )
        if self.choice.seeds == 2:
            return self.tr(
                "Two say little about chance in the initial values: three are worth the wait."
            )
        return self.tr(
            "Every entry runs with each seed, so that chance in the initial values is counted."
        )

    def _show_summary(self) -> None:
        session, keys = self._session, self.choice.ticked
        problem = reason_text(session, RACE)
        if not problem and (fault := self.entries.problem) is not None:
            name, error = fault
            problem = f"{name}: {error_text(error)} {error_hint(error)}"
        if not problem and not FEWEST <= len(keys) <= MOST:
            problem = self.tr("Choose two to ten.")
        self.start_button.setEnabled(not problem)
        index = session.datasets.index
        if problem or index is None:
            self.summary.setText(problem)
            return
        seeds, images = self.choice.seeds, len(index.by_split[Split.VAL])
        epochs, known_times = session.network.config.epochs, None
        if self.choice.field is RaceField.RECIPE:
            race = self.choice.recipe_race(keys)
            images = len(race.images_of(index).by_split[Split.VAL])
            epochs, known_times = race.entries[0].config.epochs, self._recipe_times()
        text = self._texts.summary(len(keys), seeds, epochs, images)
        strategies = {
            RaceField.STRATEGIES: keys,
            RaceField.RATES: [session.network.config.strategy] * len(keys),
        }.get(self.choice.field)
        times = [self._seconds(key) for key in strategies] if strategies else [None]
        if known_times is not None:
            times = [known_times.get(key) for key in keys]
        known = [time for time in times if time is not None]
        total = seeds * sum(known) if len(known) == len(times) else None
        self.summary.setText(f"{text} {self._texts.expected(total)}".strip())

    # Choosing

    def _on_field_chosen(self, value: object) -> None:
        self.choice.field = RaceField(str(value))
        if self.choice.field is RaceField.MODELS and not self.choice.ticked:
            self.choice.tick(self._session.network.config.model)
        self.refresh()

    def _on_budget_chosen(self, value: object) -> None:
        self.choice.set_budget(str(value))
        self.refresh()

    def _on_seeds_chosen(self, value: object) -> None:
        self.choice.seeds = int(str(value))
        self.refresh()

    def _on_ticked(self, key: str, is_ticked: bool) -> None:
        self.choice.tick(key, is_ticked=is_ticked)
        self.refresh()

    def _on_rate_edited(self, key: str, value: float) -> None:
        self.choice.set_rate(key, value)
        self.refresh()

    def _on_tenth(self) -> None:
        for key, rate in self.choice.tenths.items():
            self.choice.set_rate(key, rate)
        self.refresh()

    def _on_models(self) -> None:
        self._session.go_to(Step.MODEL)

    def _start(self) -> None:
        index = self._session.datasets.index
        if index is None or self._session.missing(RACE) is not None:
            return
        try:
            config = self.choice.config
        except TLStudioError as error:
            self._session.notifications.error(error)
            return
        self._session.feature(RaceState).start(config, index)
