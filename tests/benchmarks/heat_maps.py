"""Grad-CAM for one network of every family of the catalog, and against torchcam where it is there.

    python -m tests.benchmarks.heat_maps [MODEL ...]

With random weights, in the networks' own image sizes, the smallest network of each family. torchcam
brings matplotlib, 78 MB together, so it is no dependency; `pip install torchcam` compares.
"""

from __future__ import annotations

import sys
import time
import warnings


def main(models: list[str]) -> int:
    warnings.simplefilter("ignore")
    import torch

    from tlstudio.core.networks.build_config import BuildConfig
    from tlstudio.engine.models.build import architecture
    from tlstudio.engine.models.catalog import get_model
    from tlstudio.engine.understanding.grad_cam import class_activation

    try:
        from torchcam.methods import GradCAM
    except ImportError:
        GradCAM = None  # noqa: N806
    worked = equal = compared = 0
    failed: list[str] = []
    names = models or smallest_of_each_family()
    for name in names:
        torch.manual_seed(0)
        own = get_model(name).preprocessing
        network = architecture(name, 5, BuildConfig()).eval()
        for parameter in network.parameters():
            if not parameter.any():
                torch.nn.init.normal_(parameter, std=0.02)
        pixels = torch.randn(1, own.channels, own.crop_px, own.crop_px)
        start = time.perf_counter()
        try:
            found = class_activation(network, pixels, 1)
        except Exception as error:  # the next one is tried all the same
            failed.append(f"{name}: {error}")
            print(f"{name:40} {error}", flush=True)
            continue
        assert found is not None
        is_fine = bool(torch.isfinite(found.values).all()) and min(found.values.shape) >= 4
        worked += is_fine
        if not is_fine:
            failed.append(name)
        says = ""
        if GradCAM is not None:
            try:
                with GradCAM(network, found.path) as extractor:
                    logits = network(pixels.clone().requires_grad_())
                    (expected,) = extractor(1, logits, normalized=False)
            except (AttributeError, RuntimeError):  # it takes no tuples and no layer used twice
                expected = torch.zeros(1)
            if expected[0].shape == found.values.shape:  # it reads tokens as channels
                compared += 1
                same = bool(torch.allclose(found.values, expected[0], rtol=1e-4))
                equal += same
                says = "as torchcam's" if same else "NOT as torchcam's"
        grid = "x".join(map(str, found.values.shape))
        took_s = time.perf_counter() - start
        print(f"{name:40} {found.path:36} {grid:8} {took_s:6.2f} s  {says}", flush=True)
    print(f"{worked} of {len(names)} have a finite map of at least 4 x 4 places")
    print(f"{equal} of {compared} equal torchcam's at the same layer")
    print("\n".join(failed))
    return 0


def smallest_of_each_family() -> list[str]:
    from tlstudio.engine.models.catalog import list_models

    smallest = {}
    for spec in list_models():
        known = smallest.get(spec.family_id)
        if known is None or spec.parameters < known.parameters:
            smallest[spec.family_id] = spec
    return [spec.name for spec in smallest.values()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
