"""eval --pages: exported detector + exported recogniser + labelled pages -> outputs/pages, a run of its own."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from paddock.config.schema import Config
from paddock.data.prepared import DETECTION, RECOGNITION, PreparedDet
from paddock.ocr.end_to_end import metrics
from paddock.serving.end_to_end import read_split, write_report
from paddock.stages.together import evaluate


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Read every page of a split as `paddock predict` does, and score what was found and read together."""

    def scores(packages: Sequence[Path], folder: Path) -> dict[str, float]:
        detector, recognizer = packages
        layout = PreparedDet(Path(config.prepared_dir) / DETECTION)
        pages = read_split(detector, recognizer, layout, arguments.pages)
        write_report(pages, folder, config.training.gallery_size)
        return metrics(pages)

    evaluate(config, "pages", (DETECTION, RECOGNITION), arguments.pages, scores)
