"""The sentences about a leaderboard: its rows, what they say together, and why it can't begin."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from os.path import commonprefix
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tlstudio.core.networks.catalog import ModelSpec
from tlstudio.gui.features.rank.state import RankingState, RowStage
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.interval_bar import interval_text
from tlstudio.gui.kit.language import core_text, error_hint, error_text, error_with_hint

if TYPE_CHECKING:
    from tlstudio.core.rank import Candidate, LeaderboardRecord, RankRow

CSV_HEAD = (
    *("model", "weights", "initialisation", "accuracy", "low", "high", "p_value", "images"),
    *("logme", "knn_accuracy", "images_per_s"),
    *("parameters", "weights_bytes", "memory_bytes", "image_px"),
)
FASTER = 1.2  # times: less may be chance, as nobody measures a second time
NAMED = 3  # networks by name in one sentence; the others are counted


class RankTexts(QObject):
    """Words of the Rank view, in the language of the window.

    Attributes:
        specs: the catalog, by the name of the model.
    """

    def __init__(self, state: RankingState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.specs: dict[str, ModelSpec] = {}

    # -- one row ---------------------------------------------------------------------------------

    def title(self, candidate: Candidate) -> str:
        """Return the title of a candidate; random values are named, as they make it another."""
        spec = self.specs.get(candidate.model)
        title = spec.title if spec is not None else candidate.model
        return self.tr("Random {model}").format(model=title) if candidate.is_random else title

    def start(self, candidate: Candidate) -> str:
        """The values that it starts from."""
        return self.tr("random values") if candidate.is_random else candidate.weights

    def own_start(self, candidate: Candidate, others: Iterable[Candidate]) -> str:
        """Return what distinguishes its weights from others of the same network; empty if nothing.

        ``IMAGENET1K_V2`` beside ``IMAGENET1K_V1`` is V2.
        """
        names = {key.weights for key in others if key.model == candidate.model and key.weights}
        if candidate.is_random or len(names) < 2:
            return ""
        shared = commonprefix(list(names))  # noqa: RUF071 - of characters
        return candidate.weights[max(map(shared.rfind, "_-. ")) + 1 :]

    def accuracy(self, candidate: Candidate, row: RankRow | None) -> str:
        """The number, or in words why there is none."""
        progress = self._state.progress
        match self._state.stage_of(candidate):
            case RowStage.WAITING:
                return self.tr("Waiting")
            case RowStage.WORKING if progress is not None:
                from tlstudio.core.rank import RANK_STAGE_TITLES

                share = formats.percent(progress.done / max(1, progress.total), 0)
                return f"{share} · {core_text(RANK_STAGE_TITLES[progress.stage])}"
            case RowStage.FAILED:
                return error_text(self._state.failures[candidate].error)
            case RowStage.RANKED if row is not None:
                return formats.percent(row.accuracy)
        return self.tr("Not ranked yet")

    def against(self, row: RankRow) -> str:
        """Return the distance from the best row."""
        best = self._record.best
        if best is None or best.candidate == row.candidate:
            return self.tr("best")
        difference = formats.percent(row.accuracy - best.accuracy).rstrip("%").replace("-", "−")
        return f"≈ {difference}" if self.is_tied(row.candidate) else difference

    def is_tied(self, candidate: Candidate) -> bool:
        """Whether nothing tells it from the best, which it may be itself."""
        record = self._state.record
        return record is not None and candidate in record.tied

    def failure(self, candidate: Candidate) -> str:
        """Why it could not be ranked, and what to do."""
        error = self._state.failures[candidate].error
        return "\n".join(filter(None, (error_text(error), error_hint(error))))

    def facts(self, row: RankRow) -> str:
        """Describe what was ranked in a row."""
        facts = [", ".join(filter(None, (row.candidate.model, self.start(row.candidate))))]
        facts.append(
            self.tr("{n} features from images of {side} px").format(
                n=formats.count(row.features), side=row.image_px
            )
        )
        if row.weights_bytes:
            size = formats.file_size(row.weights_bytes)
            facts.append(self.tr("File of weights: {size}").format(size=size))
        facts.append(self.tr("Ranked in {time}").format(time=formats.duration(row.elapsed_s)))
        return "\n".join(facts)

    def answers(self, row: RankRow) -> str:
        """Describe the images and answers behind the accuracy."""
        right = self.tr("{right} of %n image(s) right", "", row.images)
        knn = self.tr("By the nearest neighbours instead of a probe: {accuracy}")
        return "\n".join(
            (
                interval_text(row.interval),
                right.format(right=formats.count(row.right)),
                knn.format(accuracy=formats.percent(row.knn_accuracy)),
            )
        )

    def verdict(self, row: RankRow) -> str:
        """Compare a row with the best one, with the test that says so."""
        record = self._record
        if record.best is None or record.best.candidate == row.candidate:
            return self.tr("The best on %n image(s)", "", row.images)
        sentence = (
            self.tr("Not significantly different from the best on %n image(s)", "", row.images)
            if self.is_tied(row.candidate)
            else self.tr("Significantly worse than the best on %n image(s)", "", row.images)
        )
        p_value = record.p_values[row.candidate]
        shown = f"p = {p_value:.3f}" if p_value >= 0.001 else "p < 0.001"
        test = self.tr("McNemar's test on the same images, corrected after Holm: {p}")
        return f"{sentence}\n{test.format(p=shown)}"

    # -- all of them -----------------------------------------------------------------------------

    def summary(self) -> str:
        """Summarise the leaderboard; empty while there is nothing to say."""
        record = self._state.record
        best = record.best if record is not None else None
        if record is None or best is None:
            return ""
        low, accuracy, high = best.interval
        words = self.tr(
            "{model}: {accuracy} of %n image(s) right ({low} – {high}).", "", best.images
        )
        sentences = [
            words.format(
                model=self._name(record, best),
                accuracy=formats.percent(accuracy),
                low=formats.percent(low),
                high=formats.percent(high),
            )
        ]
        tied = [row for row in record.ordered if row.candidate in record.tied and row is not best]
        if tied:
            sentences.append(
                self.tr("Not significantly different from it: {models}.").format(
                    models=self._names(record, tied)
                )
            )
            fastest = max((best, *tied), key=lambda row: row.images_per_s)
            if fastest.images_per_s > FASTER * best.images_per_s:
                name = self._name(record, fastest)
                sentences.append(self.tr("The fastest of them is {model}.").format(model=name))
        elif len(record.rows) > 1:
            sentences.append(self.tr("All others are significantly worse."))
        return " ".join(sentences)

    def remarks(self) -> list[str]:
        """Return remarks besides the numbers, the most urgent first."""
        state, texts = self._state, []
        if state.is_stale:
            texts.append(
                self.tr(
                    "The images, or how they are put in, have changed since this was ranked: "
                    "rank again to be sure."
                )
            )
        if state.error is not None:
            texts.append(error_with_hint(state.error))
        if state.was_cancelled and not state.active:
            texts.append(self.tr("Stopped before all were ranked. What was found is kept."))
        texts += [
            f"{self.title(candidate)}: {error_text(failure.error)}"
            for candidate, failure in state.failures.items()
        ]
        if state.skipped:
            count = len(state.skipped)
            texts.append(self.tr("%n image(s) could not be read and were left out.", "", count))
        notes = state.record.notes if state.record is not None else ()
        return texts + [core_text(note.sentence, **note.values) for note in notes]

    def asked(self) -> str:
        """Describe what would be ranked."""
        count = len(self._state.ready_candidates)
        return self.tr("%n set(s) of weights on this machine", "", count)

    def working(self) -> str:
        """Describe the present work."""
        progress = self._state.progress
        if self._state.was_cancelled:
            return self.tr("Stopping…")
        if progress is None:
            return self.tr("Looking at the dataset…")
        from tlstudio.core.rank import RANK_STAGE_TITLES

        return self.tr("{model}: {stage} ({n} of {total})").format(
            model=self.title(progress.candidate),
            stage=core_text(RANK_STAGE_TITLES[progress.stage]),
            n=progress.number,
            total=len(self._state.queue),
        )

    def csv(self) -> str:
        """Return all rows as CSV with full precision, best first; the header is not translated."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(CSV_HEAD)
        record = self._record
        for row in record.ordered:
            low, accuracy, high = row.interval
            key = row.candidate
            start = (key.model, key.weights, key.initialisation)
            worth = (f"{value:.6f}" for value in (accuracy, low, high, record.p_values[key]))
            cost = (row.parameters, row.weights_bytes, row.memory_bytes, row.image_px)
            others = (f"{row.logme:.6f}", f"{row.knn_accuracy:.6f}", f"{row.images_per_s:.3f}")
            writer.writerow((*start, *worth, row.images, *others, *cost))
        return text.getvalue()

    @property
    def _record(self) -> LeaderboardRecord:
        record = self._state.record
        assert record is not None  # there is a row of it
        return record

    def _names(self, record: LeaderboardRecord, rows: list[RankRow]) -> str:
        names = ", ".join(self._name(record, row) for row in rows[:NAMED])
        if len(rows) <= NAMED:
            return names
        return f"{names} " + self.tr("and %n other(s)", "", len(rows) - NAMED)

    def _name(self, record: LeaderboardRecord, row: RankRow) -> str:
        """The network's title; what it starts from as well where that is needed to know it."""
        start = self.own_start(row.candidate, (other.candidate for other in record.rows))
        title = self.title(row.candidate)
        return f"{title} ({start})" if start else title
