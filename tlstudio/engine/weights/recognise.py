"""Recognises the network in a file by the names and shapes of its entries.

Whatever a script put before the names (``module.``, ``backbone.``, a mapping that the weights lie
in) is found by trying all endings of each name, and what is no part of the network is set aside.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import torch
from torch import nn

from tlstudio.core.config.run_config import Stem
from tlstudio.core.errors import ConfigError, ModelError
from tlstudio.core.networks.auxiliary import is_auxiliary
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.weights.report import HeadState
from tlstudio.engine.models.build import AS_IT_IS, architecture
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.heads import head_paths, is_inside
from tlstudio.engine.models.layouts import COUNTER, entry_hash, likely_layouts
from tlstudio.engine.models.measured import layout_digest, stored_facts
from tlstudio.engine.models.rows import catalog_rows
from tlstudio.engine.models.spelling import todays_spelling
from tlstudio.engine.models.tree import KEPT

Shape = tuple[int, ...]

_MAX_ENTRIES = 50_000  # the largest networks of the catalog have some 3,000
_MAX_PREFIX_PARTS = 8
_LIKELY_LAYOUTS = 8
_CLASSES = 2  # of the networks that files are compared with; any number will do

_INPUT_LAYERS = 2  # entries that change with the size or colour of images
_TOKENS = 6  # before the position embeddings of a Vision Transformer, at most

# A second place with this part of the network is another copy of it.
_COPY_SHARE = 0.9
_WHOLE_SHARE = 0.6  # of all entries: a head of another form can be a large part of few

# Words in names of what training leaves beside a network; of parts of names, whole or at an end.
_NO_NETWORK = frozenset(
    (
        *(
            "criterion",
            "loss",
            "loss_fn",
            "loss_func",
            "metric",
            "metrics",
            "optimizer",
            "scheduler",
        ),
        *("lr_scheduler", "scaler", "acc", "accuracy", "auroc", "f1", "precision", "recall"),
        *("confmat", "confusion", "confusion_matrix", "queue", "queue_ptr", "callbacks", "epoch"),
        *("normalize", "normalizer", "preprocess", "augment", "augmentation", "total_ops"),
        *("total_params", "n_averaged"),
    )
)
_AVERAGES = ("ema", "average", "averaged", "avg", "swa", "shadow", "teacher", "momentum", "target")

_HEAD_WORDS = frozenset(
    (
        *("head", "heads", "fc", "classifier", "classification", "linear", "cls", "top"),
        *("logits", "logit", "out", "output", "last", "final"),
    )
)

# What torch puts into names where a part of a network is compiled, sharded or checkpointed.
_WRAPPERS = re.compile(
    r"(?<=\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.(?=.)"
)

# Where training scripts put what was trained, the preferred places first.
_USUAL_PLACES = ("state_dict", "model_state_dict", "model_state", "model", "network", "net")


class Names:
    """Names and shapes of a file's tensors, and where any ending of a name occurs.

    Attributes:
        shapes: of all tensors, by the names in today's spelling.
        stored: those names as the file spells them.
        nests: the mapping of the file that each lies in.
    """

    def __init__(self, shapes: Mapping[str, Shape], nests: Mapping[str, str] | None = None) -> None:
        if len(shapes) > _MAX_ENTRIES:
            shapes = {}
        spelled = todays_spelling({name: name for name in shapes})
        self.stored = {_WRAPPERS.sub("", name): stored for name, stored in spelled.items()}
        self.shapes = {name: shapes[stored] for name, stored in self.stored.items()}
        nests = nests or {}
        self.nests = {name: nests.get(stored, "") for name, stored in self.stored.items()}

    @cached_property
    def endings(self) -> Mapping[str, tuple[str, ...]]:
        """For each ending of a name, what stands before it; a dot is its last character."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.shapes:
            for cut in _cuts(name):
                found[name[cut:]].append(name[:cut])
        return {ending: tuple(prefixes) for ending, prefixes in found.items()}

    @cached_property
    def hashes(self) -> frozenset[str]:
        """The hashes of all endings, as networks are known by."""
        return frozenset(
            entry_hash(name[cut:], shape)
            for name, shape in self.shapes.items()
            for cut in _cuts(name)
        )


