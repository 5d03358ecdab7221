"""The classics that no library ships: each a small module that follows its paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.networks.vgg_list import is_vgg_list, vgg_list
from tlstudio.core.registry import Registry
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.classic.spec import ClassicSpec, Paper

if TYPE_CHECKING:
    from torch import nn

__all__ = ["CLASSICS", "ClassicSpec", "Paper", "classic_spec"]

_LENET = Paper(
    "Gradient-Based Learning Applied to Document Recognition",
    "https://doi.org/10.1109/5.726791",
)
_ALEXNET = Paper(
    "ImageNet Classification with Deep Convolutional Neural Networks",
    "https://doi.org/10.1145/3065386",
)
_VGG = Paper(
    "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "https://arxiv.org/abs/1409.1556",
)
_GOOGLENET = Paper("Going Deeper with Convolutions", "https://arxiv.org/abs/1409.4842")
_RESNET = Paper("Deep Residual Learning for Image Recognition", "https://arxiv.org/abs/1512.03385")
_SHUFFLENET = Paper(
    "ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile Devices",
    "https://arxiv.org/abs/1707.01083",
)
_SENET = Paper("Squeeze-and-Excitation Networks", "https://arxiv.org/abs/1709.01507")

# LeNet-5: paper (background) is -0.1 and ink 1.175. Here ink is bright, as in the files of MNIST.
_INK_MEAN, _INK_STD = 0.1 / 1.275, 1 / 1.275
_INK = Preprocessing(32, 32, (_INK_MEAN,) * 3, (_INK_STD,) * 3, channels=1)

# AlexNet, VGG, GoogLeNet: the mean colour of ImageNet is subtracted from pixels of 0..255, which
# are not divided; their initialisations reckon with it. The mean is that of the VGG models.
_CENTRED_MEAN = (123.68 / 255, 116.779 / 255, 103.939 / 255)
_CENTRED_STD = (1 / 255, 1 / 255, 1 / 255)
_CENTRED_224 = Preprocessing(256, 224, _CENTRED_MEAN, _CENTRED_STD)
_CENTRED_227 = Preprocessing(256, 227, _CENTRED_MEAN, _CENTRED_STD)

# CIFAR: the paper subtracts the mean of each pixel; here it is that of each colour over the
# training set, divided by its deviation, as in most code since.
_CIFAR = Preprocessing(32, 32, (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))

# ShuffleNet and SENet normalise with ImageNet's mean and deviation, as today's libraries.
_IMAGENET = Preprocessing()


def _lenet(modern: bool, num_classes: int) -> nn.Module:
    from tlstudio.engine.models.classic.lenet import lenet5, lenet5_modern

    return lenet5_modern(num_classes) if modern else lenet5(num_classes)


def _alexnet(num_classes: int) -> nn.Module:
    from tlstudio.engine.models.classic.alexnet import alexnet_2012

    return alexnet_2012(num_classes)


def _vgg(configuration: str, num_classes: int) -> nn.Module:
    from tlstudio.engine.models.classic.vgg import vgg

    return vgg(configuration, num_classes)


def _vgg_of_list(words: str, num_classes: int) -> nn.Module:
    from tlstudio.engine.models.classic.vgg import vgg_of_list

    return vgg_of_list(words, num_classes)


def _googlenet(naive: bool, num_classes: int, *, auxiliary: bool = False) -> nn.Module:
    from tlstudio.engine.models.classic.inception import googlenet_2014, googlenet_naive

    build = googlenet_naive if naive else googlenet_2014
    return build(num_classes, auxiliary=auxiliary)


def _plain(depth: int, num_classes: int) -> nn.Module:
    from tlstudio.engine.models.classic.resnet_cifar import plain_cifar

    return plain_cifar(depth, num_classes)


def _resnet(depth: int, num_classes: int) -> nn.Module:
    from tlstudio.engine.models.classic.resnet_cifar import resnet_cifar

    return resnet_cifar(depth, num_classes)


def _shufflenet(groups: int, scale: float, num_classes: int) -> nn.Module:
    from tlstudio.engine.models.classic.shufflenet import shufflenet_v1

    return shufflenet_v1(groups, scale, num_classes)


def _se(name: str, num_classes: int) -> nn.Module:
    from tlstudio.engine.models.classic import squeeze_excitation as se

    builders = {
        "resnet18": se.se_resnet18,
        "resnet50": se.se_resnet50,
        "resnet20": se.se_resnet20,
    }
    return builders[name](num_classes)


def _se_googlenet(num_classes: int, *, auxiliary: bool = False) -> nn.Module:
    from tlstudio.engine.models.classic.squeeze_excitation import se_googlenet

    return se_googlenet(num_classes, auxiliary=auxiliary)


def _lenet_row(name: str, title: str, *, modern: bool) -> ClassicSpec:
    return ClassicSpec(
        name=name,
        title=title,
        family="LeNet",
        year=1998,
        build=partial(_lenet, modern),
        paper=_LENET,
        preprocessing=_INK,
        min_input_px=32,
        max_input_px=35,
        num_classes=10,
    )


def _vgg_row(configuration: str, layers: int) -> ClassicSpec:
    return ClassicSpec(
        name=f"vgg_{configuration.lower().replace('-', '_')}",
        title=f"VGG {configuration} ({layers} weight layers)",
        family="VGG",
        year=2014,
        build=partial(_vgg, configuration),
        paper=_VGG,
        preprocessing=_CENTRED_224,
        min_input_px=32,
    )


def _cifar_row(depth: int, *, residual: bool) -> ClassicSpec:
    word = "ResNet" if residual else "plain"
    return ClassicSpec(
        name=f"{word.lower()}{depth}",
        title=f"{word}-{depth}",
        family="ResNet",
        year=2015,
        build=partial(_resnet if residual else _plain, depth),
        paper=_RESNET,
        preprocessing=_CIFAR,
        min_input_px=1,
        num_classes=10,
    )


def _shufflenet_row(groups: int, scale: float) -> ClassicSpec:
    return ClassicSpec(
        name=f"shufflenet_v1_g{groups}_x{scale}".replace(".", "_"),
        title=f"ShuffleNet {scale:g}x (g = {groups})",
        family="ShuffleNet",
        year=2017,
        build=partial(_shufflenet, groups, scale),
        paper=_SHUFFLENET,
        preprocessing=_IMAGENET,
        min_input_px=1,
    )


CLASSICS = Registry(
    QT_TRANSLATE_NOOP("core", "model"),
    (
        _lenet_row("lenet5", "LeNet-5", modern=False),
        _lenet_row("lenet5_modern", "LeNet-5 with ReLU and max pooling", modern=True),
        ClassicSpec(
            "alexnet_2012", "AlexNet (2012)", "AlexNet", 2012, _alexnet, _ALEXNET, _CENTRED_227, 67
        ),
        _vgg_row("A", 11),
        _vgg_row("A-LRN", 11),
        _vgg_row("B", 13),
        _vgg_row("C", 16),
        _vgg_row("D", 16),
        _vgg_row("E", 19),
        ClassicSpec(
            "googlenet_2014",
            "GoogLeNet (2014)",
            "Inception",
            2014,
            partial(_googlenet, False),
            _GOOGLENET,
            _CENTRED_224,
            31,
        ),
        ClassicSpec(
            "googlenet_naive",
            "GoogLeNet of naive Inception modules",
            "Inception",
            2014,
            partial(_googlenet, True),
            _GOOGLENET,
            _CENTRED_224,
            31,
        ),
        *(
            _cifar_row(depth, residual=residual)
            for residual in (False, True)
            for depth in (20, 32, 44, 56, 110)
        ),
        *(
            _shufflenet_row(groups, scale)
            for scale in (1.0, 0.5, 0.25)
            for groups in (1, 2, 3, 4, 8)
        ),
        ClassicSpec(
            "se_resnet18",
            "SE-ResNet-18",
            "SENet",
            2017,
            partial(_se, "resnet18"),
            _SENET,
            _IMAGENET,
            1,
        ),
        ClassicSpec(
            "se_resnet50",
            "SE-ResNet-50",
            "SENet",
            2017,
            partial(_se, "resnet50"),
            _SENET,
            _IMAGENET,
            1,
        ),
        ClassicSpec(
            "se_resnet20",
            "SE-ResNet-20",
            "SENet",
            2017,
            partial(_se, "resnet20"),
            _SENET,
            _CIFAR,
            1,
            num_classes=10,
        ),
        ClassicSpec(
            "se_googlenet",
            "SE-GoogLeNet",
            "SENet",
            2017,
            _se_googlenet,
            _SENET,
            _CENTRED_224,
            31,
        ),
    ),
)


def classic_spec(name: str) -> ClassicSpec:
    """The row of a classic, or of a list of one's own.

    Raises:
        ConfigError: there is none, or the list cannot be read.
    """
    if not is_vgg_list(name):
        return CLASSICS[name]
    own = vgg_list(name)
    spec = own.spec
    return ClassicSpec(
        name=spec.name,
        title=spec.title,
        family=spec.family,
        year=2014,
        build=partial(_vgg_of_list, own.text),
        paper=_VGG,
        preprocessing=spec.preprocessing,
        min_input_px=spec.min_input_px,
    )
