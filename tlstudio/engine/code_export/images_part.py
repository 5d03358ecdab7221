"""The images part of a script: reading, views and batches."""

from __future__ import annotations

from tlstudio.core.data.dataset import Split
from tlstudio.engine.code_export.facts import RunFacts
from tlstudio.engine.code_export.sections import block, indented, joined
from tlstudio.engine.code_export.varying_part import varying_functions

_KEPT_BYTES = 2 << 30  # of decoded pictures that a script may hold in memory
_CHANNELS = 3


def image_settings(facts: RunFacts) -> str:
    """Constants of the preprocessing, and what the weights have to do with them."""
    own = facts.preprocessing
    mean, std = (f"[{', '.join(map(repr, row[: own.channels]))}]" for row in (own.mean, own.std))
    return block(
        """
        RESIZE, CROP = <resize>, <crop>  # pixels: <meaning>
        MEAN = torch.tensor(<mean>)
        STD = torch.tensor(<std>)
        INTERPOLATION = InterpolationMode.<interpolation>
        """,
        resize=own.resize_px,
        crop=own.crop_px,
        meaning=(
            "the shorter side of kept pictures, the square that they are squashed into"
            if own.crop_mode == "squash"
            else "the shorter side, then the square in the middle"
        ),
        mean=mean,
        std=std,
        interpolation=own.interpolation.upper(),
    )


def images_code(facts: RunFacts) -> str:
    """Functions that read pictures and make views of them."""
    return joined(
        [_reading(facts), _plain_view(facts), *_varied(facts), _as_input()],
        blank=2,
    )


def batches_code(facts: RunFacts) -> str:
    """Functions that say which images make up a batch, and fetch them."""
    return joined([_batches(facts), _train_batch(facts)], blank=2)


def _reading(facts: RunFacts) -> str:
    values = facts.index.values
    return block(
        '''
        def read_image(path<argument>):
            """<colours>, the right way up, on white where it is transparent."""
            with Image.open(path) as image:
        <draft>        image = ImageOps.exif_transpose(image)
        <deep>        if image.has_transparency_data:
                    paper = Image.new("RGBA", image.size, "white")
                    image = Image.alpha_composite(paper, image.convert("RGBA"))
                return image.convert("RGB")<grey>
        ''',
        colours="RGB" if facts.preprocessing.channels == _CHANNELS else "Grey",
        argument=", is_draft=False" if facts.is_varied else "",
        draft=(
            "        if is_draft:  # a JPEG can be decoded at a half, a quarter or an eighth\n"
            "            image.draft(None, (RESIZE, RESIZE))\n"
            if facts.is_varied
            else ""
        ),
        deep=(
            '        if image.mode.startswith("I") or image.mode == "F":  # more than 256 levels\n'
            '            with np.errstate(invalid="ignore"):  # infinities\n'
            f"                shares = (np.asarray(image, float) - {values.low!r})"
            f" / {values.high - values.low!r}\n"
            "            pixels = np.nan_to_num(shares.clip(0, 1)) * 255\n"
            "            image = Image.fromarray(pixels.round().astype(np.uint8))\n"
            if values is not None
            else ""
        ),
        grey="" if facts.preprocessing.channels == _CHANNELS else '.convert("L")',
    )


def _plain_view(facts: RunFacts) -> str:
    if facts.preprocessing.crop_mode == "squash":
        return block(
            '''
            def plain_view(path):
                """What validation sees, uint8: the whole picture, whatever its ratio."""
                image = TF.resize(read_image(path), [CROP, CROP], INTERPOLATION, antialias=True)
                return TF.pil_to_tensor(image)
            '''
        )
    return block(
        '''
        def plain_view(path):
            """What validation sees, uint8: the square in the middle of the picture."""
            image = TF.resize(read_image(path), [RESIZE], INTERPOLATION, antialias=True)
            return TF.pil_to_tensor(TF.center_crop(image, [CROP, CROP]))
        '''
    )


