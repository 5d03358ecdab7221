"""The functions of a script that vary a training image.

They draw in the order in which `engine.data.variation` draws, so that a script sees the studio's
views.
"""

from __future__ import annotations

from collections.abc import Iterator

from tlstudio.core.data.augmentation import AugmentationOptions
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.code_export.sections import block, indented
from tlstudio.engine.data.variation import (
    BINS,
    BLUR_FROM,
    CROP_RATIO,
    ERASING_FROM,
    ERASING_RATIO,
    RAND_AUGMENT,
    RAND_AUGMENT_PX,
    TRIVIAL_AUGMENT,
)


def varying_functions(options: AugmentationOptions, preprocessing: Preprocessing) -> list[str]:
    """`varied_view`, and before it what it calls."""
    return [*_helpers(options), _varied_view(options, preprocessing)]


def _helpers(options: AugmentationOptions) -> Iterator[str]:
    crops, erases = options.augmentation == "crop_flip", options.erasing > 0
    if crops or erases:
        yield block(_BOX)
    if crops:
        yield block(
            _CROP_BOX,
            smallest=_number(options.crop_area),
            percent=f"{100 * options.crop_area:g}",
            low=_number(CROP_RATIO[0]),
            high=_number(CROP_RATIO[1]),
        )
    if options.auto_augment != "none":
        yield _auto(options)
    if options.colour_jitter or options.hue_jitter:
        yield _jitter(options)


def _number(value: float) -> str:
    """As short as it may be written and still be this number."""
    short = f"{value:g}"
    return {3 / 4: "3 / 4", 4 / 3: "4 / 3"}.get(
        value, short if float(short) == value else repr(value)
    )


_BOX = '''
def random_box(width, height, shares, ratios, chance):
    """Top, left, height, width of a box; None if ten in a row are too wide or too high."""
    for _ in range(10):
        area = width * height * chance.uniform(*shares)
        ratio = math.exp(chance.uniform(math.log(ratios[0]), math.log(ratios[1])))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            return chance.randint(0, height - h), chance.randint(0, width - w), h, w
    return None
'''

_CROP_BOX = '''
def crop_box(width, height, chance):
    """Top, left, height, width of <percent> to 100 % of a picture, from 3:4 to 4:3.

    As torchvision's RandomResizedCrop draws it, but from a generator of its own.
    """
    box = random_box(width, height, (<smallest>, 1), (<low>, <high>), chance)
    if box:
        return box
    w = min(width, max(1, round(height * (<high>))))
    h = min(height, max(1, round(width / (<low>))))
    return (height - h) // 2, (width - w) // 2, h, w
'''

_AUTO = '''
def affine(image, translate=(0, 0), shear=(0.0, 0.0)):
    """The image moved, or its rows or columns pushed along."""
    angles = [math.degrees(math.atan(share)) for share in shear]
    smooth = InterpolationMode.BILINEAR
    return TF.affine(image, 0.0, list(translate), 1.0, angles, smooth, center=[0, 0])


OPERATIONS = [  # of <name>: the most that each does, and whether it goes both ways
    (lambda image, x: image, 0, False),
    (lambda image, x: affine(image, shear=(x, 0.0)), <shear>, True),
    (lambda image, x: affine(image, shear=(0.0, x)), <shear>, True),
    (lambda image, x: affine(image, (int(x), 0)), <shift>, True),
    (lambda image, x: affine(image, (0, int(x))), <shift>, True),
    (lambda image, x: TF.rotate(image, x, InterpolationMode.BILINEAR), <degrees>, True),
    (lambda image, x: TF.adjust_brightness(image, 1 + x), <colour>, True),
    (lambda image, x: TF.adjust_saturation(image, 1 + x), <colour>, True),
    (lambda image, x: TF.adjust_contrast(image, 1 + x), <colour>, True),
    (lambda image, x: TF.adjust_sharpness(image, 1 + x), <colour>, True),
    (lambda image, x: TF.posterize(image, 8 - round(x)), <bits>, False),
    (lambda image, x: TF.solarize(image, 255 * (1 - x)), 1, False),
    (lambda image, x: TF.autocontrast(image), 0, False),
    (lambda image, x: TF.equalize(image), 0, False),
]


def changed(image, chance):
    """As torchvision's <name>, but drawn from a generator of its own."""
<body>    return image
'''

_OPERATION = """
change, most, is_signed = chance.choice(OPERATIONS)
amount = most * <share>
if is_signed and chance.random() < 0.5:
    amount = -amount
image = change(image, amount)
"""


def _auto(options: AugmentationOptions) -> str:
    is_trivial = options.auto_augment == "trivial_augment"
    table = TRIVIAL_AUGMENT if is_trivial else RAND_AUGMENT
    share = f"chance.randrange({BINS}) / {BINS - 1}"
    if not is_trivial:
        share = f"{options.rand_augment_strength} / {BINS - 1}"
    operation = block(_OPERATION, share=f"({share})")
    times = options.rand_augment_operations
    if not is_trivial:
        operation = f"for _ in range({times}):\n" + indented(operation)
    return block(
        _AUTO,
        name="TrivialAugmentWide" if is_trivial else "RandAugment",
        shear=_number(table.shear),
        shift=_number(table.shift_px)
        if is_trivial
        else f"{table.shift_px:g} / {RAND_AUGMENT_PX} * CROP",
        degrees=_number(table.degrees),
        colour=_number(table.colour),
        bits=str(table.fewer_bits),
        body=indented(operation),
    )


