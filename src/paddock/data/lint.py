"""A raw folder looked at without preparing it: nothing is written into it."""

from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.core.errors import ConfigError
from paddock.data.check_raw import check_raw, raw_folder, read_raw
from paddock.data.findings import Findings


def lint_dataset(dataset: DatasetConfig, seed: int, max_text_length: int | None = None) -> Findings:
    """Read and check ``dataset`` as `paddock prepare` does.

    Args:
        max_text_length: of the model that is to read the texts, if one is chosen.

    Raises:
        ConfigError: a key of ``dataset`` cannot be used.
        DatasetError: the folder, a label file or the dictionary is missing.
    """
    return Findings.of(check_raw(read_raw(dataset, seed), dataset, seed, drafts=None), dataset, max_text_length)


def refuse_inside(option: str, folder: Path, dataset: DatasetConfig) -> None:
    """Keep what paddock writes out of the raw folder.

    Args:
        option: which ``folder`` is the value of.

    Raises:
        ConfigError: ``folder`` is the raw folder, or lies in it.
    """
    raw = raw_folder(dataset).resolve()
    if folder.resolve().is_relative_to(raw):
        raise ConfigError(f"{option} {folder} lies in the raw folder {raw}, which stays as it is. Choose another one.")
