"""How long it takes to open a network: its tree, its layer table, its picture, one after another.

    python -m tests.benchmarks.networks [MODEL ...]

Each is built on the meta device by itself, as the window does, and timed in CPU seconds of one
thread: wall time says little on a busy machine. The aim is a second for up to 1,000 layers.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable

MODELS = (
    *("tf_efficientnet_lite0", "resnet18", "resnet152", "googlenet", "densenet121", "densenet201"),
    *("vit_b_16", "vit_h_14", "swin_v2_b", "maxvit_t", "efficientnet_b7", "efficientnet_v2_l"),
    *("convnextv2_huge", "eva_giant_patch14_560", "vit_giant_patch14_dinov2", "nasnetalarge"),
)
CLASSES = 5


def main(models: list[str]) -> int:
    warnings.simplefilter("ignore")
    import torch

    from tlstudio.core.networks.build_config import BuildConfig
    from tlstudio.engine.inspection.blocks.graph import block_graph
    from tlstudio.engine.inspection.layer_table import catalog_layer_table
    from tlstudio.engine.models.tree import layer_tree

    torch.set_num_threads(1)
    print(f"{'':26}{'layers':>8}{'modules':>9}{'tree':>8}{'table':>8}{'picture':>9}  CPU s")
    build = BuildConfig()
    layer_tree("resnet18", CLASSES, build)  # what is only done once
    block_graph("squeezenet1_1", CLASSES, build)
    slow = 0
    for model in models or MODELS:
        tree, tree_s = _timed(lambda model=model: layer_tree(model, CLASSES + 1, build))
        _, table_s = _timed(lambda model=model: catalog_layer_table(model, CLASSES + 1, build))
        _, picture_s = _timed(lambda model=model: block_graph(model, CLASSES + 1, build))
        layers = len(tree.layers)
        print(
            f"{model:26}{layers:8}{len(tree.nodes):9}{tree_s:8.2f}{table_s:8.2f}{picture_s:9.2f}",
            flush=True,
        )
        slow += layers <= 1000 and max(tree_s, table_s, picture_s) > 1
    print(f"{slow} of at most 1,000 layers took more than a second for one of the three")
    return 0


def _timed(work: Callable[[], object]) -> tuple[object, float]:
    start = time.thread_time()
    result = work()
    return result, time.thread_time() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
