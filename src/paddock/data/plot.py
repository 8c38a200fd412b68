"""Plots as files."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from paddock.core.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure, sizes in inches."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - costs 0.3 s, and a training draws when it is over

    return Figure(figsize=(width, height), layout="constrained")


def write_plot(figure: "Figure", path: Path) -> None:
    """Write ``figure`` as PNG, each of its plots without frame above and to the right; see `write_bytes`."""
    for plot in figure.axes:
        plot.spines[["top", "right"]].set_visible(False)
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    write_bytes(path, content.getvalue())
