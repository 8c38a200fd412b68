"""What an evaluation shows: a table of every sample, scores by length and by character, plots of both."""

from pathlib import Path
from typing import Any

from paddock.core.files import write_csv, write_json
from paddock.data.plot import new_figure, write_plot
from paddock.data.sheet import printable
from paddock.ocr.rec.metric import by_character, by_length
from paddock.ocr.rec.scorer import RecScorer, ScoredLine

_MOST_CHARACTERS = 80
"""Bars of one plot; of a larger charset the most frequent are drawn, the table has all."""


FACE = "DejaVu Sans Mono"
"""The face whose characters `printable` knows."""


def rows(lines: list[ScoredLine]) -> list[dict[str, Any]]:
    """The per-sample table."""
    return [
        {
            "image": str(line.image),
            "truth": line.truth,
            "reading": line.reading,
            "confidence": round(line.confidence, 4),
            "exact": line.exact,
            "edits": line.edits,
            "unreadable": line.unreadable,
        }
        for line in lines
    ]


def write(scorer: RecScorer, folder: Path) -> None:
    """Write ``samples.csv``, ``by_length.json``, ``by_character.json`` and a plot of each into ``folder``."""
    pairs = scorer.pairs()
    lengths = by_length(pairs)
    characters = by_character(pairs)
    write_csv(folder / "samples.csv", rows(scorer.lines))
    write_json(
        folder / "by_length.json",
        [{"length": length, "count": count, "exact": share} for length, (count, share) in lengths.items()],
    )
    write_json(
        folder / "by_character.json",
        [
            {
                "character": character,
                "support": score.support,
                "recall": score.correct / score.support if score.support else 0.0,
                "invented": score.invented,
                "read_as": dict(sorted(score.read_as.items(), key=lambda item: -item[1])),
            }
            for character, score in characters.items()
        ],
    )
    _bars(
        [str(length) for length in lengths],
        [share for _, share in lengths.values()],
        [count for count, _ in lengths.values()],
        ("characters in the label", "share read exactly"),
        folder / "by_length.png",
    )
    frequent = sorted(characters.items(), key=lambda item: -item[1].support)[:_MOST_CHARACTERS]
    shown = sorted((character, score) for character, score in frequent if score.support)
    _bars(
        ["␣" if character == " " else printable(character) for character, _ in shown],
        [score.correct / score.support for _, score in shown],
        [score.support for _, score in shown],
        ("character", "share read rightly"),
        folder / "by_character.png",
    )


def _bars(labels: list[str], shares: list[float], counts: list[int], axes: tuple[str, str], path: Path) -> None:
    """Bars from 0 to 1, each with its number of samples on top."""
    figure = new_figure(max(5.0, 0.28 * len(labels) + 1.5), 3.2)
    plot = figure.add_subplot()
    bars = plot.bar(range(len(labels)), shares, color="#3b6ea5")
    plot.bar_label(bars, labels=[str(count) for count in counts], fontsize=6, color="#666666")
    plot.set_xticks(range(len(labels)), labels, parse_math=False, family=FACE)
    plot.set(ylim=(0, 1.08), xlabel=axes[0], ylabel=axes[1])
    write_plot(figure, path)
