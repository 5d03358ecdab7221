"""The texts about a race, in the language of the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.features.race.table import RaceRow
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text, error_text, shown

if TYPE_CHECKING:
    from tlstudio.core.notes import Note
    from tlstudio.core.race.race import RaceEntry, RaceRecord, RunResult
    from tlstudio.core.race.verdict import EntryScore, RaceVerdict


class RaceTexts(QObject):
    """Words for the race, in the language of the window."""

    def summary(self, entries: int, seeds: int, epochs: int, images: int) -> str:
        """Summarise a race that could be started."""
        runs = self.tr("%n run(s)", "", entries * seeds)
        each = self.tr("%n epoch(s) each", "", epochs)
        return self.tr("{runs}, {each}, decided by %n validation image(s).", "", images).format(
            runs=runs, each=each
        )

    def expected(self, seconds: float | None) -> str:
        """Return the forecast of its duration; empty where it is unknown."""
        if seconds is None:
            return ""
        return self.tr("About {time}.").format(time=formats.estimate(seconds))

    def headline(self, races: RaceState) -> str:
        """Return the present work, or the verdict."""
        if races.active:
            return self._going_on(races)
        verdict = races.verdict
        if verdict is None or verdict.winner is None:
            if races.is_stopped:
                return self.tr("Stopped before there was a result.")
            return self.tr("No run came to its end.")
        if sum(score.accuracy is not None for score in verdict.scores) < 2:
            return self.tr("Only one entry came to its end: there is nothing to compare.")
        return _words(verdict.headline)

    def comparisons(self, verdict: RaceVerdict | None) -> tuple[str, ...]:
        """Return a sentence for each pair."""
        return tuple(map(_word, verdict.comparisons)) if verdict is not None else ()

    def method(self, record: RaceRecord | None) -> str:
        """Explain how certain the numbers are."""
        if record is None:
            return ""
        if len(record.config.seeds) == 1:
            text = self.tr(
                "One seed: the intervals (Wilson) and tests (McNemar, exact) account for chance in "
                "the validation images, not for chance in the initial values."
            )
        else:
            text = self.tr(
                "Intervals and tests account for chance in the images and in the %n seed(s).",
                "",
                len(record.config.seeds),
            )
        best = self.tr(
            "The best epoch was chosen on these same images, which flatters it; the last one was "
            "not chosen."
        )
        return f"{text} {best}"

    def notes(self, races: RaceState) -> str:
        """Say what the race was measured on, and whether results are out of date."""
        record, parts = races.record, []
        if record is not None and record.images:
            images = self.tr("%n validation image(s)", "", record.images)
            seeds = self.tr("%n seed(s)", "", len(record.config.seeds))
            parts.append(
                f"{images} · {seeds}" + (f" · {record.made_on}." if record.made_on else ".")
            )
        if races.is_stale:
            parts.append(self.tr("The images have changed since this race: run it again."))
        if races.is_stopped and races.record is not None and races.record.results:
            parts.append(self.tr("Stopped early: what is here was measured alike."))
        return " ".join(parts)

    def rows(self, races: RaceState) -> tuple[RaceRow, ...]:
        """Return the rows of the table."""
        record = races.record
        if record is None:
            return ()
        scores = races.verdict.scores if races.verdict is not None else ()
        award = self._award(races)
        return tuple(
            self._row(races, record, entry, place, scores[place] if scores else None, award)
            for place, entry in enumerate(record.config.entries)
        )

    def _going_on(self, races: RaceState) -> str:
        record = races.record
        if record is None or races.running is None:
            return self.tr("Getting ready…")
        place, seed = races.running
        name = shown(record.config.entries[place].title)
        number, runs = races.number, len(record.config.runs)
        text = self.tr("Run {number} of {runs}: {name}")
        if len(record.config.seeds) > 1:
            text = self.tr("Run {number} of {runs}: {name}, seed {seed}")
        return text.format(number=number, runs=runs, name=name, seed=seed)

    def _award(self, races: RaceState) -> dict[int, str]:
        verdict = races.verdict
        if verdict is None or verdict.winner is None or races.active:
            return {}
        awards = {}
        if verdict.cheapest is not None and verdict.cheapest != verdict.winner:
            awards[verdict.cheapest] = self.tr("as good, cheaper")
        if verdict.level:
            awards |= dict.fromkeys((verdict.winner, *verdict.level), self.tr("level"))
        else:
            awards[verdict.winner] = self.tr("ahead") if verdict.equals else self.tr("best")
        return awards

    def _row(
        self,
        races: RaceState,
        record: RaceRecord,
        entry: RaceEntry,
        place: int,
        score: EntryScore | None,
        awards: dict[int, str],
    ) -> RaceRow:
        title, subtitle = shown(entry.title), self._subtitle(entry)
        results = record.results_of(place)
        if score is None or score.accuracy is None or score.interval is None:
            state, is_error = self._state(races, place, results)
            return RaceRow(title, subtitle, state=state, is_error=is_error, tip=state)
        epochs = ", ".join(map(str, score.best_epochs))
        total = max(result.run.total_parameters for result in results)
        share = formats.percent(score.trainable_parameters / total) if total else ""
        return RaceRow(
            title,
            subtitle,
            (score.interval.low, score.accuracy, score.interval.high),
            best=(
                formats.percent(score.best_accuracy),
                self.tr("epoch {epochs}").format(epochs=epochs),
            ),
            time=(
                formats.duration(score.elapsed_s),
                self.tr("{time} an epoch").format(time=formats.duration(score.epoch_s)),
            ),
            trainable=(formats.compact(score.trainable_parameters), share),
            award=awards.get(place, ""),
            tip=self._tip(score),
        )

    def _subtitle(self, entry: RaceEntry) -> str:
        rate = formats.learning_rate(entry.config.learning_rate)
        return self.tr("rate {rate}").format(rate=rate)

    def _state(
        self, races: RaceState, place: int, results: Sequence[RunResult]
    ) -> tuple[str, bool]:
        error = next((result.error for result in results if result.error is not None), None)
        if error is not None:
            return error_text(error), True
        if races.running is not None and races.running[0] == place:
            epochs = races.live.history.epochs
            if not epochs:
                return self.tr("Training…"), False
            now = formats.percent(epochs[-1].val_accuracy)
            return self.tr("Epoch {n}: {accuracy}").format(n=epochs[-1].epoch, accuracy=now), False
        if races.active:
            return self.tr("Waiting for its turn"), False
        if results and results[-1].history.epochs:
            count = len(results[-1].history.epochs)
            return self.tr("Stopped after %n epoch(s)", "", count), False
        return self.tr("Did not run"), False

    def _tip(self, score: EntryScore) -> str:
        lines = [
            self.tr("%n validation image(s)", "", score.images),
            self.tr("%n seed(s)", "", score.seeds),
        ]
        if score.kept_share:
            text = self.tr(
                "{share} of what the frozen layers put out was kept from an earlier run: without "
                "it this would have taken longer."
            )
            lines.append(text.format(share=formats.percent(score.kept_share, 0)))
        return "\n".join(lines)


def _words(notes: Sequence[Note]) -> str:
    return " ".join(map(_word, notes))


def _word(note: Note) -> str:
    return core_text(note.sentence, **note.values)
