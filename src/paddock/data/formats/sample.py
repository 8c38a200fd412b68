"""What the built-in renderer writes: pages as PPOCRLabel leaves them, tables as PubTabNet does."""

from dataclasses import replace
from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.data.formats.ppocrlabel import read_ppocrlabel
from paddock.data.formats.pubtabnet import read_pubtabnet
from paddock.data.raw_data import RawData


def read_sample(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read the pages, or ``dataset.label_files`` of them, and the tables.

    Raises:
        DatasetError: a label file is missing.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found = read_ppocrlabel(raw, dataset)
    found.add(read_pubtabnet(raw, replace(dataset, label_files=[])))
    return found
