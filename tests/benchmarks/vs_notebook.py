"""TLStudio against a plain notebook: the same job, data, weights and machine, in turn.

    python -m tests.benchmarks.vs_notebook --data DIR --model resnet18 \
        --job feature_extraction --views 4 none live --reuse --json FILE
    python -m tests.benchmarks.vs_notebook --data DIR --suite --json FILE --markdown FILE
    python -m tests.benchmarks.vs_notebook --data DIR --model lite0 --seeds 5 \
        --views live 4 --precision float32 bfloat16

`DIR` has ``train/`` and ``val/`` with one folder for each class. Close other programs first; the
load average is told with the results. `tables.RULE` says what is timed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from tests.benchmarks import seeds, suite, tables
from tests.benchmarks.job import LIVE, NO_AUGMENTATION, STRATEGIES, Job
from tests.benchmarks.machine import described, machine_facts
from tests.benchmarks.turns import Contest, hold, say


def main() -> None:
    options = _options()
    machine = machine_facts()
    say(described(machine))
    job = Job(
        data=str(options.data.resolve()),
        model=options.model,
        strategy=options.job,
        epochs=options.epochs,
        device=options.device,
        seed=options.seed,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        weights=str(options.weights.resolve()) if options.weights else "",
    )
    jobs = _variants(job, options)
    results: dict[str, Any] = {"machine": machine, "rule": tables.RULE}
    if options.seeds:
        compared = seeds.compare(jobs, range(options.seeds), with_notebook=not options.ours_only)
        results["seeds"] = compared
        text = seeds.table(compared)
    else:
        contest = Contest(
            jobs=jobs,
            rounds=options.rounds,
            reuse=options.reuse,
            floor=not options.no_floor,
            notebook_epochs=options.notebook_epochs,
            studio_epochs=options.studio_epochs,
        )
        has_gpu = machine["gpu"] is not None and options.device != "cpu"
        every = suite.contests(contest, has_gpu=has_gpu) if options.suite else [contest]
        rows: list[dict[str, Any]] = []
        results["rows"] = rows
        for one in every:
            rows += hold(one)
            _write(options, results, tables.table(rows))  # a long run that breaks off keeps these
        text = tables.table(rows)
    _write(options, results, text)
    print(f"{text}\n\n{described(machine)}")


def _variants(job: Job, options: argparse.Namespace) -> tuple[Job, ...]:
    """The ways in which the studio is to do the job; only those that differ."""
    views = [LIVE] if job.strategy == "fine_tuning" else options.views
    return tuple(
        job.changed(views=view, precision=precision, engine=engine)
        for view in views
        for precision in options.precision
        for engine in options.engine
    )


def _write(options: argparse.Namespace, results: dict[str, Any], text: str) -> None:
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.markdown:
        machine = described(results["machine"])
        options.markdown.write_text(f"{text}\n\n{machine}\n\n{tables.RULE}\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    job = parser.add_argument_group("the job")
    job.add_argument("--data", type=Path, required=True, metavar="DIR")
    job.add_argument("--model", default="resnet18", help="of the catalog, or lite0")
    job.add_argument("--job", choices=STRATEGIES, default=STRATEGIES[0])
    job.add_argument("--epochs", type=int, default=25)
    job.add_argument("--batch-size", type=int, default=32)
    job.add_argument("--learning-rate", type=float, default=0.001)
    job.add_argument("--seed", type=int, default=0)
    job.add_argument("--weights", type=Path, metavar="FILE", help="a state dict to start from")
    job.add_argument("--device", default="auto")
    ways = parser.add_argument_group("how TLStudio does it")
    ways.add_argument(
        "--views", nargs="+", type=_views, default=["4"], metavar="N|live|none", help="one or more"
    )
    ways.add_argument("--precision", nargs="+", default=["auto"], help="one or more")
    ways.add_argument("--engine", nargs="+", default=["auto"], help="of inference, one or more")
    turns = parser.add_argument_group("what is run")
    turns.add_argument("--rounds", type=int, default=2)
    turns.add_argument("--reuse", action="store_true", help="and again with the kept features")
    turns.add_argument("--no-floor", action="store_true")
    turns.add_argument("--notebook-epochs", type=int, default=0, help="run so many, extrapolate")
    turns.add_argument(
        "--studio-epochs", type=int, default=0, help="likewise, where all epochs cost the same"
    )
    turns.add_argument("--suite", action="store_true", help="the comparisons of the README")
    turns.add_argument("--seeds", type=int, default=0, help="compare accuracy over so many seeds")
    turns.add_argument("--ours-only", action="store_true", help="with --seeds: no notebook")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    options = parser.parse_args()
    for split in ("train", "val"):
        if not (options.data / split).is_dir():
            parser.error(f"{options.data} has no folder {split}/")
    return options


def _views(text: str) -> str:
    if text not in (LIVE, NO_AUGMENTATION) and not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError("a number of cached views, live or none")
    return text


if __name__ == "__main__":
    main()
