"""Feature maps and filters as pictures with words: what the grid and the viewer show."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPixmap

from tlstudio.core.feature_maps.maps import FeatureMaps, FilterComparison, Filters, MapComparison
from tlstudio.gui.features.feature_maps.lens_worker import LensResult, WeightsChoice
from tlstudio.gui.features.feature_maps.map_colours import map_image, rescaled, tile_image
from tlstudio.gui.kit import formats

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class MapPicture:
    """The picture of a channel or a filter.

    Attributes:
        pixmaps: one, or two side by side: before and after training.
        number: from 0.
        low, high: its least and greatest value; of filters, the ends of its colours.
        ends: what the ends of its colours stand for.
        zeros: share of exact zeros; None for filters and differences.
    """

    pixmaps: tuple[QPixmap, ...]
    number: int
    low: float
    high: float
    ends: tuple[float, float]
    zeros: float | None = None


def pictures_of(result: LensResult, *, same_scale: bool) -> list[MapPicture]:
    """Return the pictures of a result.

    Args:
        result: of the request that is shown.
        same_scale: whether the ends of the colours are those of the whole layer, so that maps can
            be compared with each other, or each map's own, so that weak ones can be seen.
    """
    parts = parts_of(result)
    shown = parts[-1]
    if isinstance(shown, Filters):
        return [
            MapPicture(
                tuple(_tile(part, place) for part in parts if isinstance(part, Filters)),
                number,
                -shown.limits[place],
                shown.limits[place],
                (-shown.limits[place], shown.limits[place]),
            )
            for place, number in enumerate(shown.numbers)
        ]
    maps = [part for part in parts if isinstance(part, FeatureMaps)]
    low, high = min(part.low for part in maps), max(part.high for part in maps)
    same_scale = same_scale or shown.shape.is_point  # alone, one number has no scale
    if shown.is_signed:
        low, high = -max(-low, high), max(-low, high)
    pictures = []
    for place, number in enumerate(shown.channels):
        own = (shown.lows[place], shown.highs[place])
        ends = (low, high) if same_scale else own
        zeros = None if shown.is_signed else shown.zeros[place]
        pixmaps = tuple(_map(part, place, ends) for part in maps)
        pictures.append(MapPicture(pixmaps, number, *own, ends, zeros))
    return pictures


def parts_of(result: LensResult) -> tuple[FeatureMaps | Filters, ...]:
    """Return the parts that are shown: one, or before and after."""
    seen = result.seen
    if not isinstance(seen, MapComparison | FilterComparison):
        return (seen,)
    parts = {
        WeightsChoice.PRETRAINED: (seen.before,),
        WeightsChoice.DIFFERENCE: (seen.difference,),
    }
    return parts.get(result.request.weights, (seen.before, seen.after))


def total_of(result: LensResult) -> int:
    """Count all channels or filters."""
    part = parts_of(result)[0]
    return part.count if isinstance(part, Filters) else part.shape.channels


def photo_of(result: LensResult) -> QPixmap:
    """The image as the network sees it."""
    return QPixmap.fromImage(tile_image(result.pixels))


def is_unchanged(result: LensResult) -> bool:
    """Whether training left the whole layer as it was."""
    part = parts_of(result)[-1]
    if result.request.weights is not WeightsChoice.DIFFERENCE:
        return False
    if isinstance(part, Filters):
        return part.first == 0 and not any(part.limits)
    return part.low == part.high == 0


def number_text(value: float) -> str:
    """Format a value with three digits, e.g. 3.14, 0.0012 or 12,345."""
    if abs(value) >= 1000:
        return formats.count(round(value))
    text = f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
    return "0" if float(f"{value:.3g}") == 0 else text


def words_of(picture: MapPicture, *, is_filter: bool) -> str:
    """Number, range and zeros, in one line."""
    if is_filter:
        head = translate("features_pictures", "Filter {number}")
    else:
        head = translate("features_pictures", "Channel {number}")
    parts = [head.format(number=picture.number)]
    parts.append(
        translate("features_pictures", "{low} to {high}").format(
            low=number_text(picture.low), high=number_text(picture.high)
        )
    )
    if picture.zeros:
        zeros = formats.percent(picture.zeros, 0)
        parts.append(translate("features_pictures", "{share} zeros").format(share=zeros))
    return " · ".join(parts)


def _map(part: FeatureMaps, place: int, ends: tuple[float, float]) -> QPixmap:
    pixels = part.maps[place]
    own = (part.lows[place], part.highs[place])
    if own[0] == own[1] == 0 and part.is_signed:
        own = (-1.0, 1.0)  # nothing changed: all of it is grey, whatever the scale
        ends = own
    if ends != own:
        pixels = rescaled(pixels, *own, *ends)
    return QPixmap.fromImage(map_image(pixels, is_signed=part.is_signed))


def _tile(part: Filters, place: int) -> QPixmap:
    return QPixmap.fromImage(tile_image(part.tiles[place]))
