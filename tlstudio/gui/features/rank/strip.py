"""The strip above the leaderboard: what is ranked, the button, and the progress."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QProgressBar, QSizePolicy, QWidget

from tlstudio.core.needs import RANKING
from tlstudio.gui.features.rank.state import RankingState
from tlstudio.gui.features.rank.texts import RankTexts
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.reasons import reason_text
from tlstudio.gui.state.session import Dialog, Session

BAR_PX = 140


class RankStrip(QWidget):
    """The strip above the table; follows `RankingState` and whether the session is busy."""

    def __init__(self, session: Session, texts: RankTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ranking = session.feature(RankingState)
        self._texts = texts
        self.words = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.more = IconButton(self.tr("Get more…"), "", "weblink", self._on_more)
        self.more.setToolTip(
            self.tr("Download or import other weights: they can be ranked as soon as they are here")
        )
        self.with_random = QCheckBox(self.tr("Random networks"))
        self.with_random.setToolTip(
            self.tr("The same networks with random values, as a reference: what pretraining brings")
        )
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR_PX)
        self.bar.setAccessibleName(self.tr("Progress of the ranking"))
        self.cancel = IconButton(self.tr("Cancel"), "close", "", self._ranking.cancel)
        self.rank = IconButton(self.tr("Rank"), "award", clicked=self._ranking.rank)
        self.why_not = label("", "hint", wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = hstack(
            self.words,
            self.more,
            Stretch(),
            (self.bar, Qt.AlignmentFlag.AlignVCenter),
            self.with_random,
            self.cancel,
            self.rank,
            spacing=theme.GRID,
        )
        vstack(row, self.why_not, spacing=theme.GRID // 2, parent=self)
        self.with_random.setChecked(self._ranking.with_random)
        self.with_random.toggled.connect(self._ranking.set_with_random)

    def refresh(self) -> None:
        """Show the present state."""
        ranking = self._ranking
        active = ranking.active
        while_active: tuple[QWidget, ...] = (self.bar, self.cancel)
        otherwise: tuple[QWidget, ...] = (self.more, self.with_random, self.rank)
        had_focus = self.rank.hasFocus() or self.cancel.hasFocus()
        for widget in (*while_active, *otherwise):
            widget.setVisible(active is (widget in while_active))
        self.with_random.setChecked(ranking.with_random)
        why_not = reason_text(self._session, RANKING)
        self.rank.setText(self._verb())
        self.rank.setEnabled(ranking.can_rank)
        self.rank.setToolTip(plain_tip(why_not or self._tip()))
        self.why_not.setText(why_not)
        self.why_not.setVisible(bool(why_not) and not active)
        if had_focus:  # the one takes the place of the other, for the keyboard, too
            (self.cancel if active else self.rank).setFocus()
        self.show_progress()

    def show_progress(self) -> None:
        """Show the progress and nothing else."""
        ranking = self._ranking
        active, progress = ranking.active, ranking.progress
        self.words.set_text(self._texts.working() if active else self._texts.asked())
        if progress is not None:
            share = progress.done / max(1, progress.total)
            self.bar.setRange(0, 1000 * len(ranking.queue))
            self.bar.setValue(round(1000 * (progress.number - 1 + share)))
        elif active:
            self.bar.setRange(0, 0)

    def _verb(self) -> str:
        ranking = self._ranking
        if ranking.record is None or not ranking.record.rows:
            return self.tr("Rank")
        if ranking.is_stale or not ranking.missing:
            return self.tr("Rank again")
        return self.tr("Rank the rest")

    def _tip(self) -> str:
        if not self._ranking.missing:
            return self.tr("All are ranked, with exactly these images and weights")
        return self.tr("Rank these networks for the open dataset, without training them")

    def _on_more(self) -> None:
        self._session.open_dialog(Dialog.WEIGHTS)
