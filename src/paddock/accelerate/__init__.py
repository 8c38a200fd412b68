"""CPU training several times faster than with Paddle's own convolutions, to the same numbers."""

from paddock.accelerate.accelerated import accelerated

__all__ = ["accelerated"]
