"""What the registry needs to store a package as an MLflow model."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PYFUNC_MODEL = Path(__file__).with_name("pyfunc_model.py")
"""MLflow copies this file beside the package and runs it where the model is loaded."""

_IMPORTED = ("paddleocr", "paddlex", "numpy", "opencv-contrib-python", "pydantic")
_PADDLE = ("paddlepaddle", "paddlepaddle-gpu")
"""One of the two is installed; both together break."""


def requirements() -> list[str]:
    """Pip requirements of `PYFUNC_MODEL`, at the versions installed here."""
    paddle = [name for name in _PADDLE if _is_installed(name)]
    return [f"{name}=={version(name)}" for name in (*paddle, *_IMPORTED)]


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
