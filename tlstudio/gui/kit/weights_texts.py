"""Weights in icons and words: where they are, and how their download is doing."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.downloads import Download, DownloadProgress, DownloadStatus
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import error_with_hint

translate = QCoreApplication.translate

PLACE_ICONS = {
    WeightsPlace.ON_BOARD: "on_board",
    WeightsPlace.CACHED: "on_machine",
    WeightsPlace.REMOTE: "download",
    WeightsPlace.NONE: "close",
}
_SOON_S = 1.0


def size_text(progress: DownloadProgress) -> str:
    """12.3 MB of 44.7 MB"""
    done = formats.file_size(progress.done_bytes)
    if not progress.total_bytes:
        return done
    total = formats.file_size(progress.total_bytes)
    return translate("weights", "{done} of {total}").format(done=done, total=total)


def progress_text(progress: DownloadProgress) -> str:
    """12.3 MB of 44.7 MB · 3.1 MB/s · 10 s left"""
    parts = [size_text(progress)]
    if progress.bytes_per_s > 0:
        speed = formats.file_size(round(progress.bytes_per_s))
        parts.append(translate("weights", "{size}/s").format(size=speed))
    left = progress.seconds_left
    if left is not None and left > _SOON_S:
        parts.append(translate("weights", "{time} left").format(time=formats.estimate(left)))
    return " · ".join(parts)


def download_text(download: Download) -> str:
    """Describe the state of a download in one or two lines."""
    match download.status:
        case DownloadStatus.QUEUED:
            return translate("weights", "Waits for the one before")
        case DownloadStatus.RUNNING:
            if not download.progress.done_bytes:
                return translate("weights", "Connecting…")
            return progress_text(download.progress)
        case DownloadStatus.STOPPED:
            size = size_text(download.progress)
            return translate("weights", "Stopped at {size}").format(size=size)
        case DownloadStatus.FAILED:
            error = download.error
            if error is None:
                return ""
            return error_with_hint(error)
