"""Seconds of processor time that a table's tokens take: Paddle operator by operator, and in NumPy.

    python benchmarks/attention_gru.py [steps]

A batch of 8 as SLANet_ch has it for pictures of 488 x 488, forward and backward, then greedy decoding; best of three.
"""

import sys
import time
from collections.abc import Callable

import paddle
from paddle import Tensor, nn

from paddock.accelerate.attention_gru import in_numpy
from paddock.ocr.table.attention_gru import AttentionGRUCell

BATCH, POSITIONS, CHANNELS, HIDDEN, CLASSES = 8, 256, 96, 256, 50


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Measure and print."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    paddle.seed(0)
    cell, classify = AttentionGRUCell(CHANNELS, HIDDEN, CLASSES), nn.Linear(HIDDEN, CLASSES)
    features, tokens = paddle.randn([BATCH, POSITIONS, CHANNELS]), paddle.randint(0, CLASSES, [BATCH, steps])
    features.stop_gradient = False

    def train() -> None:
        cell(features, tokens).sum().backward()

    def decode() -> Tensor:
        with paddle.no_grad():
            return cell.greedy(features, classify, -1, steps)

    plain = _best(train), _best(decode)
    with in_numpy(cell, 1):
        fast = _best(train), _best(decode)
    for name, slow, quick in zip(("training", "decoding"), plain, fast, strict=True):
        print(f"{name}, {steps} steps: Paddle {slow:.2f} s, NumPy {quick:.2f} s, {slow / quick:.1f} times as fast")


if __name__ == "__main__":
    main()
