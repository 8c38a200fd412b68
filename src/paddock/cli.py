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


def _train_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-m", "--multirun", action="store_true", help="sweep: train every combination of values given with commas"
    )


def _prepare_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="prepare again even if nothing has changed")


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
    words = "ppocrlabel, sroie... (default: by the names of the files in RAW); see docs/pipeline.md"
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


def _lint_overrides(arguments: argparse.Namespace) -> list[str]:
    """A folder stands for the data set of conf/ that takes any, unless a data set is picked beside it."""
    words = [f"dataset.format={arguments.format}"] if arguments.format else []
    if not arguments.inputs:
        return words
    if len(arguments.inputs) > 1:
        raise ConfigError(f"lint takes one folder, not {' and '.join(map(str, arguments.inputs))}. Lint one at a time.")
    quoted = import_module("paddock.config.overrides").quoted
    raw = arguments.inputs[0]
    keys = {word.partition("=")[0] for word in [*arguments.overrides, *words]}
    if "dataset" not in keys:
        words += ["dataset=ppocrlabel", f"dataset.name={quoted(raw.resolve().name)}"]
        if "dataset.format" not in keys:
            words.append(f"dataset.format={import_module('paddock.data.formats.guess').guess_format(raw)}")
    return [*words, f"dataset.raw={quoted(str(raw))}"]


def _ui_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=5000, help="port on this machine (default: 5000)")


VERBS = {
    "lint": Verb(
        "say what is wrong with a folder of labels, and leave it as it is",
        _lint_options,
        paths="RAW",
        epilog=_LINT_EPILOG,
        overrides=_lint_overrides,
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
        Exit status: 0 done, 1 a trial of a sweep failed or lint found problems, 2 the user can mend it, 130
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
    lines = [f"  {name:<10}{verb.summary}" for name, verb in VERBS.items()]
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
