"""TLStudio's side: the public engine, in a process set up like the program's.

    python -m tests.benchmarks.studio_loop JOB...    # Jobs as JSON; prints a list of outcomes

Several jobs run one after another in the same process, as a person's runs do in the window. What
the engine keeps between runs lies below ``TLSTUDIO_HOME``, which the caller chooses.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tlstudio.engine.memory import share_one_heap


def run(job_json: str) -> dict[str, object]:
    """Train; the clock runs from before the first image is read until the best weights are back."""
    import torch
    import torch._dynamo  # what torch.optim imports at first use, as in the notebook

    from tests.benchmarks.job import Job, starting_point
    from tests.benchmarks.machine import cpu_seconds
    from tlstudio.core.runs.events import EpochEnded, RunEnded, RunEndReason, RunStarted, StopToken
    from tlstudio.engine.data.sources import open_dataset
    from tlstudio.engine.training.trainer import train

    job = Job.from_json(job_json)
    index = open_dataset(Path(job.data))
    classifier = starting_point(job, index.classes)
    started: RunStarted | None = None
    epoch_ends: list[float] = []
    accuracies: list[float | None] = []

    begin, cpu_begin = time.perf_counter(), cpu_seconds()
    for event in train(classifier.config, index, StopToken(), classifier):
        if isinstance(event, RunStarted):
            started = event
        elif isinstance(event, EpochEnded):
            epoch_ends.append(time.perf_counter() - begin)
            accuracies.append(event.record.val_accuracy)
        elif isinstance(event, RunEnded):
            end = event
    if started is not None and started.device.startswith("cuda"):
        torch.cuda.synchronize()
    total_s = time.perf_counter() - begin
    if end.reason is not RunEndReason.FINISHED or started is None:
        raise SystemExit(f"the run ended early: {end.error}")
    return {
        "total_s": total_s,
        "cpu_s": cpu_seconds() - cpu_begin,
        "epoch_s": [b - a for a, b in zip([0.0, *epoch_ends], epoch_ends, strict=False)],
        "val_accuracies": accuracies,
        "best_accuracy": end.best_val_accuracy,
        "final_accuracy": accuracies[-1],
        "device": started.device,
        "train_images": started.train_samples,
        "val_images": started.val_samples,
        "execution": asdict(started.execution),
    }


if __name__ == "__main__":
    share_one_heap()
    print(json.dumps([run(job) for job in sys.argv[1:]]))
