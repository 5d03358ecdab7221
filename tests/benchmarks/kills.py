"""Runs that are killed, and disks that are full: nothing that was told may be lost.

``python -m tests.benchmarks.kills [KILLS] [WRITING] [FULL]`` trains on the terminal, ends it with
SIGKILL at random moments (by default 100, of them 30 while a checkpoint is written), and then
holds: the index opens, every epoch that was told is in the history, checkpoint and weights can be
read, and the run that goes on has, bit for bit, the history of one that was never killed.

After that a run trains on a disk that is full after so many bytes (20 sizes): it must end well, and
what was on the disk must open. The disk is a limit on the size of the process's files.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import tlstudio.engine.models.build
import tlstudio.engine.training.trainer  # noqa: F401
from tests.helpers import make_split_photos
from tlstudio.cli.main import main as main_of_cli
from tlstudio.engine.runs import recording
from tlstudio.engine.runs.commit import STAGED
from tlstudio.engine.runs.files import CHECKPOINT, read_history
from tlstudio.engine.runs.store import RunStore

MEASURED = ("elapsed_s", "images_per_s")
RATE = ("--lr", "0.01")
EPOCHS = 24
CASES = (
    ("lenet5", "from_scratch", ("--mixing", "mixup")),
    ("resnet20", "fine_tuning", ("--ema-decay", "0.9")),
    ("lenet5", "feature_extraction", ("--schedule", "one_cycle")),
)
LONGEST_S = 4.0  # from its first words to its death


@dataclass(frozen=True)
class Case:
    """A run that is killed again and again; `whole` is the history of one that was not."""

    name: str
    arguments: tuple[str, ...]
    whole: list[dict[str, Any]]
    seconds: float


def start(arguments: Sequence[str]) -> tuple[int, BinaryIO]:
    """Run a command of the terminal in a child, which has imported all by then.

    Returns:
        Its process id, and what it prints.
    """
    out, into = os.pipe()
    child = os.fork()
    if not child:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(into, 1)
        os.dup2(nowhere, 2)
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        recording.SHARE = 1e9  # as often as can be: more to be killed in
        os._exit(main_of_cli([*arguments, "--json"]))
    os.close(into)
    return child, open(out, "rb")  # noqa: PTH123


def run_whole(arguments: Sequence[str]) -> None:
    child, out = start(arguments)
    with out:
        out.read()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, (arguments, status)


def told(folder: Path) -> list[dict[str, Any]]:
    rows = read_history(folder).to_dicts()
    return [{name: v for name, v in row.items() if name not in MEASURED} for row in rows]


def cases(photos: Path, home: Path) -> Iterator[Case]:
    for number, (model, strategy, flags) in enumerate(CASES):
        arguments = (
            *("train", str(photos), "--model", model, "--initialisation", "random"),
            *("--strategy", strategy, "--device", "cpu", "--image-px", "32", *RATE),
            *("--batch-size", "8", "--epochs", str(EPOCHS), *flags),
        )
        out, begin = home / f"whole-{number}", time.perf_counter()
        run_whole([*arguments, "--out", str(out)])
        yield Case(f"{model} {strategy}", arguments, told(out), time.perf_counter() - begin)


def is_writing(folder: Path) -> bool:
    return any(folder.glob(f"{STAGED}/.{CHECKPOINT}.*.part"))


def ended(child: int) -> bool:
    """Whether it is over; it can still be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def trained_until_killed(arguments: list[str], folder: Path, after_s: float, writing: bool) -> int:
    """Start, kill, and return the last epoch that was told; 0 where none was."""
    child, out = start(arguments)
    with out:
        first = out.readline()  # it has begun
        assert first, "it did not begin"
        until = time.perf_counter() + after_s
        while time.perf_counter() < until and not ended(child):
            time.sleep(0.001)
        while writing and not ended(child) and not is_writing(folder):
            pass
        os.kill(child, signal.SIGKILL)
        lines = out.read().splitlines()
    os.waitpid(child, 0)
    last = 0
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:  # cut off
            continue
        if row.get("event") == "epoch_ended":
            last = row["epoch"]
    return last


