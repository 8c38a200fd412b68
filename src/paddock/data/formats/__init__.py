"""Raw formats, a file each: ``dataset.format`` names an entry of `FORMATS`, ``paddock convert --to`` of `WRITERS`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.data.formats.coco import read_coco, write_coco
from paddock.data.formats.funsd import read_funsd, write_funsd
from paddock.data.formats.icdar2015 import read_icdar2015, write_icdar2015
from paddock.data.formats.icdar2015_rec import read_icdar2015_rec, write_icdar2015_rec
from paddock.data.formats.lmdb import read_lmdb, write_lmdb
from paddock.data.formats.paddleocr_det import read_paddleocr_det, write_paddleocr_det
from paddock.data.formats.paddleocr_rec import read_paddleocr_rec, write_paddleocr_rec
from paddock.data.formats.ppocrlabel import read_ppocrlabel, write_ppocrlabel
from paddock.data.formats.ppocrlabel_table import read_ppocrlabel_table, write_ppocrlabel_table
from paddock.data.formats.pubtabnet import read_pubtabnet, write_pubtabnet
from paddock.data.formats.sample import read_sample
from paddock.data.formats.sroie import read_sroie, write_sroie
from paddock.data.formats.target import Writer
from paddock.data.raw_data import RawData

FORMATS: Mapping[str, Callable[[Path, DatasetConfig], RawData]] = {
    "coco": read_coco,
    "funsd": read_funsd,
    "icdar2015": read_icdar2015,
    "icdar2015_rec": read_icdar2015_rec,
    "lmdb": read_lmdb,
    "paddleocr_det": read_paddleocr_det,
    "paddleocr_rec": read_paddleocr_rec,
    "ppocrlabel": read_ppocrlabel,
    "ppocrlabel_table": read_ppocrlabel_table,
    "pubtabnet": read_pubtabnet,
    "sample": read_sample,
    "sroie": read_sroie,
}

WRITERS: Mapping[str, Writer] = {
    "coco": Writer(write_coco, ("pages",)),
    "funsd": Writer(write_funsd, ("pages",)),
    "icdar2015": Writer(write_icdar2015, ("pages",)),
    "icdar2015_rec": Writer(write_icdar2015_rec, ("crops",)),
    "lmdb": Writer(write_lmdb, ("crops",)),
    "paddleocr_det": Writer(write_paddleocr_det, ("pages",)),
    "paddleocr_rec": Writer(write_paddleocr_rec, ("crops",)),
    "ppocrlabel": Writer(write_ppocrlabel, ("pages", "crops")),
    "ppocrlabel_table": Writer(write_ppocrlabel_table, ("tables",)),
    "pubtabnet": Writer(write_pubtabnet, ("tables",)),
    "sroie": Writer(write_sroie, ("pages",)),
}
