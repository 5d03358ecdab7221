"""Exports of many families of networks: does each form compute what the network computes?

    python -m tests.benchmarks.exports [--networks NAME ...] [--forms onnx torch-export ...]

Weights are random, the statistics of normalisation layers and the scales of layers as well: those
of the beginning hide what an exporter gets wrong there. The temperature is set so that answers
differ between images. Forms: `onnx` (onnxruntime), `torch-export` (``.pt2``, opened anew), and
`plain`: ``.safetensors`` and ``.pth`` in the network as its library builds it, by strict loading,
with bitwise equal logits.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from tests.benchmarks.machine import described, machine_facts
from tlstudio.core.config import make_config
from tlstudio.core.export.formats import ExportOptions, export_format
from tlstudio.core.export.receipt import AGREEMENT, TOLERANCE
from tlstudio.core.networks.catalog import Library
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.transforms import normalise
from tlstudio.engine.export.export import WRITERS
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.readers import READERS
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.catalog import catalog_row, get_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.heads import head_paths
from tlstudio.engine.models.libraries import library_network
from tlstudio.engine.weights.save import save_weights

IMAGES, CLASSES, SMALL_PX = 12, 7, 96
FORMS = ("onnx", "torch-export", "plain")

TORCHVISION = [
    "resnet18",
    "vit_b_16",
    "swin_t",
    "convnext_tiny",
    "googlenet",
    "mobilenet_v3_large",
    "efficientnet_b0",
    "densenet121",
    "alexnet",
    "vgg11_bn",
    "inception_v3",
    "resnet50",
    "resnext50_32x4d",
    "wide_resnet50_2",
    "squeezenet1_1",
    "shufflenet_v2_x1_0",
    "mobilenet_v2",
    "mnasnet1_0",
    "efficientnet_v2_s",
    "regnet_y_400mf",
    "swin_v2_t",
    "maxvit_t",
]
TIMM = [
    "tf_efficientnet_lite0",
    "vit_tiny_patch16_224",
    "convnext_atto",
    "swin_tiny_patch4_window7_224",
    "resnet26d",
    "deit_tiny_patch16_224",
    "regnety_002",
    "mobilenetv4_conv_small",
    "ghostnet_100",
    "mixnet_s",
    "repvgg_a0",
    "edgenext_xx_small",
    "fastvit_t8",
    "levit_128s",
    "poolformer_s12",
    "efficientformer_l1",
    "mobilevit_xxs",
    "xcit_nano_12_p16_224",
    "hrnet_w18_small",
    "dla34",
    "dpn48b",
    "cspresnet50",
    "res2net50_14w_8s",
    "selecsls42b",
    "skresnet18",
    "rexnet_100",
    "tinynet_e",
    "lcnet_050",
    "gmixer_24_224",
    "resmlp_12_224",
    "mixer_s16_224",
    "pit_ti_224",
    "pvt_v2_b0",
    "crossvit_tiny_240",
    "coat_tiny",
    "eva02_tiny_patch14_224",
    "nfnet_l0",
]


def randomised(network: nn.Module, images: torch.Tensor) -> None:
    """Let no layer be the identity that it begins as, and none fade what it is given.

    The statistics are those of the images, a little changed: with those of the beginning some
    networks give answers that differ by less than the rounding of floats.
    """
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(getattr(module, "running_mean", None), torch.Tensor):
                module.train()
                module.momentum = 1.0
        network(images)
        network.eval()
        for module in network.modules():
            mean, var = getattr(module, "running_mean", None), getattr(module, "running_var", None)
            if isinstance(mean, torch.Tensor) and isinstance(var, torch.Tensor):
                mean.add_(0.1 * var.sqrt() * torch.randn(mean.shape, generator=generator))
                var.mul_(0.8 + 0.4 * torch.rand(var.shape, generator=generator))
        for name, value in network.named_parameters():
            is_scale = name.rpartition(".")[2].startswith(("gamma", "layer_scale", "ls"))
            if is_scale or (value.dim() == 1 and bool((value == value[:1]).all())):
                value.add_(0.2 * torch.randn(value.shape, generator=generator))


def made(name: str) -> Classifier:
    """A network of the catalog with random values, on small images where it takes them."""
    classes = tuple(f"class {number}" for number in range(CLASSES))
    base = {"model": name, "initialisation": "random", "seed": 0}
    spec = get_model(name)
    side = max(SMALL_PX, spec.min_input_px)
    try:
        return build_classifier(make_config({**base, "image_px": side}), classes)
    except Exception:  # it is built for one size
        return build_classifier(make_config(base), classes)


def check(name: str, forms: tuple[str, ...], place: Path) -> list[dict[str, object]]:
    """A row for each form."""
    classifier = made(name)
    classifier.network.eval()
    own = classifier.preprocessing
    generator = np.random.default_rng(0)
    shape = (IMAGES, 3, own.crop_px, own.crop_px)
    coarse = generator.integers(0, 256, (*shape[:2], 6, 6)).astype(np.float32)
    views = nn.functional.interpolate(torch.from_numpy(coarse), shape[2:], mode="bicubic")
    views = views.clamp(0, 255).to(torch.uint8)
    inputs = normalise(views, own)
    randomised(classifier.network, inputs)
    with torch.no_grad():
        offset = classifier.network(inputs).mean(0)
        for path in head_paths(classifier.network)[:1]:  # let the images decide, not the biases
            last = list(classifier.network.get_submodule(path).modules())[-1]
            if isinstance(getattr(last, "bias", None), torch.Tensor):
                last.bias.sub_(offset)
        logits = classifier.network(inputs)
    classifier.temperature = max(1e-6, float(logits.std()) / 2)
    wanted = (logits.double() / classifier.temperature).softmax(1).numpy()
    rows: list[dict[str, object]] = []
    for form in forms:
        begin, row = time.monotonic(), {"network": name, "form": form, "px": own.crop_px}
        try:
            if form == "plain":
                found = plain(classifier, inputs, place)
                row |= {"difference": max(float((one - logits).abs().max()) for one in found)}
                row |= {"same": IMAGES, "passed": all(torch.equal(one, logits) for one in found)}
            else:
                row |= exported(classifier, form, views.numpy(), wanted, place)
        except Exception as error:  # one row says so, the others go on
            row |= {"passed": False, "error": f"{type(error).__name__}: {error}"[:160]}
        row["seconds"] = round(time.monotonic() - begin, 1)
        rows.append(row)
        print(line(row), flush=True)
    return rows


def exported(
    classifier: Classifier, form: str, views: np.ndarray, wanted: np.ndarray, place: Path
) -> dict[str, object]:
    job = ExportJob.of(classifier, ExportOptions(form), StopToken())
    path = place / f"network{export_format(form).suffix}"
    for _ in WRITERS[form].write(job, path):
        pass
    opened = READERS[WRITERS[form].reader](path)
    found = np.concatenate([opened.answer(views[:5], ()), opened.answer(views[5:], ())], axis=1)[0]
    difference = float(np.abs(found - wanted).max())
    same = int((found.argmax(1) == wanted.argmax(1)).sum())
    size = path.stat().st_size
    path.unlink()
    is_passed = difference <= TOLERANCE and same >= AGREEMENT * IMAGES
    labels = len(set(wanted.argmax(1).tolist()))
    told = {"difference": difference, "same": same, "labels": labels, "bytes": size}
    return {**told, "passed": is_passed}


def plain(classifier: Classifier, inputs: torch.Tensor, place: Path) -> list[torch.Tensor]:
    """The logits of the library's own network, once from each kind of file."""
    readers: dict[str, Callable[[Path], dict[str, torch.Tensor]]] = {
        ".safetensors": load_file,
        ".pth": lambda path: torch.load(path, weights_only=True),
    }
    found = []
    for suffix, read in readers.items():
        path = place / f"weights{suffix}"
        save_weights(classifier, path)
        network = library(classifier)
        network.load_state_dict(read(path), strict=True)
        with torch.no_grad():
            found.append(network.eval()(inputs))
        path.unlink()
    return found


