"""`models --measure`: how fast networks run on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from tlstudio.cli.output import Output
from tlstudio.core.compare import SpeedRecord, TooLargeError

_STAGES = ("a training step", "inference", "training", "done", "done")  # 0 to 4 done


def measure_models(names: Sequence[str], output: Output) -> int:
    """Measure one network after another and print each; the window remembers the same numbers.

    Raises:
        ConfigError: the catalog has no such model.
    """
    from tlstudio.engine.compare.model_speed import measure_speed
    from tlstudio.engine.memory import share_one_heap
    from tlstudio.engine.models.catalog import get_model

    share_one_heap()
    names = tuple(get_model(name).name for name in names)  # a wrong name is told at once
    width = max(map(len, names))
    skipped = 0
    record: SpeedRecord | None = None
    for name in names:

        def tell(done: int, _total: int, name: str = name) -> None:
            output.progress(f"{name}: {_STAGES[done]}")

        try:
            record = measure_speed(name, on_progress=tell)
        except TooLargeError as error:
            output.error(error)
            skipped += 1
            continue
        output.record(event="measured", **asdict(record))
        output.line(f"{name.ljust(width)}  {_text(record)}")
    if record is not None:
        output.line(f"{record.device}, {record.precision}, batches of {record.batch}")
    return 1 if skipped == len(names) else 0


def _text(record: SpeedRecord) -> str:
    memory = "–" if record.memory_bytes is None else f"{record.memory_bytes / 1e9:.2f} GB"
    busy = "" if record.is_steady else "  (the machine was busy: measure again)"
    return (
        f"{record.inference_images_per_s:8.1f} images/s inference  "
        f"{record.training_images_per_s:8.1f} images/s training  "
        f"{memory} for a training step{busy}"
    )
