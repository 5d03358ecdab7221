"""The sentences of the learning-rate finder."""

from __future__ import annotations

from PySide6.QtCore import QObject

from tlstudio.core.needs import RATE_FINDER
from tlstudio.core.rate_finder import RangeEnd, RateRange, rate_text
from tlstudio.gui.features.rate_finder.state import RateState
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text, error_with_hint
from tlstudio.gui.state.reasons import reason_text, remedy_title
from tlstudio.gui.state.session import Session


class RateTexts(QObject):
    """Words for the finder, in the language of the window."""

    def empty(self, session: Session) -> tuple[str, str, str]:
        """Title, text and what mends an obstacle, while nothing was found; empty for nothing."""
        title = self.tr("Find the learning rate")
        rates = session.feature(RateState)
        if rates.error is not None:
            text = error_with_hint(rates.error)
            return self.tr("The test broke off"), text.strip(), ""
        why_not = reason_text(session, RATE_FINDER)
        return title, why_not or self._what_happens(session), remedy_title(session, RATE_FINDER)

    def how_to_read(self) -> str:
        return self.tr(
            "Where the line is flat, steps are too small to learn; where it rises, they are so "
            "large that learning breaks. A good rate lies on the slope between, well before the "
            "lowest point: click or drag to choose another one."
        )

    def headline(
        self, result: RateRange, chosen: float | None, *, is_used: bool, is_stale: bool
    ) -> str:
        """Describe the result, or what is done with it, in few words."""
        if chosen is None and result.end is RangeEnd.STOPPED:
            return self.tr("The test was stopped")
        if chosen is None:
            return self.tr("The curve speaks for no learning rate")
        if is_used:
            text = self.tr("The next run trains with {rate}")
        elif chosen != result.suggestion:
            text = self.tr("You chose {rate}")
        elif is_stale:
            text = self.tr("{rate} suited the run before")
        else:
            text = self.tr("{rate} suits this run")
        return text.format(rate=rate_text(chosen))

    def reason(self, result: RateRange) -> str:
        """Explain the suggestion, or why there is none and what to do then."""
        text = core_text(result.reason.sentence, **result.reason.values)
        if result.suggestion is not None or result.end is RangeEnd.STOPPED:
            return text
        advice = self.tr(
            "Let more layers train or take smaller batches, or choose a rate in the chart yourself."
        )
        return f"{text} {advice}"

    def numbers(self, result: RateRange, present: float) -> dict[str, str]:
        """Return the numbers above the chart, by key."""
        steepest = result.steepest
        lowest = result.lowest if steepest else None  # else it is chance where it lies
        return {
            "suggested": _rate(result.suggestion),
            "present": _rate(present),
            "steepest": _rate(steepest.learning_rate if steepest else None),
            "lowest": _rate(lowest.learning_rate if lowest else None),
        }

    def notice(self, rates: RateState) -> str:
        """Say what has changed since the test, or how the last one ended; empty for nothing."""
        if rates.error is not None:
            return error_with_hint(rates.error)
        if rates.has_other_images:
            return self.tr("The images are others now: find it again.")
        if rates.changed_since:
            names = ", ".join(core_text(title) for title in rates.changed_since)
            return self.tr("Changed since this test: {settings}. Find it again.").format(
                settings=names
            )
        return ""

    def progress(self, rates: RateState) -> tuple[str, str]:
        """Describe the present step, and the progress of the test."""
        if rates.points and rates.started is not None:
            last = rates.points[-1]
            headline = self.tr("Trying {rate}").format(rate=rate_text(last.learning_rate))
            parts = [
                self.tr("step {n} of at most {count}").format(
                    n=last.step, count=rates.started.steps
                )
            ]
            if rates.remaining_s is not None and rates.remaining_s >= 1:
                left = formats.estimate(rates.remaining_s)
                parts.append(self.tr("about {time} left").format(time=left))
            return headline, "  ·  ".join(parts)
        if rates.features is not None and rates.features.total:
            share = formats.percent(rates.features.done / rates.features.total, 0)
            details = self.tr("Outputs of the frozen layers: {share}").format(share=share)
            return self.tr("Preparing…"), details
        return self.tr("Preparing…"), self.tr("A fresh network is being built.")

    def _what_happens(self, session: Session) -> str:
        text = self.tr(
            "A fresh network takes about 100 steps on your images, each with a larger learning "
            "rate than the last. Where the loss falls best is the rate to train with; what you "
            "have trained is not touched."
        )
        plan = session.network.plan
        if plan is not None and len(plan.phases) > 1:
            text += " " + self.tr("It tries the last phase of the plan, in which the most trains.")
        return text


def _rate(value: float | None) -> str:
    return formats.NONE if value is None else rate_text(value)