def library(classifier: Classifier) -> nn.Module:
    """As somebody builds it who has no studio."""
    row, side = catalog_row(classifier.model), classifier.preprocessing.crop_px
    if row.library is Library.TORCHVISION:
        import torchvision

        more = {"aux_logits": False} if row.plain in ("googlenet", "inception_v3") else {}
        more |= {"image_size": side} if row.plain.startswith("vit_") else {}
        network: nn.Module = torchvision.models.get_model(row.plain, num_classes=CLASSES, **more)
        return network
    if row.library is Library.TIMM:
        import timm

        try:
            own: nn.Module = timm.create_model(row.plain, num_classes=CLASSES, img_size=side)
        except TypeError:  # a network for any size
            own = timm.create_model(row.plain, num_classes=CLASSES)
        return own
    return library_network(classifier.model, CLASSES)


def line(row: dict[str, object]) -> str:
    told = row.get("error") or (
        f"difference {row['difference']:.1e}, {row['same']} of {IMAGES} alike"
        + (f" ({row['labels']} classes named)" if "labels" in row else "")
    )
    verdict = "ok    " if row["passed"] else "FAILED"
    what = f"{row['network']:<30}{row['form']:<14}{row['px']:>4} px {row['seconds']:>6} s"
    return f"{verdict} {what}  {told}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--networks", nargs="+", default=[*TORCHVISION, *TIMM])
    parser.add_argument("--forms", nargs="+", default=FORMS, choices=FORMS)
    parser.add_argument("--out", type=Path, help="the rows as JSON")
    arguments = parser.parse_args()
    facts = machine_facts()
    print(described(facts))
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.networks:
            try:
                rows += check(name, tuple(arguments.forms), Path(folder))
            except Exception as error:
                print(f"FAILED {name}: {type(error).__name__}: {error}"[:200], flush=True)
                rows.append({"network": name, "form": "", "passed": False})
    for form in arguments.forms:
        own = [row for row in rows if row["form"] == form]
        worst = max((float(str(row.get("difference", 0))) for row in own), default=0.0)
        right = sum(bool(row["passed"]) for row in own)
        print(f"{form}: {right} of {len(own)} networks; largest difference {worst:.1e}")
    if arguments.out:
        arguments.out.write_text(json.dumps({"machine": facts, "rows": rows}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