def _varied(facts: RunFacts) -> list[str]:
    """Functions for views that differ from epoch to epoch."""
    options = facts.config.augmentation_options
    if not options.is_varied:
        return []
    own, images = facts.preprocessing, len(facts.index.by_split[Split.TRAIN])
    picture_bytes = own.resize_px**2 * own.channels * 4 // 3
    keeps = images * picture_bytes <= _KEPT_BYTES
    read = block(
        '''
        <cache>def train_picture(path):
            """Large enough to cut views from, and no larger<kept>."""
            image = read_image(path, is_draft=True)
            if min(image.size) > RESIZE:
                image = TF.resize(image, [RESIZE], INTERPOLATION, antialias=True)
            return image
        ''',
        cache="@cache\n" if keeps else "",
        kept=": decoded once and kept in memory" if keeps else "",
    )
    texts = [read, *varying_functions(options, own)]
    if facts.kept_views:
        texts.append(block(_KEPT_VIEW))
    return texts


_KEPT_VIEW = '''
@cache
def digest(path):
    """What is in the file, as 32 digits."""
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


def kept_view(path, epoch):
    """One of the few views that the studio keeps of each image; the epochs take turns."""
    first = random.Random(f"{SEED}/{digest(path)}").randrange(VIEWS)
    number = (first + epoch - 1) % VIEWS
    return varied_view(path, random.Random(f"{digest(path)}/{number}"))
'''


def _as_input() -> str:
    return block(
        '''
        def as_input(views):
            """Network input, float32 [B, C, H, W], of uint8 views; channels last in memory."""
            pixels = torch.stack([view.permute(1, 2, 0) for view in views]).float() / 255
            return ((pixels - MEAN) / STD).permute(0, 3, 1, 2).to(DEVICE)
        '''
    )


def _batches(facts: RunFacts) -> str:
    if facts.config.balance == "sampling":
        what = "As many draws as there are images, of each class as likely as of any other."
        order = """
            sizes = Counter(label for _, label in train_files)
            weights = [1 / sizes[label] for _, label in train_files]
            everything = range(len(train_files))
            order = random.Random(f"{SEED}/{epoch}").choices(everything, weights, k=len(weights))
            """
    else:
        what = "Positions in `train_files`, each once, in an order of this epoch."
        order = """
            order = list(range(len(train_files)))
            random.Random(f"{SEED}/{epoch}").shuffle(order)
            """
    join = """
        if len(batches) > 1 and len(batches[-1]) == 1:  # BatchNorm cannot train on one image
            batches[-2:] = [batches[-2] + batches[-1]]
        """
    parts = [
        block(order),
        block(_NUMBERED) if _is_numbered(facts) else "",
        "batches = [order[i : i + BATCH_SIZE] for i in range(0, len(order), BATCH_SIZE)]\n",
        block(join) if facts.config.batch_size > 1 else "",
        "return batches\n",
    ]
    head = block(
        '''
        def train_batches(epoch):
            """<what>"""
        ''',
        what=what,
    )
    return head + indented("".join(parts))


_NUMBERED = """
    seen = Counter()
    for place, i in enumerate(order):  # whoever comes again gets another number: another view
        order[place] += seen[i] * len(train_files)
        seen[i] += 1
    """


def _is_numbered(facts: RunFacts) -> bool:
    """Whether an image that is drawn twice in an epoch is varied twice."""
    has_live = facts.is_varied and bool(facts.live_epochs)
    return facts.config.balance == "sampling" and has_live


def _train_batch(facts: RunFacts) -> str:
    kept = "views = [kept_view(path, epoch) for path, _ in files]\n"
    live = block(
        """
        views = [
            varied_view(path, random.Random(f"{SEED}/{epoch}/{i}"))
            for i, (path, _) in zip(indices, files)
        ]
        """
    )
    what = "Images and labels; the views follow from (seed, epoch, image) alone."
    if not facts.is_varied:
        what = "Images and labels."
        views = "views = [plain_view(path) for path, _ in files]\n"
    elif not facts.kept_views:
        views = live
    elif not facts.live_epochs:
        what = "Images and labels; the views follow from (seed, epoch, file) alone."
        views = kept
    else:
        views = (
            ("if epoch < LIVE_FROM:" if facts.live_from else "if epoch not in LIVE_EPOCHS:")
            + "  # the outputs of frozen layers are kept\n"
            + indented(kept)
            + "else:\n"
            + indented(live)
        )
    head = block(
        '''
        def train_batch(indices<epoch>):
            """<what>"""
            files = [train_files[<i>] for i in indices]
        ''',
        what=what,
        epoch=", epoch" if facts.is_varied else "",
        i="i % len(train_files)" if _is_numbered(facts) else "i",
    )
    end = block(
        """
        labels = torch.tensor([label for _, label in files], device=DEVICE)
        return as_input(views), labels
        """
    )
    return head + indented(views + end)
