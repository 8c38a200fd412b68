"""The course of a training as two small tables and one picture."""

from pathlib import Path

from paddock.core.files import write_csv
from paddock.data.plot import new_figure, write_plot
from paddock.training.checkpoint import State


def write_curves(state: State, indicator: str, folder: Path) -> None:
    """Write ``train_curve.csv``, ``val_curve.csv`` and ``curves.png`` into ``folder``."""
    write_csv(folder / "train_curve.csv", state.curve)
    write_csv(folder / "val_curve.csv", state.evaluations)
    figure = new_figure(9, 3.2)
    loss, score, rate = figure.subplots(1, 3)
    epochs = [row["epoch"] for row in state.curve]
    loss.plot(epochs, [row["loss"] for row in state.curve], color="#3b6ea5")
    loss.set(title="training loss", xlabel="epoch", ylim=(0, None))
    evaluated = [row["epoch"] for row in state.evaluations]
    score.plot(evaluated, [row[indicator] for row in state.evaluations], color="#2e8b57", marker=".")
    score.set(title=f"val/{indicator}", xlabel="epoch", ylim=(0, 1.02))
    rate.plot(epochs, [row["lr"] for row in state.curve], color="#a5673b")
    rate.set(title="learning rate", xlabel="epoch", ylim=(0, None))
    for axes in (loss, score, rate):
        axes.grid(alpha=0.3)
    write_plot(figure, folder / "curves.png")