def _cuts(name: str) -> Iterator[int]:
    """Where a name can be cut: at its beginning and after each of its first dots."""
    cut = 0
    for _ in range(_MAX_PREFIX_PARTS):
        yield cut
        cut = name.find(".", cut) + 1
        if not cut:
            return


@dataclass(frozen=True, slots=True)
class Fit:
    """The comparison of a file's entries with one network.

    Names are those of the network, but for `unexpected`, `outside`, `auxiliary` and `aside`, which
    are the file's.

    Attributes:
        model: name in the catalog.
        num_classes: outputs of the head in the file; 0 where no head of it fits.
        place: what stands before the names in the file, with its last dot.
        sources: the file's name for each entry that fits.
        missing: that the network needs and the file does not have.
        mismatched: the file's name for each whose shape differs; the number of classes does not
            count.
        filled: counters that are not in the file and that zero will do for.
        unexpected: that lie among the network's layers, and that it does not know.
        outside: other tensors that may belong to a network, e.g. a head of another form.
        auxiliary: of auxiliary heads, to be left out.
        aside: what is no part of a network.
        copies: all places where the file has this network, the preferred one first.
        head: what the file has for the head.
        fresh: the missing ones that a new head would bring along.
        has_zero_bias: the head in the file has no bias, the network's gets zeros.
    """

    model: str
    num_classes: int
    place: str
    sources: Mapping[str, str]
    missing: tuple[str, ...]
    mismatched: Mapping[str, str]
    filled: tuple[str, ...]
    unexpected: tuple[str, ...]
    outside: tuple[str, ...]
    auxiliary: tuple[str, ...]
    aside: tuple[str, ...]
    copies: tuple[str, ...]
    head: HeadState
    fresh: frozenset[str] = field(default=frozenset())
    has_zero_bias: bool = False

    @property
    def matched(self) -> tuple[str, ...]:
        """The names of the network that fit."""
        return tuple(self.sources)

    @property
    def example(self) -> str:
        """The first name that does not fit; empty where all do."""
        strange = (*self.mismatched, *self.missing, *self.unexpected, *self.outside)
        return next(iter(strange), "")[:100]

    @property
    def is_exact(self) -> bool:
        """Whether the whole network can be built from the file."""
        has_strangers = bool(self.unexpected) or (bool(self.outside) and not self.place)
        return not (self.missing or self.mismatched or has_strangers) and self.num_classes > 0

    @property
    def has_backbone(self) -> bool:
        """Whether all but the head is in the file."""
        differ = {*self.missing, *self.mismatched}
        return bool(self.sources) and not self.unexpected and differ <= self.fresh

    @property
    def agreement(self) -> int:
        """Entries that fit, less those that do not."""
        faults = len(self.missing) + len(self.unexpected) + len(self.mismatched)
        return len(self.sources) - faults


