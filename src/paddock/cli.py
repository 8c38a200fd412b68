"""The command line: a verb names a stage, KEY=VALUE words compose its config. Late imports keep `--help` quick."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError, PaddockError
from paddock.core.log import start_log

HELP = """\
usage: paddock VERB [KEY=VALUE ...] [options]

paddock trains OCR models on labelled images, records every run, and reads text with what it trained.

{verbs}

KEY=VALUE lays a value over conf/ and params.yaml. The keys are PaddleOCR's own; lower-case ones are paddock's.
A key that names a folder of conf/ picks a file there: model=rec_crnn_r34 takes conf/model/rec_crnn_r34.yaml.

examples:
  paddock lint /data/boxes                               what is wrong with a folder of labels, with a report
  dvc repro                                              everything that params.yaml describes, only what changed
  paddock train dataset=wire_labels Global.epoch_num=5   one training on other data
  paddock train -m Optimizer.lr.learning_rate=1e-3,5e-4  a sweep: one training for each combination of values
  paddock show model=rec_crnn_r34                        the PaddleOCR config that would be trained
  paddock predict page.jpg                               read a picture with the deployed model

`paddock VERB --help` explains one verb; `paddock train --help` lists what can be picked and set.
"""

COMMON_KEYS = {
    "Global.epoch_num=30": "passes over the training set",
    "Optimizer.lr.learning_rate=5e-4": "highest learning rate",
    "Optimizer.lr.name=Cosine": "Const, Cosine, Linear or Piecewise",
    "Optimizer.lr.warmup_epoch=1": "epochs in which the learning rate grows from 0",
    "Train.loader.batch_size_per_card=64": "samples a step on one device",
    "Global.pretrained_model=PATH": "weights to start from (.pdparams)",
    "Global.checkpoints=last": "go on with a training that was stopped",
    "Global.d2s_train_image_shape=[3,32,160]": "size to which text lines are scaled",
    "training.patience=5": "stop after so many evaluations without a better best",
    "training.time_limit_min=30": "stop after so many minutes",
    "training.mix.old_data=0.3": "learn beside it from three tenths of another prepared data set",
    "dataset.on_error=drop": "leave out labels that cannot be used; repair mends what is safe first",
    "seed=1": "everything random follows from it",
}
"""Shown by `paddock train --help`; a test composes each of them."""

TOGETHER = {
    "pages": "score the exported detector and recogniser together on whole pages of a split, into outputs/pages",
    "tables": "score the exported table model, detector and recogniser together on tables, into outputs/tables",
}
"""Options of `paddock eval`; each is a stage of its own."""

EXTRAS = {
    "--orientation": "first turn pages that lie on their side or on their head",
    "--unwarping": "first flatten pages that are bent",
    "--textline-orientation": "turn lines that stand on their head; of pages and tables",
}
"""Options of `paddock predict`."""


WRITABLE = (
    *("ppocrlabel", "ppocrlabel_table", "paddleocr_det", "paddleocr_rec", "icdar2015", "icdar2015_rec", "sroie"),
    *("funsd", "pubtabnet", "lmdb", "coco"),
)
"""What `paddock convert` writes; a test compares it with the formats, whose import takes too long here."""


@dataclass(frozen=True)
class Verb:
    """One command."""

    summary: str
    add_options: Callable[[argparse.ArgumentParser], None] | None = None
    paths: str = ""
    """What words are that are no KEY=VALUE, for a verb that takes such."""
    needs_path: bool = False
    epilog: str | None = None
    """What `--help` says below the options."""
    overrides: Callable[[argparse.Namespace], list[str]] | None = None
    """Words that options and paths stand for; those of the command line come after them."""
    actions: Sequence[str] = ()
    """What the word after the verb may be, for a verb that needs one."""


def _prepare_options(parser: argparse.ArgumentParser) -> None:
    words = "write the lists that dataset.split.test_list and .val_list name and that are not there: what this command "
    words += "puts in the test then stays there, and nothing comes in; see docs/splits.md"
    parser.add_argument("--pin", action="store_true", help=words)


def _train_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-m", "--multirun", action="store_true", help="sweep: train every combination of values given with commas"
    )


def _eval_options(parser: argparse.ArgumentParser) -> None:
    together = parser.add_mutually_exclusive_group()
    for option, words in TOGETHER.items():
        splits = ("train", "val", "test")
        together.add_argument(f"--{option}", nargs="?", const="test", choices=splits, metavar="SPLIT", help=words)


def _predict_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--alias", help="which version of the model (default: registry.alias, champion)")
    words = (
        "pages: find the texts, then read them (default); rec: each picture is one line; table: each picture is one "
        "table, which becomes HTML, Excel and a picture with its cells"
    )
    parser.add_argument("--task", default="pages", metavar="pages|rec|table", help=words)
    parser.add_argument("--out", choices=("text", "json"), default="text", help="form of the result (default: text)")
    words = "also draw the pictures beside their readings; where the files of tables go (default: outputs/predict)"
    parser.add_argument("--save", type=Path, metavar="DIR", help=words)
    fetched = "PaddleOCR's model for it is fetched the first time"
    for option, words in EXTRAS.items():
        parser.add_argument(option, action="store_true", help=f"{words}; {fetched}")


def _show_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="with paddock's own keys")
    words = "the command that trains the same with PaddleOCR's own config and -o"
    parser.add_argument("--overrides", dest="overrides_only", action="store_true", help=words)


def _lint_options(parser: argparse.ArgumentParser) -> None:
    words = "ppocrlabel, sroie... (default: by the names of the files in RAW); see docs/formats.md"
    parser.add_argument("--format", metavar="NAME", help=words)
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


def _convert_options(parser: argparse.ArgumentParser) -> None:
    words = "ppocrlabel, sroie... (default: by the names of the files in RAW); see docs/formats.md"
    parser.add_argument("--format", metavar="NAME", help=words)
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


def _dictionary_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE", help="the dictionary to write; of build and extend")
    words = "also write a table of all characters: how many texts have each, and where"
    parser.add_argument("--counts", type=Path, metavar="FILE", help=words)
    words = "ppocrlabel, sroie... (default: by the names of the files in RAW); see docs/formats.md"
    parser.add_argument("--format", metavar="NAME", help=words)


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


def _ui_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=5000, help="port on this machine (default: 5000)")


VERBS = {
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
    "compare": Verb(
        "say what was added, removed, relabelled or moved between two versions of the data",
        _compare_options,
        paths="VERSION",
        epilog=_COMPARE_EPILOG,
    ),
    "preview": Verb(
        "draw samples as the model will see them, into outputs/preview", _preview_options, epilog=_PREVIEW_EPILOG
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
    "train": Verb("train a model into outputs/<task>/train", _train_options),
    "eval": Verb("score the trained model on the test split, into outputs/<task>/eval", _eval_options),
    "export": Verb("make the package that PaddleOCR runs, compare it with the trained model, register it"),
    "predict": Verb("read pictures with a registered model", _predict_options, paths="PICTURE|FOLDER", needs_path=True),
    "show": Verb("print the composed PaddleOCR config", _show_options),
    "ui": Verb("open MLflow's pages on the project's runs and models", _ui_options),
    "sync": Verb("send to MLflow what could not be sent while a training ran"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        Exit status: 0 done, 1 a trial of a sweep failed or a check found problems, 2 the user can mend it, 130
        interrupted.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help(), end="")
        return 0
    if words[0] in ("-V", "--version"):
        print(f"paddock {import_module('importlib.metadata').version('paddock')}")
        return 0
    name = words[0]
    if name not in VERBS:
        print(f"paddock: there is no command {name!r}. {did_you_mean(name, VERBS)}", file=sys.stderr)
        return 2
    arguments = parse(name, words[1:])
    start_log()
    try:
        return _run(arguments)
    except PaddockError as error:
        print(f"paddock {name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"paddock {name}: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `paddock show | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parse(name: str, words: Sequence[str]) -> argparse.Namespace:
    """The options of one verb, its ``overrides``, and for a verb that takes paths its ``inputs``."""
    verb = VERBS[name]
    parser = argparse.ArgumentParser(
        prog=f"paddock {name}",
        description=f"{name}: {verb.summary}.",
        epilog=_choices() if name in ("prepare", "train", "show") else verb.epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if verb.actions:
        parser.add_argument("action", choices=verb.actions, metavar="|".join(verb.actions), help="what to do")
    if verb.paths:
        number = "+" if verb.needs_path else "*"
        parser.add_argument("words", nargs=number, metavar=f"{verb.paths}|KEY=VALUE", help="what to read; overrides")
    else:
        parser.add_argument("words", nargs="*", metavar="KEY=VALUE", help="laid over conf/ and params.yaml")
    if verb.add_options:
        verb.add_options(parser)
    arguments = parser.parse_intermixed_args(list(words))
    arguments.verb = name
    arguments.inputs = [Path(word) for word in arguments.words if verb.paths and _is_path(word)]
    arguments.overrides = [word for word in arguments.words if not (verb.paths and _is_path(word))]
    return arguments


def _run(arguments: argparse.Namespace) -> int:
    """Compose the config and call the stage; a sweep's stage starts from the config of its first trial."""
    if overrides := VERBS[arguments.verb].overrides:
        arguments.overrides = [*overrides(arguments), *arguments.overrides]
    if getattr(arguments, "multirun", False):
        config = import_module("paddock.config.sweep").first_trial(arguments.overrides)
        stage = import_module("paddock.stages.sweep")
    else:
        config = import_module("paddock.config.compose").compose(arguments.overrides)
        together = next((f"_{option}" for option in TOGETHER if getattr(arguments, option, None)), "")
        stage = import_module(f"paddock.stages.{arguments.verb}{together}")
    return int(stage.run(config, arguments) or 0)


def _is_path(word: str) -> bool:
    return "=" not in word or Path(word).exists()


def _help() -> str:
    lines = [f"  {name:<12}{verb.summary}" for name, verb in VERBS.items()]
    return HELP.format(verbs="\n".join(lines))


def _choices() -> str:
    """What conf/ offers and which values are worth setting."""
    from paddock.config import folders  # noqa: PLC0415 - PyYAML costs a quarter of what --help may take

    width = max(len(word) for word in COMMON_KEYS) + 2
    lines = ["values worth setting (PaddleOCR's documentation explains every key in capitals):"]
    lines += [f"  {word:<{width}}{meaning}" for word, meaning in COMMON_KEYS.items()]
    try:
        conf = folders.conf_folder(Path())
    except PaddockError:
        return "\n".join([*lines, "", "In a project folder this also lists the files of conf/ that can be picked."])
    lines += ["", "what can be picked, from conf/:"]
    lines += [f"  {group}={'|'.join(folders.options(conf, group))}" for group in folders.groups(conf)]
    return "\n".join(lines)
