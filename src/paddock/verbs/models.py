"""Commands on models, on their runs, and on what they read."""

import argparse
from pathlib import Path

from paddock.verbs.verb import Verb

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


def _ui_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=5000, help="port on this machine (default: 5000)")


MODEL_VERBS = {
    "train": Verb("train a model into outputs/<task>/train", _train_options),
    "eval": Verb("score the trained model on the test split, into outputs/<task>/eval", _eval_options),
    "export": Verb("make the package that PaddleOCR runs, compare it with the trained model, register it"),
    "predict": Verb("read pictures with a registered model", _predict_options, paths="PICTURE|FOLDER", needs_path=True),
    "show": Verb("print the composed PaddleOCR config", _show_options),
    "ui": Verb("open MLflow's pages on the project's runs and models", _ui_options),
    "sync": Verb("send to MLflow what could not be sent while a training ran"),
}
