"""From registry to disk: the package behind an alias, checked, and kept for when the registry cannot be reached.

Layout of ``<root>/scratch/registry/<model>/``::

    <version>-<first 12 digits of sha256>/   a package
    aliases.json                             store -> alias -> version and sha256, as last seen
"""

# ruff: noqa: PLC0415 - MLflow takes seconds to import, so only what talks to a store does

import logging
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paddock.config import schema
from paddock.core.errors import TrackingError
from paddock.core.files import cannot_write, read_json, sha256_folder, write_json
from paddock.core.project import project_root
from paddock.tracking import store as stores
from paddock.tracking.registry import DIGEST_TAG, package_uri
from paddock.tracking.store import Store

if TYPE_CHECKING:
    from mlflow import MlflowClient

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pin:
    """What an alias stood for when it was last looked up."""

    version: int
    sha256: str


def pull(registry: schema.RegistryConfig, tracking: schema.TrackingConfig, alias: str | None = None) -> Path:
    """The folder of the package that ``alias`` stands for, else ``registry.alias``.

    A package is downloaded once; its content is held against the registered checksum at every call. When the
    registry does not answer, the package last pulled under this alias is used, and that is said.

    Raises:
        TrackingError: no such model or alias; no contact and nothing kept; the content is not what was registered.
    """
    wanted = alias or registry.alias
    store = stores.locate(tracking)
    home = project_root() / "scratch" / "registry" / registry.model
    try:
        client = stores.connect(store)
        pin = _look_up(client, registry.model, wanted, store)
    except TrackingError:
        raise
    except Exception as error:  # MLflow, requests or SQLAlchemy
        return _kept_package(home, store, registry.model, wanted, error)
    folder = _folder(home, pin)
    if not (folder.is_dir() and sha256_folder(folder) == pin.sha256):
        _download(client, store, registry.model, pin, folder)
    _remember(home, store, wanted, pin)
    return folder


def _look_up(client: "MlflowClient", model: str, alias: str, store: Store) -> Pin:
    from mlflow.exceptions import MlflowException

    try:
        version = client.get_model_version_by_alias(model, alias)
    except MlflowException as error:
        if not stores.is_refusal(error):
            raise
        raise TrackingError(_no_such_alias(client, model, alias, store)) from error
    digest = version.tags.get(DIGEST_TAG, "")
    if not re.fullmatch(r"[0-9a-f]{64}", digest):  # it becomes part of a path
        raise TrackingError(
            f"{model} version {version.version} in {store.name} has no checksum (tag {DIGEST_TAG}), so paddock did not "
            "register it. Register a package with `dvc repro`."
        )
    return Pin(int(version.version), digest)


def _no_such_alias(client: "MlflowClient", model: str, alias: str, store: Store) -> str:
    from mlflow.exceptions import MlflowException

    try:
        known = sorted(client.get_registered_model(model).aliases)
    except MlflowException as error:
        if not stores.is_refusal(error):
            raise
        return f"{store.name} holds no model {model!r}. Train and register one with `dvc repro`."
    if not known:
        return f"no version of {model} in {store.name} has an alias. Register one with `dvc repro`."
    return f"{model} has no alias {alias!r} in {store.name}; there are {known}. Choose one with --alias."


def _download(client: "MlflowClient", store: Store, model: str, pin: Pin, folder: Path) -> None:
    """Fetch the package next to its place, check it, and only then put it there.

    Raises:
        TrackingError: the download fails, or its content is not what was registered.
    """
    from mlflow.artifacts import download_artifacts

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder.parent, error) from error
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".draft.") as draft:
        source = package_uri(client, model, pin.version)
        try:
            fetched = download_artifacts(
                artifact_uri=source,
                dst_path=draft,
                tracking_uri=store.uri,
                registry_uri=store.uri,
            )
        except Exception as error:  # MLflow, requests, or the driver of the artifact store
            raise TrackingError(
                f"{model} version {pin.version} cannot be fetched from {source} ({stores.root_cause(error)}). "
                "Its files were moved or deleted: register it again with `paddock export`."
            ) from error
        if sha256_folder(Path(fetched)) != pin.sha256:
            raise TrackingError(
                f"{model} version {pin.version} from {store.name} is not what was registered: its checksum is not "
                f"{pin.sha256[:12]}. Register it again with `paddock export`."
            )
        shutil.rmtree(folder, ignore_errors=True)
        Path(fetched).rename(folder)


def _kept_package(home: Path, store: Store, model: str, alias: str, error: Exception) -> Path:
    pins = _pins(home).get(store.name, {})
    if alias not in pins:
        raise TrackingError(
            f"{stores.outage(store, error)} No {model}@{alias} was pulled before, so it is needed now: start it, or "
            "set tracking.uri."
        ) from error
    pin = Pin(**pins[alias])
    folder = _folder(home, pin)
    if not folder.is_dir() or sha256_folder(folder) != pin.sha256:
        raise TrackingError(
            f"{stores.outage(store, error)} The kept package {folder} is missing or was changed: start the store to "
            "pull it again."
        ) from error
    _log.warning("%s Using %s version %d, last pulled as %s.", stores.outage(store, error), model, pin.version, alias)
    return folder


def _remember(home: Path, store: Store, alias: str, pin: Pin) -> None:
    pins = _pins(home)
    if pins.get(store.name, {}).get(alias) != asdict(pin):
        pins.setdefault(store.name, {})[alias] = asdict(pin)
        write_json(home / "aliases.json", pins)


def _pins(home: Path) -> dict[str, Any]:
    path = home / "aliases.json"
    pins: dict[str, Any] = read_json(path) if path.exists() else {}
    return pins


def _folder(home: Path, pin: Pin) -> Path:
    return home / f"{pin.version}-{pin.sha256[:12]}"
