"""Commands on labels and on the data that are made of them."""

import argparse
from importlib import import_module
from pathlib import Path

from paddock.core.errors import ConfigError
from paddock.verbs.verb import Verb

WRITABLE = (
    *("ppocrlabel", "ppocrlabel_table", "paddleocr_det", "paddleocr_rec", "icdar2015", "icdar2015_rec", "sroie"),
    *("funsd", "pubtabnet", "lmdb", "coco"),
)
"""What `paddock convert` writes; a test compares it with the formats, whose import takes too long here."""


def _format_option(parser: argparse.ArgumentParser) -> None:
    words = "ppocrlabel, sroie... (default: by the names of the files in RAW); see docs/formats.md"
    parser.add_argument("--format", metavar="NAME", help=words)


def _lint_options(parser: argparse.ArgumentParser) -> None:
    _format_option(parser)
    words = "where lint.json and report.html go (default: outputs/lint/<dataset>)"
    parser.add_argument("--report", type=Path, metavar="DIR", help=words)
    words = "codes that are no reason for status 1, as near_duplicate,orphan_image; warning stands for all warnings"
    parser.add_argument("--accept", default="", metavar="CODE,...", help=words)


_LINT_EPILOG = """\
examples:
  paddock lint /data/boxes                            a folder as the annotators left it
  paddock lint /data/receipts --format sroie          where the names of its files do not tell the format
  paddock lint dataset=wire_labels                    the data set of conf/dataset/wire_labels.yaml
  paddock lint /data/boxes dataset.dictionary=dict.txt Global.max_text_length=40
                                                      with what the model will be able to write
  paddock lint /data/boxes dataset.on_error=repair    what is left once paddock has mended what it can
  paddock lint /data/boxes --accept warning           for scripts: status 1 for errors only

Status 0: nothing is left to mend; 1: problems remain; 2: there is nothing to look at. docs/lint.md explains each code.
"""


def _raw_overrides(arguments: argparse.Namespace) -> list[str]:
    """A folder stands for the data set of conf/ that takes any, unless a data set is picked beside it."""
    words = [f"dataset.format={arguments.format}"] if arguments.format else []
    if not arguments.inputs:
        return words
    if len(arguments.inputs) > 1:
        given = " and ".join(map(str, arguments.inputs))
        raise ConfigError(f"{arguments.verb} takes one folder, not {given}. Take one at a time.")
    quoted = import_module("paddock.config.overrides").quoted
    raw = arguments.inputs[0]
    keys = {word.partition("=")[0] for word in [*arguments.overrides, *words]}
    if "dataset" not in keys:
        words += ["dataset=ppocrlabel", f"dataset.name={quoted(raw.resolve().name)}"]
        if "dataset.format" not in keys:
            words.append(f"dataset.format={import_module('paddock.data.formats.guess').guess_format(raw)}")
    return [*words, f"dataset.raw={quoted(str(raw))}"]


def _convert_options(parser: argparse.ArgumentParser) -> None:
    _format_option(parser)
    parser.add_argument("--to", required=True, metavar="FORMAT", help=", ".join(WRITABLE))
    words = "where it goes; replaced as a whole, if paddock wrote it, and left alone otherwise"
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER", help=words)
    words = "copy the pictures; without it they are hard links, and what changes one in place changes the other"
    parser.add_argument("--copy", action="store_true", help=words)


_CONVERT_EPILOG = """\
examples:
  paddock convert /data/boxes --to coco --out /data/boxes_coco
                                                      a PPOCRLabel folder for a tool that reads COCO
  paddock convert /data/coco --to ppocrlabel --out /data/mend
                                                      and back, to be mended in PPOCRLabel
  paddock convert dataset=sroie --to paddleocr_det --out /data/receipts
                                                      the data set of conf/dataset/sroie.yaml
  paddock convert data/prepared/boxes/rec --format paddleocr_rec --to lmdb --out /data/boxes_lmdb
                                                      prepared crops as databases, one for each split

What the other format has no place for is counted, a line each. The raw folder stays as it is. Labels that cannot be
read stop it; dataset.on_error=drop leaves them out. docs/formats.md shows each format.
"""


def _dictionary_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE", help="the dictionary to write; of build and extend")
    words = "also write a table of all characters: how many texts have each, and where"
    parser.add_argument("--counts", type=Path, metavar="FILE", help=words)
    _format_option(parser)