@dataclass(frozen=True, slots=True)
class _Outline:
    """Shapes and types of all entries of a network's state dict.

    Attributes:
        shapes, dtypes: by name.
        class_axes: which axis of an entry counts the classes.
        heads: module paths of the head.
        is_layer: the head is one linear layer or convolution.
        children: names of the modules directly in the network, in their order.
    """

    shapes: Mapping[str, Shape]
    dtypes: Mapping[str, torch.dtype]
    class_axes: Mapping[str, int]
    heads: tuple[str, ...]
    is_layer: bool
    children: tuple[str, ...]

    @property
    def head_region(self) -> str:
        """The module that is replaced together with the head, where a person puts another there.

        torchvision's VGG has three layers in its ``classifier``, of which the last is the head.
        """
        top = self.heads[0].partition(".")[0]
        inside = sum(is_inside(name, (top,)) for name in self.shapes)
        return top if 2 * inside < len(self.shapes) else self.heads[0]

    def is_of_head(self, name: str) -> bool:
        """Whether an entry is of a head, or of something else that counts the classes."""
        return name in self.class_axes or is_inside(name, self.heads)

    def spellings(self) -> Iterator[dict[str, str]]:
        """For each entry its name in files: as it is, and as scripts that cut networks make it.

        ``nn.Sequential(*network.children())`` numbers the layers, and ``network.features`` alone
        leaves out its own name.
        """
        yield {name: name for name in self.shapes}
        numbers = {child: str(number) for number, child in enumerate(self.children)}
        if "0" not in numbers:
            yield {name: _with_top(name, numbers) for name in self.shapes}
        tops = Counter(name.partition(".")[0] for name in self.shapes)
        top, entries = tops.most_common(1)[0]
        if len(self.shapes) < 2 * entries < 2 * len(self.shapes):
            yield {name: name.removeprefix(f"{top}.") for name in self.shapes}

    def takes(self, name: str, shape: Shape, classes: int | None = None) -> bool:
        """Whether an entry may have this shape; any number of classes if `classes` is None."""
        own, axis = self.shapes[name], self.class_axes.get(name)
        if axis is None or len(shape) != len(own):
            return shape == own
        wanted = shape[axis] if classes is None else classes
        return shape == (*own[:axis], wanted, *own[axis + 1 :])


def _with_top(name: str, tops: Mapping[str, str]) -> str:
    top, dot, rest = name.partition(".")
    return f"{tops.get(top, top)}{dot}{rest}"


def expected_dtypes(model: str, build: BuildConfig = AS_IT_IS) -> Mapping[str, torch.dtype]:
    """The type of each entry of the model's state dict."""
    return _outline(model, build).dtypes


def expected_shapes(
    model: str, num_classes: int, build: BuildConfig = AS_IT_IS
) -> Mapping[str, Shape]:
    """The shape of each entry of the model's state dict."""
    outline = _outline(model, build)
    shapes = dict(outline.shapes)
    for name, axis in outline.class_axes.items():
        shape = shapes[name]
        shapes[name] = (*shape[:axis], num_classes, *shape[axis + 1 :])
    return shapes


def is_average(place: str) -> bool:
    """Whether a copy of a network at this place is an average over training."""
    return not {*_words(place)}.isdisjoint(_AVERAGES)


def fit_of(names: Names, model: str, build: BuildConfig = AS_IT_IS, place: str = "") -> Fit:
    """Compare names and shapes with those of one model.

    Args:
        names: of the file.
        place: the copy to take, as in `Fit.copies`; the preferred one if it is empty.

    Raises:
        ConfigError: the catalog has no such model.
    """
    outline = _outline(model, build)
    spelling, votes = _best_spelling(names, outline)
    copies = _copies(votes, len(spelling)) or ("",)
    chosen = place if place in copies else copies[0]
    return _Comparison(names, outline, spelling, votes, chosen, copies).fit(model)


def fitting_models(names: Names, models: Iterable[str] = ()) -> dict[str, Fit]:
    """The models that the whole file fits exactly, by name.

    Args:
        models: those to look at; all of the catalog if there are none.
    """
    if models:
        fits = {name: fit_of(names, name) for name in models}
        return {name: fit for name, fit in fits.items() if fit.is_exact}
    found: dict[str, Fit] = {}
    for _, fit in _fits(names):
        if fit.is_exact:
            found |= {name: replace(fit, model=name) for name in (fit.model, *twins(fit.model))}
    return found


def twins(model: str) -> tuple[str, ...]:
    """Other networks of the catalog whose layers have the same names and shapes.

    They take the same weights, and may compute something else with them.
    """
    facts = stored_facts()
    own = facts.get(model)
    if own is None:
        return ()
    same = {n for n, f in facts.items() if (f.layout, f.heads) == (own.layout, own.heads)}
    return tuple(row.name for row in catalog_rows() if row.name in same and row.name != model)