def hold_kills(all_cases: list[Case], home: Path, kills: int, writing: int) -> None:
    chance = random.Random(7)
    done, in_checkpoints, attempt = 0, 0, 0
    while done < kills:
        case = all_cases[attempt % len(all_cases)]
        folder, attempt = home / f"killed-{attempt}", attempt + 1
        arguments = [*case.arguments, "--out", str(folder)]
        for _ in range(4):  # the same run is killed again while it goes on
            if done >= kills:
                break
            is_writing_wanted = in_checkpoints < writing
            after_s = chance.uniform(0.0, min(LONGEST_S, case.seconds / 2))
            last = trained_until_killed(arguments, folder, after_s, is_writing_wanted)
            cut = is_writing(folder)
            in_checkpoints += cut
            done += 1
            store = RunStore()
            found = [entry for entry in store.entries() if entry.folder == folder]
            history = told(folder)
            assert len(history) >= last, (case.name, len(history), last)
            assert history == case.whole[: len(history)], case.name
            if not found:
                assert not history, "a run that told of epochs is in no list"
                arguments = [*case.arguments, "--out", str(folder)]
                continue
            (entry,) = found
            if entry.end is not None or not entry.has_checkpoint:
                break
            assert store.classifier(entry.id).history.epochs
            arguments = ["train", "--resume", str(folder)]
        entry = next((entry for entry in RunStore().entries() if entry.folder == folder), None)
        if entry is not None and entry.can_continue:
            run_whole(["train", "--resume", str(folder)])
            assert told(folder) == case.whole, case.name
        print(f"{done} kills, {in_checkpoints} while a checkpoint was written", flush=True)


FULL = """
import resource, signal, sys
size = int(sys.argv.pop(1))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from tlstudio.engine.runs import recording
recording.SHARE = 1e9
from tlstudio.cli.main import main
import torch
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
sys.exit(main(sys.argv[1:]))
"""


def hold_full_disks(case: Case, home: Path, count: int) -> None:
    for number in range(count):
        size = 300 + number * number * 700
        os.environ["TLSTUDIO_HOME"] = str(home / f"full-{number}")
        before = RunStore()
        run_whole([*case.arguments, "--epochs", "2"])
        arguments = [sys.executable, "-c", FULL, str(size), *case.arguments]
        done = subprocess.run(arguments, capture_output=True, text=True)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in (0, 1), done.stderr
        assert f"epoch  {EPOCHS}" in done.stdout, "the run did not end"
        entries = before.entries()
        assert any(entry.epochs == 2 for entry in entries), "the run of before is gone"
        for entry in entries:
            before.open(entry.id)
            if entry.has_checkpoint:
                before.classifier(entry.id)
        warnings = done.stderr.count("cannot be written")
        print(
            f"full after {size} bytes a file: {len(entries)} runs open, told {warnings} times",
            flush=True,
        )


def main() -> None:
    numbers = [int(text) for text in sys.argv[1:]]
    kills, writing, full = (*numbers, *(100, 30, 20)[len(numbers) :])
    with tempfile.TemporaryDirectory(prefix="tlstudio-kills-") as place:
        home = Path(place)
        os.environ["TLSTUDIO_HOME"] = str(home / "home")
        os.environ["OMP_NUM_THREADS"] = "1"
        photos = make_split_photos(home / "photos", ("a", "b", "c"), train=16, val=6)
        all_cases = list(cases(photos, home))
        for case in all_cases:
            print(f"{case.name}: {case.seconds:.1f} s, {len(case.whole)} epochs", flush=True)
        hold_kills(all_cases, home, kills, writing)
        hold_full_disks(all_cases[0], home, full)


if __name__ == "__main__":
    main()
