"""What keeping runs costs: the list of 5,000, and training with and without.

``python -m tests.benchmarks.runs [list|train]`` prints seconds. The list cold (a new process, the
index out of the page cache as far as the system lets us), warm, and made from the folders alone;
then the time of a run that is kept over that of the same run that is not, in turns in one process.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.engine.runs.runs import write_kept
from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import EpochEnded, StopToken
from tlstudio.core.settings import Settings

RUNS = 5000
ROUNDS = 7


def fill(folder: Path) -> None:
    """Write so many runs of 20 epochs."""
    from tlstudio.engine.runs.store import RunStore

    accuracies = tuple(0.5 + number / 50 for number in range(20))
    for number in range(RUNS):
        write_kept(folder / f"run-{number:05}", accuracies=accuracies, created=float(number))
    begin = time.perf_counter()
    RunStore(folder).rebuild()
    print(f"index made from {RUNS} folders: {time.perf_counter() - begin:.2f} s")


def forget_cache(folder: Path) -> None:
    """Ask the system to drop the index from its cache, where it can be asked."""
    for path in folder.glob("runs.sqlite*"):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


LIST = """
import sys, time
from pathlib import Path
from tlstudio.engine.runs.store import RunStore
store = RunStore(Path(sys.argv[1]))
begin = time.perf_counter()
first = len(store.entries())
cold = time.perf_counter() - begin
times = []
for _ in range(9):
    begin = time.perf_counter()
    store.entries()
    times.append(time.perf_counter() - begin)
assert "torch" not in sys.modules
print(f"{first} runs listed: {cold:.3f} s at first, {sorted(times)[4]:.3f} s again")
"""


def list_all(folder: Path) -> None:
    for _ in range(3):
        forget_cache(folder)
        subprocess.run([sys.executable, "-c", LIST, str(folder)], check=True)


def once(config: RunConfig, index: DatasetIndex, home: Path, *, is_kept: bool) -> float:
    """Seconds of a run, its last writing included."""
    from tlstudio.engine.models.build import build_classifier
    from tlstudio.engine.runs.recording import keep_run
    from tlstudio.engine.runs.store import RunStore
    from tlstudio.engine.training.trainer import train

    classifier = build_classifier(config, index.classes)
    begin = time.perf_counter()
    if is_kept:
        events = keep_run(
            Settings(config), index, StopToken(), classifier, store=RunStore(home / "runs")
        )
    else:
        events = train(config, index, StopToken(), classifier)
    epochs = sum(isinstance(event, EpochEnded) for event in events)
    assert epochs == config.epochs
    return time.perf_counter() - begin


def compare(name: str, config: RunConfig, index: DatasetIndex, home: Path) -> None:
    once(replace_epochs(config, 1), index, home, is_kept=True)  # features are there for both
    ratios, seconds = [], []
    for number in range(ROUNDS):
        pair = {}
        for is_kept in (True, False) if number % 2 else (False, True):
            pair[is_kept] = once(config, index, home, is_kept=is_kept)
        ratios.append(pair[True] / pair[False])
        seconds.append(pair[False])
    middle = statistics.median(ratios)
    print(
        f"{name}: {statistics.median(seconds):.1f} s; kept / not kept: {middle:.3f} "
        f"(each: {', '.join(f'{ratio:.3f}' for ratio in sorted(ratios))})",
        flush=True,
    )


def replace_epochs(config: RunConfig, epochs: int) -> RunConfig:
    return config.changed(epochs=epochs)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tlstudio-runs-") as place:
        home = Path(place)
        os.environ["TLSTUDIO_HOME"] = str(home)
        if "train" not in sys.argv[1:]:
            fill(home / "many")
            list_all(home / "many")
        if "list" not in sys.argv[1:]:
            from tlstudio.engine.data.sources import open_dataset

            photos = make_split_photos(
                home / "photos", ("a", "b", "c"), train=40, val=15, size=(256, 256)
            )
            index = open_dataset(photos)
            base = RunConfig().changed(device="cpu", batch_size=16)
            head = base.changed(epochs=400, strategy="feature_extraction", views="cached")
            compare("head alone", head, index, home)
            tuned = base.changed(epochs=3, strategy="fine_tuning")
            compare("fine-tuning", tuned, index, home)


if __name__ == "__main__":
    main()
