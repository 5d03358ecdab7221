"""The names of the catalog: every classification network of torchvision and timm, and our classics.

A network goes by the name that its library gives it. Where torchvision or the studio has a network
of the same name, timm's is called ``timm/<name>``, as on the Hugging Face hub.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tlstudio.core.config.run_config import ON_BOARD_MODEL
from tlstudio.core.networks.catalog import Library, ModelSpec
from tlstudio.core.networks.vgg_list import is_vgg_list, vgg_list
from tlstudio.core.registry import Registry
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.kept_catalog import kept_models

TIMM_PREFIX = "timm/"

# The short list for a first look: small to middling, one or two of each idea.
RECOMMENDED = (
    ON_BOARD_MODEL,
    *("resnet18", "resnet34", "resnet50", "mobilenet_v2", "mobilenet_v3_small"),
    *("mobilenet_v3_large", "efficientnet_b0", "efficientnet_v2_s", "shufflenet_v2_x1_0"),
    *("squeezenet1_1", "googlenet", "densenet121", "alexnet", "vgg11_bn", "regnet_y_400mf"),
    *("convnext_tiny", "swin_t", "vit_b_16", "vit_small_patch14_dinov2", "lenet5"),
)

# timm's networks that only encode, for language models; they have no place for a head.
_ENCODER = "_enc"

# How papers write what torchvision spells in lower case. The first that matches is taken.
_TITLES: tuple[tuple[str, str], ...] = (
    (r"tf_efficientnet_lite(\d)", r"EfficientNet-Lite\1"),
    (r"alexnet", "AlexNet"),
    (r"convnext_(.+)", r"ConvNeXt-{1}"),
    (r"densenet(\d+)", r"DenseNet-\1"),
    (r"efficientnet_b(\d)", r"EfficientNet-B\1"),
    (r"efficientnet_v2_(\w)", r"EfficientNetV2-{1}"),
    (r"googlenet", "GoogLeNet (Inception v1)"),
    (r"inception_v3", "Inception v3"),
    (r"maxvit_t", "MaxViT-T"),
    (r"mnasnet(\d)_(\d+)", r"MNASNet \1.\2"),
    (r"mobilenet_v2", "MobileNetV2"),
    (r"mobilenet_v3_(.+)", r"MobileNetV3-{1}"),
    (r"regnet_([xy])_(\d+)_(\d+)gf", r"RegNet-{1} \2.\3GF"),
    (r"regnet_([xy])_(\d+)([mg])f", r"RegNet-{1} \2{3}F"),
    (r"resnet(\d+)", r"ResNet-\1"),
    (r"resnext(\d+)_(\d+)x(\d+)d", r"ResNeXt-\1 \2×\3d"),
    (r"shufflenet_v2_x(\d)_(\d)", r"ShuffleNetV2 \1.\2x"),
    (r"squeezenet(\d)_(\d)", r"SqueezeNet \1.\2"),
    (r"swin_v2_(\w)", r"Swin V2-{1}"),
    (r"swin_(\w)", r"Swin-{1}"),
    (r"vgg(\d+)_bn", r"VGG-\1 with batch norm"),
    (r"vgg(\d+)", r"VGG-\1"),
    (r"vit_(\w)_(\d+)", r"ViT-{1}/\2"),
    (r"wide_resnet(\d+)_2", r"Wide ResNet-\1-2"),
)


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """A network and its name in its library.

    Attributes:
        name: in the catalog.
        library: who builds it.
        plain: its name in that library.
        title: as papers write it.
    """

    name: str
    library: Library
    plain: str
    title: str

    @property
    def recommended(self) -> bool:
        return self.name in RECOMMENDED


@cache
def catalog_rows() -> Registry[CatalogRow]:
    """List the rows: the short list first, then torchvision, the classics and timm."""
    kept = kept_models()
    rows = [_row_of(spec) for spec in kept] if kept else _rows_of_libraries()
    return Registry(QT_TRANSLATE_NOOP("core", "model"), rows)


def _row_of(spec: ModelSpec) -> CatalogRow:
    return CatalogRow(spec.name, spec.library, spec.name.removeprefix(TIMM_PREFIX), spec.title)


def _rows_of_libraries() -> list[CatalogRow]:
    """Imports torchvision and timm, which takes seconds the first time."""
    import timm
    from torchvision import models

    from tlstudio.engine.models.classic import CLASSICS

    rows = [
        CatalogRow(name, Library.TORCHVISION, name, paper_title(name))
        for name in models.list_models(module=models)
    ]
    rows += [CatalogRow(row.name, Library.CLASSIC, row.name, row.title) for row in CLASSICS]
    taken = {row.name for row in rows}
    for plain in timm.list_models():
        if plain.endswith(_ENCODER) or not _is_square(plain):
            continue
        name = TIMM_PREFIX + plain if plain in taken else plain
        rows.append(CatalogRow(name, Library.TIMM, plain, paper_title(plain, plain)))
    places = {name: place for place, name in enumerate(RECOMMENDED)}
    rows.sort(key=lambda row: places.get(row.name, len(places)))  # stable: the rest stays in order
    return rows


def _is_square(plain: str) -> bool:
    """Whether a network takes square images, as all but a few (1024x768) do."""
    from timm.models import get_pretrained_cfg

    cfg = get_pretrained_cfg(plain)
    return cfg is None or cfg.input_size[-1] == cfg.input_size[-2]


def catalog_row(name: str) -> CatalogRow:
    """The row called `name`; timm's networks answer to ``timm/<name>``, too.

    Lists of one's own (``vgg:64 M 128 M``) have rows that no table holds.

    Raises:
        ConfigError: there is none; the hint names the nearest ones, or what is wrong in the list.
    """
    if is_vgg_list(name):
        own = vgg_list(name).spec
        return CatalogRow(own.name, own.library, own.name, own.title)
    rows = catalog_rows()
    plain = name.removeprefix(TIMM_PREFIX)
    if name not in rows and plain in rows and rows[plain].library is Library.TIMM:
        return rows[plain]
    return rows[name]


def paper_title(name: str, otherwise: str = "") -> str:
    """Return the network's name as papers write it, or `otherwise`, or the name itself.

    timm's names say more than any title would, so only the rows of the table are spelled out.
    """
    if otherwise and not name.startswith("tf_efficientnet_lite"):
        return otherwise
    for pattern, title in _TITLES:
        found = re.fullmatch(pattern, name)
        if found:
            return _filled(found, title)
    return otherwise or name


def _filled(found: re.Match[str], title: str) -> str:
    r"""Fill a title: ``\1`` is a group as it stands, ``{1}`` the group with a capital letter."""
    for number, group in enumerate(found.groups(), start=1):
        title = title.replace(f"{{{number}}}", group[:1].upper() + group[1:])
    return found.expand(title)
