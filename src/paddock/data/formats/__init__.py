"""Raw formats: a dataset's ``format`` names an entry of `FORMATS`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.data.formats.icdar2015 import read_icdar2015
from paddock.data.formats.paddleocr_det import read_paddleocr_det
from paddock.data.formats.paddleocr_rec import read_paddleocr_rec
from paddock.data.formats.ppocrlabel import read_ppocrlabel
from paddock.data.formats.sroie import read_sroie
from paddock.data.samples import RawData

FORMATS: Mapping[str, Callable[[Path, DatasetConfig], RawData]] = {
    "icdar2015": read_icdar2015,
    "paddleocr_det": read_paddleocr_det,
    "paddleocr_rec": read_paddleocr_rec,
    "ppocrlabel": read_ppocrlabel,
    "sample": read_ppocrlabel,  # the renderer writes what PPOCRLabel would
    "sroie": read_sroie,
}
