"""All randomness of a training is a function of seed and position: there are no random states to save and restore."""

import random

import numpy as np
import paddle

_MODULUS = 2**31 - 1


def seed_all(seed: int, *position: int) -> None:
    """Seed Python, NumPy and Paddle for a place in the training, such as ``(epoch, step)``.

    Called before every step: a resumed training then draws exactly what an uninterrupted one would have drawn.
    """
    mixed = int(np.random.SeedSequence([seed, *position]).generate_state(1)[0]) % _MODULUS
    random.seed(mixed)
    np.random.seed(mixed)
    paddle.seed(mixed)
