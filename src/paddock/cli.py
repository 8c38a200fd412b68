"""The command line: a verb names a stage, KEY=VALUE words compose its config. Late imports keep `--help` quick."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from paddock.core.build import did_you_mean
from paddock.core.errors import PaddockError
from paddock.core.log import start_log
from paddock.verbs import VERBS
from paddock.verbs.models import TOGETHER

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
