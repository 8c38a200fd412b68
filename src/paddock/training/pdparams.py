"""Reading PaddleOCR's ``.pdparams`` and ``.pdopt`` files, which are pickles, without running what they contain."""

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from paddock.core.errors import CheckpointError

_NAME_TABLE = "StructuredToParameterName@@"
"""Paddle's own entry beside the arrays; it maps structured names to internal ones."""

_HARMLESS: frozenset[tuple[str, str]] = frozenset(
    {
        ("collections", "OrderedDict"),
        ("_codecs", "encode"),
        ("builtins", "tuple"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy.core.multiarray", "scalar"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
        ("numpy.core.numeric", "_frombuffer"),
    }
)
"""Everything that arrays, names and numbers need. Anything else could run code."""


class _ForbiddenGlobal(pickle.UnpicklingError):
    """The pickle asks for something that is not data."""


class _DataUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        if (module, name) not in _HARMLESS:
            raise _ForbiddenGlobal(f"{module}.{name}")
        found = super().find_class(module, name)
        assert callable(found)  # each name above is a class or a function
        return found


def read_arrays(path: Path) -> dict[str, Any]:
    """The entries of a file that ``paddle.save`` wrote: arrays, and what lies beside them, by name.

    Raises:
        CheckpointError: the file is missing, is no such file, or asks to run code.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"checkpoint {path} cannot be read: {error.strerror}. Correct the path.") from error
    try:
        value = _DataUnpickler(io.BytesIO(content), encoding="latin1").load()
    except _ForbiddenGlobal as error:
        raise CheckpointError(
            f"{path} tries to call {error}, which weights never need: it was not loaded. Get the file from its source "
            "again, and do not open it with another tool."
        ) from error
    except Exception as error:  # a damaged pickle raises nearly anything
        raise CheckpointError(
            f"{path} is no PaddleOCR checkpoint ({type(error).__name__}: {error}). Name a .pdparams file."
        ) from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} holds a {type(value).__name__}, not named weights. Name a .pdparams file.")
    return {str(name): _array(entry) for name, entry in value.items() if name != _NAME_TABLE}


def _array(entry: Any) -> Any:
    """``paddle.save`` writes a tensor as (name, array); older releases wrote the array."""
    if isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[1], np.ndarray):
        return entry[1]
    return entry
