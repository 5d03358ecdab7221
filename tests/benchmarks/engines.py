"""Engines of inference against torch: milliseconds an image, in turn, and how near they are.

    python -m tests.benchmarks.engines --model tf_efficientnet_lite0 resnet18 --threads 1 2

Weights are random: they matter for no time. As an older processor, torch alone can be limited:
``ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2``; onnxruntime takes what is there.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from tests.benchmarks.machine import described, machine_facts
from tlstudio.engine.acceleration.engines import ENGINES
from tlstudio.engine.acceleration.recording import NotRecordable, recorded
from tlstudio.engine.features.folding import folded
from tlstudio.engine.memory import freed_memory_kept, share_one_heap
from tlstudio.engine.models.build import build_network

MODELS = ("tf_efficientnet_lite0", "mobilenet_v3_large", "googlenet", "resnet18")

Way = Callable[[], torch.Tensor]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", nargs="+", default=MODELS)
    parser.add_argument("--threads", nargs="+", type=int, default=[torch.get_num_threads()])
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    options = parser.parse_args()
    share_one_heap()
    lines = [
        "| network | threads | way | ms an image | CPU ms | against torch | largest difference |",
        "|---|--:|---|--:|--:|--:|--:|",
    ]
    for model in options.model:
        for threads in options.threads:
            torch.set_num_threads(threads)
            with freed_memory_kept():  # as in a run
                rows = measure(model, options.batch, options.side, threads, options.seconds)
            new = [f"| {model} | {threads} | {row} |" for row in rows]
            print("\n".join(new), flush=True)
            lines += new
    if options.markdown:
        text = "\n".join([*lines, "", described(machine_facts())])
        options.markdown.write_text(text + "\n", encoding="utf-8")


@torch.no_grad()
def measure(model: str, batch: int, side: int, threads: int, seconds: float) -> list[str]:
    """Rows of the table."""
    torch.manual_seed(0)
    network = build_network(model, 10, initialisation="random").eval()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = torch.randn(batch, 3, side, side).contiguous(memory_format=torch.channels_last)
    short = folded(network, images[:1]).to(torch.bfloat16)
    ways: dict[str, Way] = {
        "torch float32": lambda: network(images),
        "torch bfloat16": lambda: short(images.bfloat16()).float(),
    }
    try:
        written = recorded(network, images)
    except NotRecordable as error:
        return [f"not for engines: {error} | | | |"]
    for engine in ENGINES:
        for precision in engine.precisions if engine.version else ():
            forward = engine.open(written, precision, threads)
            ways[f"{engine.name} {precision}"] = lambda run=forward: run(images)[0]  # type: ignore[misc]
    exact = network(images)
    apart = {
        name: float((run() - exact).abs().max() / exact.abs().max()) for name, run in ways.items()
    }
    wall: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(wall["torch float32"]) < 3:
        for name, run in ways.items():  # in turn: a noisy moment hits all
            begin, cpu_begin = time.perf_counter(), time.process_time()
            run()
            wall[name].append((time.perf_counter() - begin) / batch)
            cpu[name].append((time.process_time() - cpu_begin) / batch)
    middle = {name: statistics.median(times) for name, times in cpu.items()}
    return [
        f"{name} | {1000 * min(wall[name]):.1f} | {1000 * middle[name]:.1f} | "
        f"{middle['torch float32'] / middle[name]:.2f}x | {apart[name]:.0e}"
        for name in ways
    ]


if __name__ == "__main__":
    main()