def best_fit(names: Names) -> Fit | None:
    """The model of the catalog that the file fits best; None where it is like none of them.

    Of several that it fits, the first in the catalog.
    """
    best: Fit | None = None
    score_of_best = 0.0
    for score, fit in _fits(names):
        if best is not None and best.is_exact and score < score_of_best:
            break
        if best is None or _rank(fit) > _rank(best):
            best, score_of_best = fit, score
    return best if best is not None and best.agreement > 0 else None


def _fits(names: Names) -> Iterator[tuple[float, Fit]]:
    """Fits with the likeliest networks and their scores, up to one that is known for certain."""
    for score, models in _candidates(names):
        for model in models:
            fit = fit_of(names, model)
            same = [s for s in _of_same_layout(names, fit) if s.is_exact or s.has_backbone]
            yield from ((score, fit) for fit in same or [fit])
            if same:
                return


def _of_same_layout(names: Names, fit: Fit) -> list[Fit]:
    """The networks with just the names and shapes that the file has where `fit` was found.

    Dozens of networks can differ in one entry, the position embeddings, so that the right one need
    not be among the likeliest few. Any of those tells where the network lies in the file, though.
    """
    known = {n: s for n, s in {**fit.sources, **fit.mismatched}.items() if n not in fit.fresh}
    shapes = {name: names.shapes[stored] for name, stored in known.items()}
    # the longest first: half of the names may have a prefix
    places = sorted({fit.place, *(s.removesuffix(n) for n, s in known.items())}, key=len)[::-1]
    heads = (stored for name, stored in fit.sources.items() if name in fit.fresh)
    for stored in (*fit.unexpected, *fit.outside, *heads):
        place = next((place for place in places if stored.startswith(place)), None)
        if place is not None:
            shapes[stored.removeprefix(place)] = names.shapes[stored]
    tops = {name[: cut - 1] for name in shapes for cut in _cuts(name)}
    present = {tuple(tops.intersection(fact.heads)) for fact in stored_facts().values()}
    layouts = {layout_digest(shapes.items(), heads) for heads in present}
    return [fit_of(names, name) for name, _ in _models_of(layouts)]


def changed_build(names: Names, fit: Fit) -> tuple[Fit, BuildConfig] | None:
    """The fit with grey images, another size or the stem for tiny images, where one of them fits.

    Returns:
        None where none does.
    """
    if not fit.mismatched or len(fit.mismatched) > _INPUT_LAYERS or fit.unexpected:
        return None
    for build in _possible_builds(names, fit):
        try:
            changed = fit_of(names, fit.model, build, fit.place)
        except (ModelError, ConfigError):
            continue
        if changed.is_exact or changed.has_backbone:
            return changed, build
    return None


