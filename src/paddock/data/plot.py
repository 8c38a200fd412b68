"""Plots as files."""

import io
from pathlib import Path

from matplotlib.figure import Figure

from paddock.core.files import write_bytes


def write_plot(figure: Figure, path: Path) -> None:
    """Write ``figure`` as PNG, each of its plots without frame above and to the right; see `write_bytes`."""
    for plot in figure.axes:
        plot.spines[["top", "right"]].set_visible(False)
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    write_bytes(path, content.getvalue())
