"""The ImageNet challenge (ILSVRC) 2010 to 2017: who won its classification task, and how.

Errors of 2010 to 2013, that of VGG and that of a person: Russakovsky et al., ImageNet Large Scale
Visual Recognition Challenge, IJCV 115, 2015 (https://arxiv.org/abs/1409.0575), sections 5 and 6.4;
it describes the entries of 2010 and 2011 as well. The others are those of the winners' papers; that
of 2016 is the challenge's own page of results.
"""

from __future__ import annotations

from dataclasses import dataclass

from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

# One trained person, on 1,500 test images (section 6.4); a second one had 12.0 % on 258.
HUMAN_ERROR = 5.1


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the classification task.

    Attributes:
        year: of the challenge.
        name: of the network, or of the team where it had none; the same in all languages.
        error: top-5 error on the test images, per cent.
        depth: layers with weights; None where there was no one network.
        place: in its year.
        idea: what was new, in one or two sentences.
        slide: where courses print something else; empty where they do not.
        target: where the studio shows the network; None where it has none.
        network: the catalog's name of the network whose depth it is; empty for none.
    """

    year: int
    name: str
    error: float
    depth: int | None
    place: int
    idea: str
    slide: str = ""
    target: Target | None = None
    network: str = ""


def _picture(model: str) -> Target:
    return Target(step="model", tab="picture", models=(model,))


ENTRIES: tuple[Entry, ...] = (
    Entry(
        2010,
        "NEC-UIUC",
        28.2,
        None,
        1,
        QT_TRANSLATE_NOOP(
            "core",
            "No network: features designed by hand (SIFT, LBP), coded and given to an SVM.",
        ),
    ),
    Entry(
        2011,
        "XRCE",
        25.8,
        None,
        1,
        QT_TRANSLATE_NOOP(
            "core", "Still designed by hand: Fisher vectors, and a linear classifier on them."
        ),
    ),
    Entry(
        2012,
        "AlexNet",
        16.4,
        8,
        1,
        QT_TRANSLATE_NOOP(
            "core",
            "The first deep network that won: learned features, ReLU, dropout, two graphics cards. "
            "The best entry without a network had 26.2%.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may have 15.3%: that is with two more networks, pretrained on all of "
            "ImageNet.",
        ),
        _picture("alexnet_2012"),
        "alexnet_2012",
    ),
    Entry(
        2013,
        "Clarifai",
        11.7,
        8,
        1,
        QT_TRANSLATE_NOOP(
            "core",
            "By an author of ZFNet: AlexNet's eight layers with a smaller kernel and stride at the "
            "start, since looking into the layers had shown what was wrong there.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may say ZFNet or 11.2%: ZFNet is the paper, whose own networks have 14.8%; "
            "11.2% is with images from outside the challenge.",
        ),
        Target(step="model", tab="features", models=("alexnet",)),
    ),
    Entry(
        2014,
        "VGG",
        7.3,
        19,
        2,
        QT_TRANSLATE_NOOP(
            "core", "The second place: nothing but 3×3 convolutions, in 16 or 19 layers."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may have 6.8%: that is what its paper reached after the challenge, with "
            "two networks.",
        ),
        _picture("vgg_e"),
        "vgg_e",
    ),
    Entry(
        2014,
        "GoogLeNet",
        6.67,
        22,
        1,
        QT_TRANSLATE_NOOP(
            "core",
            "Inception modules: several kernels side by side, made cheap by 1×1 convolutions, with "
            "a ninth of AlexNet's parameters.",
        ),
        target=_picture("googlenet_2014"),
        network="googlenet_2014",
    ),
    Entry(
        2015,
        "ResNet",
        3.57,
        152,
        1,
        QT_TRANSLATE_NOOP(
            "core",
            "Each block adds to what it gets: y = F(x) + x. Depth far beyond twenty layers "
            "now helps rather than harms.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may say that machines now see better than people: 5.1% was one person, who "
            "had to tell 120 breeds of dogs apart.",
        ),
        _picture("resnet152"),
        "resnet152",
    ),
    Entry(
        2016,
        "Trimps-Soushen",
        2.99,
        None,
        1,
        QT_TRANSLATE_NOOP(
            "core",
            "No new network: an ensemble of Inception v3 and v4, Inception-ResNet v2, a ResNet "
            "with 200 layers and a wide one.",
        ),
        target=_picture("inception_resnet_v2"),
    ),
    Entry(
        2017,
        "SENet",
        2.251,
        154,
        1,
        QT_TRANSLATE_NOOP(
            "core",
            "Squeeze-and-excitation: the network turns channels up and down by what is in the "
            "whole image. After this year the challenge ended.",
        ),
        target=_picture("legacy_senet154"),
    ),
)
