"""The package: one folder with everything that deployment needs and the true identity of the model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from paddock.core.errors import ExportError
from paddock.core.files import read_json, sha256_file, write_json

GRAPH_NAME = "inference"
"""PaddleOCR's file stem: inference.json holds the graph, .pdiparams the weights, .yml how pictures are prepared."""

IDENTITY = "paddock.json"


@dataclass(frozen=True)
class Identity:
    """What a package is. The name in inference.yml is an alias that PaddleOCR knows, and says nothing about this.

    All of it follows from the trained model. The run and the revision stand in the registry's tags instead: within the
    package they would make two exports of one model two models.
    """

    model: str
    """File of conf/model/."""
    paddleocr_config: str
    """The PaddleOCR config that the model stands for."""
    task: str
    dataset: str
    dataset_digest: str
    seed: int
    deployed_as: str
    """Name under which paddleocr loads the package."""
    metrics: dict[str, float]
    """Validation scores of the exported checkpoint."""


def write_identity(folder: Path, identity: Identity) -> None:
    """Write paddock.json: the identity, and the hash of every other file of the package."""
    write_json(folder / IDENTITY, {**asdict(identity), "files": _hashes(folder)})


def read_identity(folder: Path) -> Mapping[str, Any]:
    """The content of paddock.json, after checking that the files beside it are the ones that it names.

    Raises:
        ExportError: there is no identity, it is damaged, or a file was changed since the export.
    """
    path = folder / IDENTITY
    if not path.is_file():
        raise ExportError(f"{folder} is no package of paddock: {IDENTITY} is missing. Run `paddock export`.")
    try:
        identity: dict[str, Any] = read_json(path)
    except ValueError as error:
        raise ExportError(f"{path} is damaged: {error}. Run `paddock export` again.") from error
    recorded, found = identity.get("files", {}), _hashes(folder)
    if changed := sorted(name for name in {*recorded, *found} if recorded.get(name) != found.get(name)):
        raise ExportError(
            f"{folder} is not what was exported: {changed[0]} differs from its hash in {IDENTITY}. "
            "Run `paddock export` again."
        )
    return identity


def _hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.iterdir() if path.is_file() and path.name != IDENTITY)
    return {path.name: sha256_file(path) for path in sorted(files)}
