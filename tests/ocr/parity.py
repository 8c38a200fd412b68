"""PaddleOCR's reference numbers, and the rule from which their weights follow; see tests/golden/parity/README.md."""

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(os.environ.get("PADDOCK_PARITY", Path(__file__).parents[1] / "golden" / "parity"))
SALT = os.environ.get("PADDOCK_PARITY_SALT", "")


def reference(name: str) -> Any:
    """Content of ``<name>.json``."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def arrays(name: str) -> Mapping[str, NDArray[Any]]:
    """Content of ``<name>.npz``."""
    with np.load(FOLDER / f"{name}.npz") as stored:
        return dict(stored)


def weights(shapes: Mapping[str, Sequence[int]]) -> dict[str, NDArray[np.float32]]:
    """The values that follow from each parameter's name and shape."""
    return {name: _value(name, tuple(shape)) for name, shape in shapes.items()}


def _value(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if name.endswith("._mean"):
        return np.zeros(shape, np.float32)
    if name.endswith("._variance"):
        return np.ones(shape, np.float32)
    random = np.random.RandomState(zlib.crc32((SALT + name).encode()))
    a = random.standard_normal(shape).astype(np.float32)
    if len(shape) >= 2:
        fan = np.prod(shape[1:]) if len(shape) == 4 else shape[0]
        return (a / np.sqrt(fan)).astype(np.float32)
    return (0.01 * a if "bias" in name.rpartition(".")[2] else 1 + 0.1 * a).astype(np.float32)


def relative_error(found: NDArray[Any], expected: NDArray[Any]) -> float:
    """Largest difference, as a share of the largest expected value."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())
