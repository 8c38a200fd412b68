"""A kernel that slides over a map, as convolutions and pools do. Shapes: n pictures, c channels, h rows, w columns."""

from dataclasses import dataclass

from paddock.accelerate.library import UnsupportedError
from paddock.accelerate.tape import Shape

Pair = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A kernel that slides over a map, along height and width."""

    kernel: Pair
    stride: Pair
    padding: Pair
    rounds_up: bool = False
    """A last, incomplete step counts too."""
    overhangs: bool = False
    """A kernel larger than the map counts once, with the part that does fit, if only its stride is as large."""

    def output_hw(self, height: int, width: int) -> Pair:
        """Size of what a map of this size gives.

        Raises:
            UnsupportedError: the kernel does not fit into the map once.
        """
        found = []
        for size, kernel, stride, padding in zip((height, width), self.kernel, self.stride, self.padding, strict=True):
            room = size + 2 * padding - kernel
            if room < 0 and not (self.overhangs and -room < stride):
                raise UnsupportedError(f"a window of {kernel} on a map of {size}")
            found.append(max(-(-room // stride) if self.rounds_up else room // stride, 0) + 1)
        return found[0], found[1]

    def covered_hw(self, height: int, width: int) -> Pair:
        """Size of the map that a transposed convolution of a map of this size covers."""
        sizes = [
            (size - 1) * stride + kernel - 2 * padding
            for size, kernel, stride, padding in zip(
                (height, width), self.kernel, self.stride, self.padding, strict=True
            )
        ]
        return sizes[0], sizes[1]

    def padding_after(self, shape: Shape) -> Pair:
        """Rows and columns that the last step reaches beyond the map."""
        output = self.output_hw(*shape[2:])
        after = [
            (steps - 1) * stride + kernel - size - padding
            for steps, stride, kernel, size, padding in zip(
                output, self.stride, self.kernel, shape[2:], self.padding, strict=True
            )
        ]
        return after[0], after[1]
