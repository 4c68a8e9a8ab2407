"""Frames of a camera by OpenCV. Imported when the first camera is opened: the library is large, and belongs to an extra."""

import os

os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")  # it is read when the library is loaded
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2
import numpy as np

from labels.pictures.opening import Grey
from server.ports import PortLost, Silent
from server.scanners.camera_settings import CameraSettings, shown


class Frames:
    """An open camera. PortLost when it is not there, or sends no more."""

    def __init__(self, settings: CameraSettings) -> None:
        self._settings = settings
        cv2.setNumThreads(1)
        self._capture = _usb(settings) if settings.url[0] in "/0123456789" else _network(settings)
        if not self._capture.isOpened():
            self.close()
            raise PortLost(f"The camera {shown(settings.url)} is not there. Is it plugged in and switched on, and is its address right?")

    def wait(self) -> None:
        """Until the next frame has come; at most as long as the camera may be silent."""
        if not self._capture.grab():
            raise self._lost()

    def frame(self) -> Grey:
        """The frame that has come, in grey."""
        is_read, frame = self._capture.retrieve()
        if not is_read or frame is None or frame.size == 0:
            raise self._lost()
        return np.asarray(frame if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)

    @property
    def firmware(self) -> str:
        """By which part of OpenCV it is read."""
        return str(self._capture.getBackendName())

    def close(self) -> None:
        """Gives the camera back."""
        self._capture.release()

    def _lost(self) -> PortLost:
        return Silent(f"The camera {shown(self._settings.url)} sends no frames any more. Is it plugged in and switched on?")


def _usb(settings: CameraSettings) -> cv2.VideoCapture:
    number = int("".join(sign for sign in settings.url if sign.isdigit()))
    capture = cv2.VideoCapture(number, cv2.CAP_ANY)
    if settings.width and settings.height:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    return capture


def _network(settings: CameraSettings) -> cv2.VideoCapture:
    """Frames over RTSP come by TCP, which is OpenCV's own choice: with UDP lost packets tear pictures."""
    silence = round(settings.silence_seconds * 1000)
    return cv2.VideoCapture(settings.url, cv2.CAP_FFMPEG, [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, silence, cv2.CAP_PROP_READ_TIMEOUT_MSEC, silence])
