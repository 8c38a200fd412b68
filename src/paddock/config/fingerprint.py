"""The name of a training: equal for equal trainings, so that a killed one finds its checkpoints again."""

import hashlib
import json
from typing import Any

from paddock.config.schema import Config
from paddock.config.stored import plain

_NOT_TRAINING = ("tracking", "registry", "export", "test", "output_dir", "metrics_dir", "prepared_dir", "dataset")
_NOT_TRAINING_GLOBAL = (
    "checkpoints",  # `Global.checkpoints=last` resumes a training and must find it
    "save_model_dir",
    "save_inference_dir",
    "save_res_path",
    "infer_img",
    "print_batch_step",
    "use_visualdl",
)


def fingerprint(config: Config, data_digest: str, *more: str) -> str:
    """Hex SHA-256 of what decides how a training runs.

    Args:
        data_digest: of the prepared data; it stands for dataset.* and for where that data lies.
        more: whatever else must be equal, such as a digest of the code.
    """
    values: dict[str, Any] = {key: value for key, value in plain(config).items() if key not in _NOT_TRAINING}
    values["Global"] = {key: value for key, value in values["Global"].items() if key not in _NOT_TRAINING_GLOBAL}
    values = _relative(values, f"{config.prepared_dir}/")
    text = json.dumps([values, data_digest, *more], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _relative(value: Any, folder: str) -> Any:
    """Paths below ``folder`` without it, wherever they stand."""
    if isinstance(value, dict):
        return {key: _relative(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [_relative(item, folder) for item in value]
    return value.removeprefix(folder) if isinstance(value, str) else value
