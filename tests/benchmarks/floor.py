"""The floor: a run's arithmetic on synthetic tensors that are in memory already.

The same network, precision, optimizer, batch sizes and number of steps as the studio's run, in the
memory layout that is fastest, and nothing else: no files, no decoding, no augmentation, no
metrics. What a run takes longer than its floor is spent on data and on keeping books.

- Fine-tuning: every epoch's training steps and validation passes.
- Feature extraction: the frozen backbone once for each view that the run computes (in eval mode,
  its weights in the run's precision, in bfloat16 with norms folded), and all steps of the head.

    python -m tests.benchmarks.floor JOB TRAIN VAL PRECISION    # prints an outcome as JSON
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

from tlstudio.engine.memory import share_one_heap

if __name__ == "__main__":
    share_one_heap()

import torch
import torch._dynamo  # what torch.optim imports at first use: not a part of any side's time
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tests.benchmarks.job import LIVE, NO_AUGMENTATION, Job, starting_point
from tests.benchmarks.machine import cpu_seconds
from tlstudio.engine.device import resolve_device
from tlstudio.engine.features.folding import folded
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.heads import head_path
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.optim import make_optimizer
from tlstudio.engine.training.run_checks import run_plan

CLASSES = ("a", "b", "c", "d")  # how many there are decides nothing


def batch_sizes(images: int, batch_size: int) -> list[int]:
    """As the studio's loader makes them: a single image left over joins the batch before it."""
    sizes = [batch_size] * (images // batch_size)
    left = images % batch_size
    if left == 1 and sizes:
        sizes[-1] += 1
    elif left:
        sizes.append(left)
    return sizes


def run(job: Job, train_images: int, val_images: int, precision: str) -> dict[str, object]:
    """Seconds of the whole run and of each epoch."""
    floor = _Floor(job, precision)
    train = batch_sizes(train_images, job.batch_size)
    val = batch_sizes(val_images, job.batch_size)
    epochs = floor.fine_tuning if job.strategy == "fine_tuning" else floor.feature_extraction
    ends = []
    with freed_memory_kept():
        begin, cpu_begin = time.perf_counter(), cpu_seconds()
        for _ in epochs(train, val):
            if floor.device.type == "cuda":
                torch.cuda.synchronize()
            ends.append(time.perf_counter() - begin)
    return {
        "total_s": ends[-1],
        "cpu_s": cpu_seconds() - cpu_begin,
        "epoch_s": [b - a for a, b in zip([0.0, *ends], ends, strict=False)],
        "precision": precision,
    }


class _Floor:
    """The network, and one batch of each kind, ready in memory."""

    def __init__(self, job: Job, precision: str) -> None:
        classifier = starting_point(job, CLASSES)
        self.job = job
        self.device = resolve_device(job.device)
        self.dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
        self.plan = run_plan(classifier.config, CLASSES)
        self.network = classifier.network.to(self.device, memory_format=torch.channels_last)
        self.config = classifier.config
        side, most = classifier.preprocessing.crop_px, job.batch_size + 1
        self.images = torch.randn(most, 3, side, side, device=self.device).contiguous(
            memory_format=torch.channels_last
        )
        self.targets = torch.randint(len(CLASSES), (most,), device=self.device)

    def fine_tuning(self, train: list[int], val: list[int]) -> Iterator[None]:
        """Yields after each epoch."""
        network = self.network
        apply_phase(network, self.plan.last)
        optimizer = make_optimizer(network, self.config, self.plan)
        for _ in range(self.job.epochs):
            set_train_mode(network, self.plan.last)
            for size in train:
                with self._autocast():
                    logits = network(self.images[:size])
                F.cross_entropy(logits.float(), self.targets[:size]).backward()
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            network.eval()
            for size in val:
                with torch.no_grad(), self._autocast():
                    network(self.images[:size])
            yield

    def feature_extraction(self, train: list[int], val: list[int]) -> Iterator[None]:
        """Yields after each epoch; the backbone runs in those that see new views."""
        head, backbone = self._cut()
        parameters = [parameter for parameter in head.parameters() if parameter.requires_grad]
        optimizer = torch.optim.SGD(parameters, self.config.learning_rate, momentum=0.9)
        images = self.images.to(self.dtype)
        features = torch.empty(0)
        new_views = {LIVE: self.job.epochs, NO_AUGMENTATION: 1}.get(self.job.views)
        if new_views is None:
            new_views = int(self.job.views)
        for epoch in range(self.job.epochs):
            sizes = [*(train if epoch < new_views else []), *(val if epoch == 0 else [])]
            with torch.no_grad():
                for size in sizes:
                    made = backbone(images[:size]).float()
                    features = made if len(made) >= len(features) else features
            for size in train:
                logits = head(features[:size])
                F.cross_entropy(logits, self.targets[:size]).backward()
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            for size in val:
                with torch.no_grad():
                    head(features[:size])
            yield

    def _cut(self) -> tuple[nn.Module, nn.Module]:
        """The head in float32, and all below it in the run's precision."""
        path = head_path(self.network)
        head = self.network.get_submodule(path)
        self.network.set_submodule(path, nn.Identity())
        backbone: nn.Module = self.network.eval().requires_grad_(False)
        if self.dtype is torch.bfloat16:
            backbone = folded(backbone, self.images[:1]).to(
                self.dtype, memory_format=torch.channels_last
            )
        return head, backbone

    def _autocast(self) -> AbstractContextManager[object]:
        on = self.dtype is torch.bfloat16
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=on)


if __name__ == "__main__":
    outcome = run(Job.from_json(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    print(json.dumps(outcome))
