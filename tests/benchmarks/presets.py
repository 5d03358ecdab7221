"""Are the recommended settings better than the tutorial's? Each preset trains with several seeds.

    python -m tests.benchmarks.presets [--seeds 3] [--strategy feature_extraction] [--image-px 0]
        FOLDER_OR_SAMPLE [FOLDER_OR_SAMPLE ...]

The on-board network, each time with all settings as the preset has them for the dataset. Prints
the mean validation accuracy after the last epoch and of the best one, with standard deviations.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import mean, stdev

from tests.benchmarks.advice import train_once
from tlstudio.cli.preset import look_at
from tlstudio.core.advice.advice import DataFacts
from tlstudio.core.advice.presets import PRESETS, Preset
from tlstudio.core.config import RunConfig
from tlstudio.core.race.race import with_strategy
from tlstudio.engine.data.samples import SAMPLE_DATASETS, sample_dataset_folder
from tlstudio.engine.data.sources import open_dataset


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="+")
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0 on")
    parser.add_argument("--strategy", default="feature_extraction")
    parser.add_argument("--image-px", type=int, default=0)
    options = parser.parse_args()
    samples = {row.name for row in SAMPLE_DATASETS}
    for data in options.data:
        index = open_dataset(sample_dataset_folder(data) if data in samples else Path(data))
        facts = DataFacts.of(index, look_at(index))
        for row in PRESETS:
            preset = Preset(row.name, facts)
            chosen = with_strategy(RunConfig(image_px=options.image_px), options.strategy)
            config = preset.propose(chosen).config
            runs = [
                train_once(config.changed(seed=seed), index)[1] for seed in range(options.seeds)
            ]
            last, best = ([pick(run) for run in runs] for pick in (lambda run: run[-1], max))
            print(f"{data}, {row.name}, {config.epochs} epochs: {_said(last)}, best {_said(best)}")


def _said(accuracies: list[float]) -> str:
    spread = stdev(accuracies) if len(accuracies) > 1 else 0.0
    return f"{100 * mean(accuracies):.1f} ± {100 * spread:.1f} %"


if __name__ == "__main__":
    main()
