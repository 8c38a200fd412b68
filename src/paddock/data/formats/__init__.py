"""Raw formats for text recognition: a dataset's ``format`` names an entry of `FORMATS`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.data.formats.paddleocr_rec import read_paddleocr_rec
from paddock.data.formats.ppocrlabel import read_ppocrlabel
from paddock.data.samples import RawRec

FORMATS: Mapping[str, Callable[[Path, DatasetConfig], RawRec]] = {
    "paddleocr_rec": read_paddleocr_rec,
    "ppocrlabel": read_ppocrlabel,
    "sample": read_ppocrlabel,  # the renderer writes what PPOCRLabel would
}
