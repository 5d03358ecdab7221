"""`models`: the catalog, and fetching pretrained weights."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output, percent
from tlstudio.core.catalog import WEIGHTS_PLACE_TITLES, ModelSpec, WeightsPlace, search_models


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", nargs="*", metavar="QUERY", help="words that the model must have")
    parser.add_argument(
        "--download", metavar="NAME", help="fetch the pretrained weights of a model"
    )
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    if arguments.download:
        return _download(arguments.download, output)

    from tlstudio.engine.models.catalog import list_models

    models = search_models(list_models(), " ".join(arguments.query))
    for model in models:
        output.record(**asdict(model), input_px=model.inputs.crop_px)
    rows: list[tuple[str, ...]] = [
        ("model", "parameters", "GFLOPs", "input", "ImageNet top-1", "weights")
    ]
    rows += [_row(model) for model in models]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        name, *numbers, weights = row
        middle = "  ".join(t.rjust(w) for t, w in zip(numbers, widths[1:-1], strict=True))
        output.line(f"{name.ljust(widths[0])}  {middle}  {weights}")
    if not models:
        output.note("tlstudio: No model has all of these words. See tlstudio-cli models.")
    return 0


def _row(model: ModelSpec) -> tuple[str, ...]:
    weights: str = WEIGHTS_PLACE_TITLES[model.weights_place]
    if model.weights_place is WeightsPlace.REMOTE:
        weights += f" ({model.weights_bytes / 1e6:.0f} MB)"
    return (
        model.name,
        f"{model.parameters / 1e6:.1f} M",
        f"{model.gflops:.2f}",
        f"{model.inputs.crop_px} px",
        percent(model.imagenet_top1),
        weights,
    )


def _download(name: str, output: Output) -> int:
    from tlstudio.engine.weights.download import download_weights

    def on_progress(done: int, total: int) -> None:
        share = f" of {total / 1e6:.0f}" if total else ""
        output.progress(f"{name}: {done / 1e6:.0f}{share} MB")

    download_weights(name, on_progress=on_progress)
    output.record(event="downloaded", model=name)
    output.line(f"The pretrained weights of {name} are on this machine.")
    return 0


COMMAND = Command("models", "List the networks, or fetch pretrained weights.", _add_arguments, _run)
