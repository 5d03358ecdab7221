"""Frames of a camera and of videos, where Qt's multimedia is installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QCoreApplication,
    QIODevice,
    QObject,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import QImage, QMovie

MAX_FRAMES = 100_000
ANIMATED = (".gif", ".webp")  # pictures that may have several frames, which Qt reads by itself
RATE = 4.0  # how much faster than in a cinema a video is played
JPEG_QUALITY = 95
translate = QCoreApplication.translate


def has_multimedia() -> bool:
    """Whether cameras and videos can be read here: the extra `camera`."""
    return find_spec("PySide6.QtMultimedia") is not None


def cameras() -> dict[str, Any]:
    """The cameras of this machine by name; empty without any."""
    from PySide6.QtMultimedia import QMediaDevices

    return {device.description(): device for device in QMediaDevices.videoInputs()}


def encoded(image: QImage, kind: str = "JPEG") -> bytes:
    """The picture as the bytes of a JPEG or PNG file."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if kind == "JPEG":
        image.convertToFormat(QImage.Format.Format_RGB888).save(buffer, "JPEG", JPEG_QUALITY)  # type: ignore[call-overload]
    else:
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # bytes, as the stubs want, fail
    return bytes(content.data())


def needs_multimedia() -> str:
    """The sentence for whoever wants a camera or a video without `has_multimedia`."""
    return translate(
        "gather",
        "Cameras and videos need Qt's multimedia, which is not installed: pip install "
        "'tlstudio[camera]'. Animated GIF and WebP pictures work without it.",
    )


class FrameSource(QObject):
    """Pictures that come one after another.

    Signals:
        frame(QImage, float): a picture and its time in seconds since the start.
        ended(): there are no more.
        failed(str): it cannot go on; a sentence for a person.
    """

    frame = Signal(QImage, float)
    ended = Signal()
    failed = Signal(str)

    def start(self) -> None:
        """Begin to deliver."""
        raise NotImplementedError

    def stop(self) -> None:
        """End; nothing more is delivered."""
        raise NotImplementedError

    @property
    def fraction(self) -> float | None:
        """How much of it has been seen, 0..1; None for what has no end."""
        return None


class CameraSource(FrameSource):
    """What a camera sees.

    Args:
        name: one of `cameras`.
    """

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtMultimedia import QCamera, QMediaCaptureSession, QVideoSink

        self._camera = QCamera(cameras()[name], self)
        self._sink = QVideoSink(self)
        self._capture = QMediaCaptureSession(self)
        self._capture.setCamera(self._camera)
        self._capture.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._camera.errorOccurred.connect(self._on_error)

    def start(self) -> None:
        app = QCoreApplication.instance()
        if app is not None and hasattr(app, "requestPermission"):
            from PySide6.QtCore import QCameraPermission, Qt

            permission = QCameraPermission()
            if app.checkPermission(permission) != Qt.PermissionStatus.Granted:
                app.requestPermission(permission, self, self._on_permission)
                return
        self._camera.start()

    def stop(self) -> None:
        self._camera.stop()

    def _on_permission(self, permission: Any) -> None:
        from PySide6.QtCore import Qt

        if permission.status() == Qt.PermissionStatus.Granted:
            self._camera.start()
        else:
            self.failed.emit(translate("gather", "The system does not allow the camera."))

    def _on_frame(self, frame: Any) -> None:
        image = frame.toImage()
        if not image.isNull():
            self.frame.emit(image, frame.startTime() / 1e6)

    def _on_error(self, _error: Any, text: str) -> None:
        self.failed.emit(translate("gather", "The camera cannot be used: {why}").format(why=text))


class VideoSource(FrameSource):
    """The frames of a video, played fast."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtMultimedia import QMediaPlayer, QVideoSink

        self._sink = QVideoSink(self)
        self._player = QMediaPlayer(self)
        self._player.setVideoSink(self._sink)
        self._player.setSource(QUrl.fromLocalFile(str(path)))
        self._player.setPlaybackRate(RATE)
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._player.errorOccurred.connect(self._on_error)
        self._player.mediaStatusChanged.connect(self._on_status)

    @property
    def fraction(self) -> float | None:
        length = self._player.duration()
        return self._player.position() / length if length > 0 else None

    def start(self) -> None:
        self._player.play()

    def stop(self) -> None:
        self._player.stop()

    def _on_frame(self, frame: Any) -> None:
        image = frame.toImage()
        if not image.isNull():
            self.frame.emit(image, max(0, frame.startTime()) / 1e6)

    def _on_status(self, status: Any) -> None:
        if status == type(self._player).MediaStatus.EndOfMedia:
            self.ended.emit()

    def _on_error(self, _error: Any, text: str) -> None:
        self.failed.emit(translate("gather", "The video cannot be read: {why}").format(why=text))


class AnimationSource(FrameSource):
    """The frames of an animated picture; needs nothing but Qt itself."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._movie = QMovie(str(path), QByteArray(), self)
        self._time_s, self._number = 0.0, 0
        self._timer = QTimer(self)  # one frame after another, so that the window lives meanwhile
        self._timer.timeout.connect(self._on_timeout)

    @property
    def fraction(self) -> float | None:
        frames = self._movie.frameCount()
        return self._number / frames if frames > 0 else None

    def start(self) -> None:
        if self._movie.isValid():
            self._timer.start()
        else:
            why = self._movie.lastErrorString()
            self.failed.emit(translate("gather", "The video cannot be read: {why}").format(why=why))

    def stop(self) -> None:
        self._timer.stop()

    def _on_timeout(self) -> None:
        if self._number >= MAX_FRAMES or not self._movie.jumpToFrame(self._number):
            self._timer.stop()
            self.ended.emit()
            return
        self._number += 1
        image, time_s = self._movie.currentImage(), self._time_s
        self._time_s += self._movie.nextFrameDelay() / 1000
        self.frame.emit(image, time_s)


def video_source(path: Path) -> FrameSource:
    """The source for a file, by its suffix."""
    return AnimationSource(path) if path.suffix.lower() in ANIMATED else VideoSource(path)


class EveryFrame(QObject):
    """Lets a frame through for every so many seconds.

    Signals:
        taken(QImage, float): such a frame, and its time in seconds.
    """

    taken = Signal(QImage, float)

    def __init__(self, source: FrameSource, every_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every_s, self._due_s = every_s, 0.0
        source.frame.connect(self._on_frame)

    def _on_frame(self, image: QImage, time_s: float) -> None:
        if time_s >= self._due_s:
            self._due_s = max(self._due_s + self._every_s, time_s)
            self.taken.emit(image, time_s)
