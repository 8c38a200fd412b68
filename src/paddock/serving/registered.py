"""From an exported package to a version in the registry that anybody can load as an MLflow model."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from paddock.config.schema import RegistryConfig, TrackingConfig
from paddock.export.package import read_identity
from paddock.tracking.registry import Version, register_package
from paddock.tracking.sweep import store_run_id

_HERE = Path(__file__).parent
PYFUNC_MODELS = {
    "det": _HERE / "pyfunc_detector.py",
    "rec": _HERE / "pyfunc_recognizer.py",
    "table": _HERE / "pyfunc_table.py",
}
"""For each task the file that MLflow copies beside the package, alone, and runs where the model is loaded."""

_TAGS = ("task", "model", "paddleocr_config", "dataset", "dataset_digest", "deployed_as")
_IMPORTED = ("paddleocr", "paddlex", "numpy", "opencv-contrib-python", "pydantic")
_PADDLE = ("paddlepaddle", "paddlepaddle-gpu")
"""One of the two is installed; both together break."""


def register(
    package: Path, registry: RegistryConfig, tracking: TrackingConfig, local_id: str, metrics: Mapping[str, float]
) -> Version:
    """Register ``package`` under the run that trained it; a package that is registered already stays one version.

    Args:
        local_id: the run's name on this machine.
        metrics: scores that stand beside the version.

    Raises:
        TrackingError: the store does not answer or refuses.
        ExportError: the folder is no package.
    """
    identity = read_identity(package)
    return register_package(
        package,
        registry,
        tracking,
        run_id=store_run_id(tracking, local_id),
        python_model=PYFUNC_MODELS[identity["task"]],
        requirements=requirements(),
        tags={name: str(identity[name]) for name in _TAGS},
        metrics=metrics,
    )


def requirements() -> list[str]:
    """Pip requirements of `PYFUNC_MODELS`, at the versions installed here."""
    paddle = [name for name in _PADDLE if _is_installed(name)]
    return [f"{name}=={version(name)}" for name in (*paddle, *_IMPORTED)]


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