_DICTIONARY_EPILOG = """\
examples:
  paddock dictionary build /data/boxes --out dict.txt      the characters of a folder of labels, by code point
  paddock dictionary check dict.txt /data/boxes            which characters of the labels the dictionary lacks, where
  paddock dictionary check dict.txt dataset=wire_labels    the same of the data set of conf/dataset/wire_labels.yaml
  paddock dictionary extend dict.txt /data/boxes --out new.txt
                                                           the dictionary with what it lacks at its end
  paddock prepare dataset=mine dataset.dictionary=new.txt  then use it; a model that was trained with dict.txt keeps
                                                           what it knows: training.pretrained_dictionary=dict.txt

A file that is there is only ever appended to. Status 1: check found characters that the dictionary lacks.
docs/dictionary.md explains more.
"""


def _dictionary_overrides(arguments: argparse.Namespace) -> list[str]:
    """A file stands for the dictionary, a folder for the data as with `paddock lint`."""
    quoted = import_module("paddock.config.overrides").quoted
    files = [path for path in arguments.inputs if not path.is_dir() and path.suffix]
    if len(files) > 1:
        raise ConfigError(f"dictionary takes one dictionary, not {' and '.join(map(str, files))}.")
    if files and arguments.action == "build":
        raise ConfigError(f"dictionary build starts from labels alone, not from {files[0]}. Use extend.")
    arguments.inputs = [path for path in arguments.inputs if path not in files]
    return [*(f"dataset.dictionary={quoted(str(path))}" for path in files), *_raw_overrides(arguments)]


def _prepare_options(parser: argparse.ArgumentParser) -> None:
    words = "write the lists that dataset.split.test_list and .val_list name and that are not there: what this command "
    words += "puts in the test then stays there, and nothing comes in; see docs/splits.md"
    parser.add_argument("--pin", action="store_true", help=words)
    parser.add_argument("--force", action="store_true", help="prepare again even if nothing has changed")


def _compare_options(parser: argparse.ArgumentParser) -> None:
    words = "where changes.csv and compare.json go (default: outputs/compare/<dataset>)"
    parser.add_argument("--report", type=Path, metavar="DIR", help=words)


_COMPARE_EPILOG = """\
A VERSION is a folder of prepared data, or a git revision: then its data come from DVC's cache, else from its remote.
Without a second one it is the data of now, in data/prepared/<dataset>; without any the first one is HEAD.

examples:
  paddock compare                                     what has changed since the last commit
  paddock compare HEAD~1 HEAD dataset=wire_labels     what the last commit changed in that data set
  paddock compare data/prepared/old data/prepared/new two folders

Pictures are told by what they hold, not by their names. docs/versions.md says what each word means.
"""


def _preview_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--num", type=int, default=12, metavar="N", help="samples, picked by the seed (default: 12)")
    words = "how many epochs of the training are shown (default: 3)"
    parser.add_argument("--epochs", type=int, default=3, metavar="N", help=words)
    words = "train is shown as training changes it (default); val and test as they are scored"
    parser.add_argument("--split", choices=("train", "val", "test"), default="train", help=words)


_PREVIEW_EPILOG = """\
Takes the words of `paddock train`, and draws what that training sees in its first epochs:

  det     boxes on the page and on its cut-outs, grey where they are ignored; cores and outlines as they are learnt
  rec     each line above the text that is learnt
  table   boxes of cells, and the structure that is learnt

examples:
  paddock preview dataset=wire_labels                 12 lines of the training split in three epochs
  paddock preview pipeline=det --num 4 --epochs 5     four pages as the detector sees them in five epochs
  paddock preview experiment=rec_own_data dataset.name=labels dataset.raw=/data/boxes --split val
"""


DATA_VERBS = {
    "lint": Verb(
        "say what is wrong with a folder of labels, and leave it as it is",
        _lint_options,
        paths="RAW",
        epilog=_LINT_EPILOG,
        overrides=_raw_overrides,
    ),
    "convert": Verb(
        "write a folder of labels in another format",
        _convert_options,
        paths="RAW",
        epilog=_CONVERT_EPILOG,
        overrides=_raw_overrides,
    ),
    "dictionary": Verb(
        "build, check or extend the list of characters that a recogniser can write",
        _dictionary_options,
        paths="DICT.txt|RAW",
        epilog=_DICTIONARY_EPILOG,
        overrides=_dictionary_overrides,
        actions=("build", "check", "extend"),
    ),
    "prepare": Verb("read and check the labels, split them, write data/prepared/<dataset>", _prepare_options),
    "compare": Verb(
        "say what was added, removed, relabelled or moved between two versions of the data",
        _compare_options,
        paths="VERSION",
        epilog=_COMPARE_EPILOG,
    ),
    "preview": Verb(
        "draw samples as the model will see them, into outputs/preview", _preview_options, epilog=_PREVIEW_EPILOG
    ),
}