def _possible_builds(names: Names, fit: Fit) -> Iterator[BuildConfig]:
    """The builds that the shapes in the file hint at."""
    crop_px = get_model(fit.model).preprocessing.crop_px
    own = _outline(fit.model, AS_IT_IS).shapes
    for name, stored in fit.mismatched.items():
        found, wanted = names.shapes[stored], own[name]
        if len(found) == len(wanted) == 4:
            channels = 1 if (found[1], wanted[1]) == (1, 3) else 0
            stems: tuple[Stem, ...] = ("original", "small") if channels else ("small",)
            yield from (BuildConfig(0, channels, stem) for stem in stems)
        elif len(found) == len(wanted) == 3:  # position embeddings, with some tokens before them
            for tokens in range(_TOKENS):
                old, new = (math.isqrt(max(0, n[1] - tokens)) for n in (wanted, found))
                if old and old**2 + tokens == wanted[1] and new**2 + tokens == found[1]:
                    yield BuildConfig(image_px=crop_px * new // old)


def _rank(fit: Fit) -> tuple[bool, bool, int]:
    return fit.is_exact, fit.has_backbone, fit.agreement


def _candidates(names: Names) -> list[tuple[float, list[str]]]:
    """The models to compare a file with, the likeliest first; of equals, in the catalog's order."""
    likely = {digest: score for score, digest in likely_layouts(names.hashes, _LIKELY_LAYOUTS)}
    of_score: defaultdict[float, list[str]] = defaultdict(list)
    for name, layout in _models_of(likely):
        of_score[likely[layout]].append(name)
    return sorted(of_score.items(), reverse=True)


def _models_of(layouts: Collection[str]) -> list[tuple[str, str]]:
    """The models with one of these layouts, and which, in the catalog's order.

    Of those with the same layout and head only the first: they take the same weights.
    """
    facts = stored_facts()
    # A plain network is a residual one without its shortcuts, which have no names; it is rarer.
    order = sorted((row.name for row in catalog_rows()), key=lambda name: name.startswith("plain"))
    found: dict[tuple[str, tuple[str, ...]], str] = {}
    for name in order:
        fact = facts.get(name)
        if fact is not None and fact.layout in layouts:
            found.setdefault((fact.layout, fact.heads), name)
    return [(name, layout) for (layout, _), name in found.items()]


def _best_spelling(names: Names, outline: _Outline) -> tuple[dict[str, str], Counter[str]]:
    """The spelling of the network that the file has most of, and how much of it at which place."""
    best: tuple[dict[str, str], Counter[str]] = {}, Counter()
    for spelling in outline.spellings():
        votes = Counter[str]()
        for name, ending in spelling.items():
            for place in names.endings.get(ending, ()):
                votes[place] += outline.takes(name, names.shapes[place + ending])
        if not best[0] or max(votes.values(), default=0) > max(best[1].values(), default=0):
            best = spelling, votes
        if max(votes.values(), default=0) >= _COPY_SHARE * len(spelling):
            break
    return best


def _copies(votes: Counter[str], entries: int) -> tuple[str, ...]:
    """The places that hold the network, the preferred one first."""
    most = max(votes.values(), default=0)
    if not most:
        return ()
    least = max(_COPY_SHARE * most, _WHOLE_SHARE * entries)
    places = [place for place, count in votes.items() if count >= least]
    if not places:  # a part of the network, or one that is prefixed in part
        places = [max(votes, key=lambda place: votes[place])]
    of_networks = [place for place in places if not _is_aside(place)] or places

    def rank(place: str) -> tuple[bool, int]:
        top = place.partition(".")[0]
        usual = _USUAL_PLACES.index(top) if top in _USUAL_PLACES else len(_USUAL_PLACES)
        return is_average(place), usual

    return tuple(sorted(of_networks, key=rank))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One network laid beside one place of a file."""

    names: Names
    outline: _Outline
    spelling: Mapping[str, str]
    votes: Counter[str]
    place: str
    copies: tuple[str, ...]

    def fit(self, model: str) -> Fit:
        """Compare them."""
        outline = self.outline
        sources, mismatched = self._sources()
        others = self._others({*sources.values(), *mismatched.values()})
        head_names = [name for name in outline.shapes if outline.is_of_head(name)]
        found = self._head(head_names, sources, others)
        head, has_zero_bias = found
        classes = self._classes(sources) if head is HeadState.FITS else 0
        if classes:
            wrong = [
                name
                for name in head_names
                if name in sources
                and not outline.takes(name, self.names.shapes[sources[name]], classes)
            ]
            mismatched |= {name: sources.pop(name) for name in wrong}
        elif head is not HeadState.FITS:
            for name in head_names:
                sources.pop(name, None)
        used = {*sources.values(), *mismatched.values()}
        left = [name for name in outline.shapes if name not in sources and name not in mismatched]
        fillable = {f"{outline.heads[0]}.bias"} if has_zero_bias else set[str]()
        filled = [name for name in left if name.endswith(COUNTER) or name in fillable]
        region = (*outline.heads, outline.head_region)
        return Fit(
            model=model,
            num_classes=classes,
            place=self.place,
            sources=sources,
            missing=tuple(name for name in left if name not in filled),
            mismatched=mismatched,
            filled=tuple(filled),
            unexpected=tuple(n for n in others.unexpected if n not in used),
            outside=tuple(n for n in (*others.in_head, *others.outside) if n not in used),
            auxiliary=tuple(others.auxiliary),
            aside=tuple(others.aside),
            copies=self.copies,
            head=head,
            fresh=frozenset(
                name
                for name in outline.shapes
                if is_inside(name, region) or outline.is_of_head(name)
            ),
            has_zero_bias=has_zero_bias,
        )

    def _stored(self, name: str) -> str:
        return self.place + self.spelling[name]

    def _sources(self) -> tuple[dict[str, str], dict[str, str]]:
        """The file's name for each entry that fits, and for each of another shape."""
        shapes, outline = self.names.shapes, self.outline
        sources: dict[str, str] = {}
        mismatched: dict[str, str] = {}
        own = {self._stored(name) for name in outline.shapes}
        for name in outline.shapes:
            stored = self._stored(name)
            if stored in shapes:
                if outline.takes(name, shapes[stored]):
                    sources[name] = stored
                else:
                    mismatched[name] = stored
                continue
            elsewhere = self._half_prefixed(name, own)
            if elsewhere is not None:
                sources[name] = elsewhere
        return sources, mismatched

    def _half_prefixed(self, name: str, own: set[str]) -> str | None:
        """An entry of which the script has not, or twice, put its prefix before the name."""
        ending = self.spelling[name]
        places = [
            place
            for place in self.names.endings.get(ending, ())
            if (place.startswith(self.place) or self.place.startswith(place))
            and place not in self.copies
            and place + ending not in own
            and self.outline.takes(name, self.names.shapes[place + ending])
        ]
        return max(places, key=lambda place: self.votes[place]) + ending if places else None

    def _others(self, used: set[str]) -> _Others:
        """Sort the tensors that are no entry of the network."""
        others = _Others()
        nest = self.names.nests.get(next(iter(used), ""), "")
        tops = {ending.partition(".")[0] for ending in self.spelling.values()}
        region = _with_top(self.outline.head_region, self._tops())
        for name in self.names.shapes:
            if name in used:
                continue
            rest = name[len(self.place) :] if name.startswith(self.place) else None
            if rest is not None and is_auxiliary(rest):
                others.auxiliary.append(name)
            elif rest is not None and is_inside(rest, (region,)):
                others.in_head.append(name)
            elif self._is_copy(name):
                others.aside.append(name)
            elif rest is not None and rest.partition(".")[0] in tops:
                others.unexpected.append(name)
            elif self._is_aside(name, nest):
                others.aside.append(name)
            else:
                others.outside.append(name)
        return others

    def _tops(self) -> dict[str, str]:
        return {
            name.partition(".")[0]: ending.partition(".")[0]
            for name, ending in self.spelling.items()
        }

    def _is_copy(self, name: str) -> bool:
        """Whether it belongs to another copy of the network."""
        return any(
            name.startswith(place) and not self.place.startswith(place)
            for place in self.copies
            if place != self.place
        ) or ("" in self.copies and self.place != "" and not name.startswith(self.place))

    def _is_aside(self, name: str, nest: str) -> bool:
        own = self.names.nests.get(name, "")
        if own != nest and not _HEAD_WORDS.intersection(_words(own)):
            return True
        shape = self.names.shapes[name]
        return _is_aside(name) or _is_small(name, shape)

    def _classes(self, sources: Mapping[str, str]) -> int:
        axes, heads = self.outline.class_axes, self.outline.heads
        for name, axis in sorted(axes.items(), key=lambda item: not is_inside(item[0], heads)):
            if name in sources:
                return self.names.shapes[sources[name]][axis]
        return 0

    def _head(
        self, names: list[str], sources: dict[str, str], others: _Others
    ) -> tuple[HeadState, bool]:
        """What the file has for the head; a layer elsewhere that can take its place is taken."""
        needed = [name for name in names if not name.endswith(COUNTER)]
        if all(name in sources for name in needed):
            return HeadState.FITS, False
        weight = f"{self.outline.heads[0]}.weight"
        if not self.outline.is_layer:
            return (HeadState.OTHER if others.in_head else HeadState.ABSENT), False
        bias = weight.removesuffix("weight") + "bias"
        if weight in sources and not others.in_head:
            return HeadState.FITS, bias in needed
        places = others.in_head or others.outside
        stems = [
            name.removesuffix("weight")
            for name in places
            if name.endswith("weight")
            and self.outline.takes(weight, self.names.shapes[name])
            and (others.in_head or not _HEAD_WORDS.isdisjoint(_words(name)))
        ]
        own = {f"{stem}{leaf}" for stem in stems for leaf in ("weight", "bias")}
        if weight in sources or len(stems) != 1 or (own < {*places} and {*places} - own):
            layers = (name for name in places if len(self.names.shapes[name]) > 1)
            is_there = bool(others.in_head) or weight in sources or any(layers)
            return (HeadState.OTHER if is_there else HeadState.ABSENT), False
        stem = stems[0]
        sources[weight] = f"{stem}weight"
        has_bias = f"{stem}bias" in self.names.shapes
        if has_bias and bias in needed:
            sources[bias] = f"{stem}bias"
        return HeadState.FITS, bias in needed and not has_bias


@dataclass(frozen=True, slots=True)
class _Others:
    """Tensors of a file that are no entry of the network, sorted."""

    in_head: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    auxiliary: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


def _words(name: str) -> Iterator[str]:
    for part in name.lower().split("."):
        yield part
        yield from part.split("_")


def _is_aside(name: str) -> bool:
    """Whether a name is that of something else than a network."""
    return not _NO_NETWORK.isdisjoint(_words(name))


def _is_small(name: str, shape: Shape) -> bool:
    """Whether it is a single number, or a colour."""
    count = 1
    for side in shape:
        count *= side
    leaf = name.rpartition(".")[2]
    return count <= 1 or (count <= 4 and ("mean" in leaf or "std" in leaf))


@lru_cache(maxsize=KEPT)
def _outline(model: str, build: BuildConfig) -> _Outline:
    network = _on_meta(model, _CLASSES, build)
    entries = network.state_dict()
    shapes = {name: tuple(value.shape) for name, value in entries.items()}
    heads = head_paths(network)
    is_layer = len(heads) == 1 and isinstance(
        network.get_submodule(heads[0]), nn.Linear | nn.Conv2d
    )
    if is_layer and not any(
        shape[:1] == (_CLASSES,) for name, shape in shapes.items() if not is_inside(name, heads)
    ):
        axes = {name: 0 for name in (f"{heads[0]}.weight", f"{heads[0]}.bias") if name in shapes}
    else:  # what changes with the number of classes belongs to it, e.g. a second head for training
        others = _on_meta(model, _CLASSES + 1, build).state_dict()
        axes = {
            name: next(n for n, side in enumerate(shape) if side != others[name].shape[n])
            for name, shape in shapes.items()
            if tuple(others[name].shape) != shape
        }
    children = tuple(name for name, _ in network.named_children())
    dtypes = {name: value.dtype for name, value in entries.items()}
    return _Outline(shapes, dtypes, axes, heads, is_layer, children)


def _on_meta(model: str, num_classes: int, build: BuildConfig) -> nn.Module:
    with torch.device("meta"):
        return architecture(model, num_classes, build)