def _jitter(options: AugmentationOptions) -> str:
    names = ["TF.adjust_brightness", "TF.adjust_contrast", "TF.adjust_saturation"]
    names = [
        *(names if options.colour_jitter else ()),
        *(["TF.adjust_hue"] if options.hue_jitter else ()),
    ]
    low, high = max(0.0, 1 - options.colour_jitter), 1 + options.colour_jitter
    colour = f"{low!r}, {high!r}"
    hue = f"{-options.hue_jitter!r}, {options.hue_jitter!r}"
    if not options.hue_jitter:
        limits = f"({colour})"
    elif not options.colour_jitter:
        limits = f"({hue})"
    else:
        limits = f"({hue}) if change is TF.adjust_hue else ({colour})"
    return block(
        '''
        def jittered(image, chance):
            """Other colours, changed in any order: as torchvision's ColorJitter."""
            changes = [<names>]
            chance.shuffle(changes)
            for change in changes:
                limits = <limits>
                image = change(image, chance.uniform(*limits))
            return image
        ''',
        names=", ".join(names),
        limits=limits,
    )


_TURN = """
angle = chance.uniform(-<degrees>, <degrees>)
image = TF.rotate(image, angle, InterpolationMode.BILINEAR)
"""
_RESIZE = "image = TF.resize(image, [RESIZE], INTERPOLATION, antialias=True)\n"
_SQUASH = "image = TF.resize(image, [CROP, CROP], INTERPOLATION, antialias=True)\n"
_CENTER = "image = TF.center_crop(image, [CROP, CROP])\n"
_CROP = """
box = crop_box(*image.size, chance)
image = TF.resized_crop(image, *box, [CROP, CROP], INTERPOLATION, antialias=True)
"""
_PAD = """
edge = <edge>  # pixels of black at each side, in which the square may lie
x, y = chance.randint(-edge, edge), chance.randint(-edge, edge)
image = TF.crop(image, -y, -x, CROP, CROP)
"""
_FLIP = """
if chance.random() < 0.5:
    image = TF.<direction>_flip(image)
"""
_BLUR = """
if chance.random() < <share>:
    sigma = chance.uniform(<low>, <high>)
    side = 2 * math.ceil(3 * sigma) + 1
    view = TF.gaussian_blur(view, [side, side], [sigma, sigma])
"""
_ERASE = """
if chance.random() < <share>:
    box = random_box(CROP, CROP, (<low>, <high>), (<flat>, <tall>), chance)
    if box:  # covered with the mean colour
        view = TF.erase(view, *box, torch.tensor(<colour>, dtype=torch.uint8).view(-1, 1, 1))
"""


def _varied_view(options: AugmentationOptions, preprocessing: Preprocessing) -> str:
    head = '''
        def varied_view(path, chance):
            """<what>"""
            image = train_picture(path)
        '''
    lines = [*_cut_lines(options, preprocessing), *_flip_lines(options)]
    if options.auto_augment != "none":
        lines.append("image = changed(image, chance)\n")
    if options.colour_jitter or options.hue_jitter:
        lines.append("image = jittered(image, chance)\n")
    late = list(_late_lines(options, preprocessing))
    if late:
        lines += ["view = TF.pil_to_tensor(image)\n", *late, "return view\n"]
    else:
        lines.append("return TF.pil_to_tensor(image)\n")
    return block(head, what=_what(options)) + indented("".join(lines))


def _what(options: AugmentationOptions) -> str:
    cut = {
        "crop_flip": "A random part of the picture",
        "rotate_flip": f"The picture turned by up to {options.rotation_degrees:g} degrees",
        "pad_crop": "The square in the middle of the picture, moved a little",
    }[options.augmentation]
    return cut + (", every other time mirrored." if options.flips != "none" else ".")


def _cut_lines(options: AugmentationOptions, preprocessing: Preprocessing) -> Iterator[str]:
    resize = _SQUASH if preprocessing.crop_mode == "squash" else _RESIZE
    if options.augmentation == "rotate_flip":
        yield resize + block(_TURN, degrees=_number(options.rotation_degrees)) + _CENTER
        return
    degrees = options.crop_rotation_degrees
    turn = block(_TURN, degrees=_number(degrees)) if degrees else ""
    if options.augmentation == "crop_flip":
        yield turn + block(_CROP)
    else:
        edge = str(round(options.padding * preprocessing.crop_px))
        yield resize + turn + _CENTER + block(_PAD, edge=edge)


def _flip_lines(options: AugmentationOptions) -> Iterator[str]:
    for direction in ("horizontal", "vertical"):
        if options.flips in (direction, "both"):
            yield block(_FLIP, direction=direction)


def _late_lines(options: AugmentationOptions, preprocessing: Preprocessing) -> Iterator[str]:
    """What works on tensors."""
    if options.blur:
        low, high = _number(BLUR_FROM), _number(options.blur_sigma)
        yield block(_BLUR, share=_number(options.blur), low=low, high=high)
    if options.erasing:
        yield block(
            _ERASE,
            share=_number(options.erasing),
            low=_number(min(ERASING_FROM, options.erasing_area)),
            high=_number(options.erasing_area),
            flat=_number(ERASING_RATIO[0]),
            tall=_number(ERASING_RATIO[1]),
            colour=repr([round(255 * m) for m in preprocessing.mean[: preprocessing.channels]]),
        )
