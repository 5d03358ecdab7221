"""Explains the numbers of the leaderboard, with the papers behind them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.family_note import PaperLink
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import vstack

LOGME_PAPER = "You et al., LogME, ICML 2021"
LOGME_URL = "https://arxiv.org/abs/2102.11005"
PROBE_PAPER = "Kornblith et al., Do Better ImageNet Models Transfer Better?, CVPR 2019"
PROBE_URL = "https://arxiv.org/abs/1805.08974"


class RankNote(QWidget):
    """Two short paragraphs, each with its paper."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "logme")
        opens = self.tr("Opens in the browser")
        self.probe = label("", "hint", wrap=True)
        self.probe.setText(
            self.tr(
                "Linear probe: the network stays as it is, and a linear layer learns the classes "
                "from what the network makes of each image. Every image is judged by a probe that "
                "has not seen it. That is about what feature extraction will reach. The band holds "
                "the true accuracy in 95 of 100 cases; the fewer images, the wider it is."
            )
        )
        self.logme = label("", "hint", wrap=True)
        self.logme.setText(
            self.tr(
                "LogME asks without any training how well all linear layers together explain the "
                "classes (the logarithm of the maximum evidence, per image). Higher is better. It "
                "says something within one dataset only, and nothing by itself: where it disagrees "
                "with the probe, trust the probe."
            )
        )
        self.probe_paper, self.logme_paper = PaperLink(), PaperLink()
        self.probe_paper.set_link(PROBE_PAPER, PROBE_URL, opens)
        self.logme_paper.set_link(LOGME_PAPER, LOGME_URL, opens)
        left, gap = Qt.AlignmentFlag.AlignLeft, theme.GRID // 2
        probe = (self.probe, (self.probe_paper, left), gap)
        logme = (self.logme, (self.logme_paper, left), gap)
        vstack(*probe, *logme, spacing=0, parent=self)
