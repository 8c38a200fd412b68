"""convert: a raw folder -> the same labels in another format, with the pictures linked."""

import argparse

from paddock.config.schema import Config
from paddock.data.convert import Conversion, convert_dataset
from paddock.data.findings import counted
from paddock.data.problem_codes import CODES


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Write the chosen data set as ``arguments.to`` and say what could not come along."""
    dataset, out = config.dataset, arguments.out
    done = convert_dataset(dataset, config.seed, arguments.to, out, copy=arguments.copy)
    print("\n".join([f"{dataset.name}, read as {dataset.format}", *_missing(done, arguments.to)]))
    pictures = {"linked": done.num_linked, "copied": done.num_copied}
    told = " and ".join(f"{count:,} {verb}" for verb, count in pictures.items() if count)
    print(f"written to {out} as {arguments.to}: {counted(done.num_written)}; pictures: {told}")
    words = [f"dataset.format={arguments.to}", f"dataset.raw={out}"]
    if done.label_files:
        words.append(f"dataset.label_files=[{','.join(done.label_files)}]")
    print(f"to read it: {' '.join(words)}")


def _missing(done: Conversion, to: str) -> list[str]:
    lines = [f"  {count:>6,} {code}: {CODES[code].meaning}" for code, count in done.left_behind.items()]
    if lines:
        lines = ["not read (`paddock lint` says where):", *lines]
    if done.lost:
        lines += [f"{to} has no place for:", *(f"  {count:>6,} {what}" for what, count in done.lost.items())]
    return lines or ["nothing is lost"]
