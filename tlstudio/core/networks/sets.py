"""Networks that courses and papers put side by side."""

from __future__ import annotations

from dataclasses import dataclass

from tlstudio.core.texts import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class NetworkSet:
    """A set of networks.

    Attributes:
        models: their names in the catalog, in the order in which they are shown.
    """

    title: str
    models: tuple[str, ...]


NETWORK_SETS = (
    NetworkSet("VGG A–E", ("vgg_a", "vgg_b", "vgg_c", "vgg_d", "vgg_e")),
    NetworkSet("ResNet 18–152", ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")),
    NetworkSet(QT_TRANSLATE_NOOP("core", "Plain and residual: 20 layers"), ("plain20", "resnet20")),
    NetworkSet(
        QT_TRANSLATE_NOOP("core", "ResNet-50 without and with squeeze-and-excitation"),
        ("resnet50", "se_resnet50"),
    ),
    NetworkSet(
        QT_TRANSLATE_NOOP("core", "GoogLeNet of naive and of reduced Inception modules"),
        ("googlenet_naive", "googlenet_2014"),
    ),
    NetworkSet("DenseNet 121–201", ("densenet121", "densenet169", "densenet201")),
    NetworkSet("MobileNet V2, V3", ("mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large")),
    NetworkSet(
        QT_TRANSLATE_NOOP("core", "From LeNet-5 to ResNet-152"),
        ("lenet5", "alexnet_2012", "vgg_d", "googlenet_2014", "resnet152"),
    ),
)
