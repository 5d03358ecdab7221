"""Computes the metrics of a split from a network's outputs.

A new metric is a function here, entered into one of the two tables by the name of its row in
`tlstudio.core.runs.metrics`. What is known of an epoch without its logits (its learning rate, how
long it took) comes from the training loop; so does the training loss, which is the objective's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.metrics import METRICS

SampleSum = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Logits ``[B, C]`` and classes ``[B]`` of a batch -> the sum of the metric over its samples."""

SplitMetric = Callable[[torch.Tensor, torch.Tensor], float | None]
"""Logits ``[N, C]`` and classes ``[N]`` of a whole split -> the metric; None if undefined."""


def cross_entropy_sum(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits, targets).double() * len(targets)


def right_sum(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Count the samples whose highest logit is that of their class."""
    return (logits.argmax(dim=1) == targets).sum()


MEANS: Mapping[str, SampleSum] = {  # means over samples: batches are summed up
    "train_accuracy": right_sum,
    "val_loss": cross_entropy_sum,
    "val_accuracy": right_sum,
}
WHOLE: Mapping[str, SplitMetric] = {}  # of a whole split at once; validation only


def sample_sums(
    split: Split, logits: torch.Tensor, targets: torch.Tensor
) -> dict[str, torch.Tensor]:
    """The sums over a batch, by metric, where the logits are: no device is waited for."""
    return {
        name: total(logits, targets)
        for name, total in MEANS.items()
        if METRICS[name].split is split
    }


def split_metrics(
    logits: Sequence[torch.Tensor], targets: Sequence[torch.Tensor]
) -> dict[str, float]:
    """The metrics of a whole validation split, given in batches, of which there must be one."""
    if not WHOLE:
        return {}
    whole = torch.cat(tuple(logits)), torch.cat(tuple(targets))
    values = {name: of_split(*whole) for name, of_split in WHOLE.items()}
    return {name: value for name, value in values.items() if value is not None}


def means(sums: Sequence[Mapping[str, torch.Tensor]], samples: int) -> dict[str, float]:
    """Return each metric as a mean over the samples of at least one batch."""
    return {
        name: sum(torch.stack([batch[name] for batch in sums]).tolist()) / samples
        for name in sums[0]
    }
