"""Raw formats: a dataset's ``format`` names an entry of `FORMATS`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.data.formats.icdar2015 import read_icdar2015
from paddock.data.formats.paddleocr_det import read_paddleocr_det
from paddock.data.formats.paddleocr_rec import read_paddleocr_rec
from paddock.data.formats.ppocrlabel import read_ppocrlabel
from paddock.data.formats.ppocrlabel_table import read_ppocrlabel_table
from paddock.data.formats.pubtabnet import read_pubtabnet
from paddock.data.formats.sample import read_sample
from paddock.data.formats.sroie import read_sroie
from paddock.data.raw_data import RawData

FORMATS: Mapping[str, Callable[[Path, DatasetConfig], RawData]] = {
    "icdar2015": read_icdar2015,
    "paddleocr_det": read_paddleocr_det,
    "paddleocr_rec": read_paddleocr_rec,
    "ppocrlabel": read_ppocrlabel,
    "ppocrlabel_table": read_ppocrlabel_table,
    "pubtabnet": read_pubtabnet,
    "sample": read_sample,
    "sroie": read_sroie,
}
