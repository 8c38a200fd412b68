"""Where the arrays of a program lie: arrays that are never needed at the same time share memory."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ALIGNMENT = 64
"""Bytes; a cache line, and the widest vector register."""


@dataclass(eq=False)
class Buffer:
    """Room for one array."""

    size: int
    """Bytes."""
    offset: int = -1
    """From the start of the arena; -1 for what lies outside it or has no place yet."""
    is_external: bool = False


def place(steps: Sequence[Sequence[Buffer]], successors: Mapping[Buffer, Buffer]) -> int:
    """Give each buffer its offset, and return the size of the arena in bytes.

    Args:
        steps: the buffers that each step reads or writes, in the order of execution.
        successors: buffers that may take the place of another one, because the step that first writes them can work
            in place.
    """
    last_use = {buffer: number for number, buffers in enumerate(steps) for buffer in buffers if not buffer.is_external}
    free = _FreeBlocks()
    for number, buffers in enumerate(steps):
        inherited = set()
        for buffer in dict.fromkeys(buffers):
            if buffer.is_external or buffer.offset >= 0:
                continue
            origin = successors.get(buffer)
            if origin and not origin.is_external and last_use[origin] == number and origin.size == buffer.size:
                buffer.offset = origin.offset
                inherited.add(origin)
            else:
                buffer.offset = free.take(_aligned(buffer.size))
        for buffer in dict.fromkeys(buffers):
            if not buffer.is_external and last_use[buffer] == number and buffer not in inherited:
                free.give(buffer.offset, _aligned(buffer.size))
    return free.end


class _FreeBlocks:
    """The gaps between the buffers in use; the arena grows at its end when none is large enough."""

    def __init__(self) -> None:
        self.end = 0
        self._gaps: list[tuple[int, int]] = []
        """Offset and size, ordered by offset, never adjacent."""

    def take(self, size: int) -> int:
        fitting = [(gap_size, offset) for offset, gap_size in self._gaps if gap_size >= size]
        if not fitting:
            return self._grow(size)
        gap_size, offset = min(fitting)
        self._gaps.remove((offset, gap_size))
        if gap_size > size:
            self.give(offset + size, gap_size - size)
        return offset

    def give(self, offset: int, size: int) -> None:
        index = bisect_left(self._gaps, (offset, 0))
        if index < len(self._gaps) and self._gaps[index][0] == offset + size:
            size += self._gaps.pop(index)[1]
        if index > 0 and sum(self._gaps[index - 1]) == offset:
            offset, previous_size = self._gaps.pop(index - 1)
            size, index = size + previous_size, index - 1
        self._gaps.insert(index, (offset, size))

    def _grow(self, size: int) -> int:
        offset = self.end
        if self._gaps and sum(self._gaps[-1]) == self.end:
            offset, _ = self._gaps.pop()
        self.end = offset + size
        return offset


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
