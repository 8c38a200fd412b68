"""What a person sees while a training runs: speed, memory, time left."""

import resource
import sys
import time
from collections import deque
from dataclasses import dataclass, field


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, in MB (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def duration(seconds: float) -> str:
    """``1:02:03`` for 3723 seconds."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:d}:{minutes:02d}:{seconds:02d}"


@dataclass
class Speedometer:
    """Samples a second over the last steps, and the time that the steps left will take."""

    window: int
    """Steps that an average covers."""
    _marks: deque[tuple[float, int]] = field(init=False)
    _samples: int = 0

    def __post_init__(self) -> None:
        self._marks = deque([(time.perf_counter(), 0)], maxlen=self.window + 1)

    def tick(self, samples: int) -> None:
        """Count a step over ``samples`` samples."""
        self._samples += samples
        self._marks.append((time.perf_counter(), self._samples))

    def pause(self, seconds: float) -> None:
        """Leave out a pause such as an evaluation."""
        self._marks = deque(((mark + seconds, count) for mark, count in self._marks), maxlen=self.window + 1)

    def samples_per_s(self) -> float:
        """Average over the window."""
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / max(end - start, 1e-9)

    def remaining_s(self, steps_left: int) -> float:
        """Time for ``steps_left`` more steps at the average speed."""
        (start, _), (end, _) = self._marks[0], self._marks[-1]
        return (end - start) / max(len(self._marks) - 1, 1) * steps_left
