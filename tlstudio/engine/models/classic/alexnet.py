"""AlexNet as it won ILSVRC 2012, with the groups that its two graphics cards made.

Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks.
NeurIPS 2012; printed again in 2017: https://doi.org/10.1145/3065386
(torchvision's AlexNet is another network, of 2014: fewer kernels, no groups, no normalisation.)
"""

from __future__ import annotations

from collections import OrderedDict

from torch import nn


def local_response_norm() -> nn.LocalResponseNorm:
    """Section 3.3: ``b = a / (k + alpha * sum of a² over n neighbouring maps) ** beta``.

    k = 2, n = 5, alpha = 1e-4, beta = 0.75. torch divides its alpha by n; so it is given n times
    the paper's.
    """
    n = 5
    return nn.LocalResponseNorm(n, alpha=n * 1e-4, beta=0.75, k=2.0)


class AlexNet2012(nn.Sequential):
    """Five convolutions and three fully connected layers: ``[B, 3, 227, 227]`` to logits.

    The paper writes 224 pixels; its sizes 55-27-27-13-13-13-13-6 need 227. conv2, conv4 and conv5
    see only the maps of their own graphics card: two groups. Normalisation goes over all maps, as
    the formula says. `avgpool` does nothing at 227 pixels and lets other sizes run.
    """

    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__(
            OrderedDict(
                conv1=nn.Conv2d(3, 96, 11, stride=4),
                relu1=nn.ReLU(),
                norm1=local_response_norm(),
                pool1=nn.MaxPool2d(3, stride=2),
                conv2=nn.Conv2d(96, 256, 5, padding=2, groups=2),
                relu2=nn.ReLU(),
                norm2=local_response_norm(),
                pool2=nn.MaxPool2d(3, stride=2),
                conv3=nn.Conv2d(256, 384, 3, padding=1),
                relu3=nn.ReLU(),
                conv4=nn.Conv2d(384, 384, 3, padding=1, groups=2),
                relu4=nn.ReLU(),
                conv5=nn.Conv2d(384, 256, 3, padding=1, groups=2),
                relu5=nn.ReLU(),
                pool5=nn.MaxPool2d(3, stride=2),
                avgpool=nn.AdaptiveAvgPool2d((6, 6)),
                flatten=nn.Flatten(),
                fc6=nn.Linear(256 * 6 * 6, 4096),
                relu6=nn.ReLU(),
                drop6=nn.Dropout(0.5),
                fc7=nn.Linear(4096, 4096),
                relu7=nn.ReLU(),
                drop7=nn.Dropout(0.5),
                fc8=nn.Linear(4096, num_classes),
            )
        )
        self._initialise()

    def _initialise(self) -> None:
        """Section 5: weights N(0, 0.01); biases 1 where that gives ReLUs a start, elsewhere 0."""
        ones = ("conv2", "conv4", "conv5", "fc6", "fc7")
        for name, layer in self.named_children():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.normal_(layer.weight, std=0.01)
                assert layer.bias is not None
                nn.init.constant_(layer.bias, 1.0 if name in ones else 0.0)


def alexnet_2012(num_classes: int = 1000) -> AlexNet2012:
    """AlexNet of 2012: 60.97 million parameters."""
    return AlexNet2012(num_classes)
