"""How large a map is after a convolution or pooling, by the formula of all courses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowSize:
    """A square window that walks over a square picture; all lengths in pixels.

    Attributes:
        pixels: side of the picture.
        kernel: side of the window.
        stride: from one place of the window to the next.
        padding: zeros at each side of the picture.
    """

    pixels: int
    kernel: int
    stride: int = 1
    padding: int = 0

    @property
    def padded(self) -> int:
        """Side of the picture with its padding."""
        return self.pixels + 2 * self.padding

    @property
    def outputs(self) -> int:
        """Side of the map; 0 where the window is larger than the padded picture."""
        room = self.padded - self.kernel
        return room // self.stride + 1 if room >= 0 else 0

    @property
    def unseen(self) -> int:
        """Pixels at the right and at the bottom that the stride skips."""
        return self.padded - self.kernel - (self.outputs - 1) * self.stride if self.outputs else 0
