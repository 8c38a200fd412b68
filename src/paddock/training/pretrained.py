"""Starting from somebody else's weights, and saying how much of them was used."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from paddle import nn

from paddock.core.errors import CheckpointError
from paddock.ocr.inherited import Inherited
from paddock.training.pdparams import read_arrays

_BACKBONE = "backbone."
"""Before a backbone's names in a whole network. PaddleClas, which trains backbones on ImageNet, writes them without."""

_SHOWN = 5
"""Names listed of each kind; the counts say the rest."""


@dataclass(frozen=True)
class LoadReport:
    """What of a network was filled from a file."""

    path: Path
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    """The network has them, the file does not; they keep their fresh values."""
    mismatched: tuple[str, ...]
    """Both have them with different shapes, as ``name: file shape, network shape``; they keep their fresh values."""
    unused: tuple[str, ...]
    """The file has them, the network does not."""
    matched_ratio: float
    """Share of the network's numbers that came from the file."""
    classes: str = ""
    """Which classes kept their rows, where those of the file are others."""

    def lines(self) -> list[str]:
        """The report as a user reads it."""
        lines = [
            f"pretrained {self.path}: {len(self.matched)} tensors, {self.matched_ratio:.1%} of the network's values"
        ]
        for kind, names in (("missing", self.missing), ("mismatched", self.mismatched), ("unused", self.unused)):
            if names:
                more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
                lines.append(f"  {kind} {len(names)}: {', '.join(names[:_SHOWN])}{more}")
        return [*lines, self.classes] if self.classes else lines


def load_pretrained(
    network: nn.Layer, path: Path, min_matched_ratio: float, inherited: Inherited | None = None
) -> LoadReport:
    """Fill ``network`` with what fits it in a PaddleOCR ``.pdparams`` file.

    Args:
        path: with or without the suffix, as PaddleOCR accepts it; of a whole network, or of its backbone alone.
        min_matched_ratio: share of the network's values below which nothing is loaded.
        inherited: what the file's classes mean; without it they are taken for the network's, or are of no use where
            they are more or fewer.

    Raises:
        CheckpointError: the file cannot be read safely, too little of it fits, or its classes are not as told.
    """
    path = path if path.suffix == ".pdparams" else path.with_name(f"{path.name}.pdparams")
    own = network.state_dict()
    stored = {name: value for name, value in read_arrays(path).items() if isinstance(value, np.ndarray)}
    arrays = _named_as_in(own, stored)
    fresh = {name: own[name].numpy() for name in inherited.axes} if inherited else {}
    shared = inherited.resolved(fresh, arrays) if inherited else None
    by_class = shared.fitted(fresh, arrays) if shared else {}
    arrays |= by_class
    shapes = {name: list(value.shape) for name, value in own.items()}
    fits = [name for name in own if name in arrays and list(arrays[name].shape) == shapes[name]]
    sizes = {name: int(np.prod(shape)) for name, shape in shapes.items()}
    taken = {name: shared.kept_ratio() if shared and name in by_class else 1.0 for name in fits}
    report = LoadReport(
        path=path,
        matched=tuple(fits),
        missing=tuple(name for name in own if name not in arrays),
        mismatched=tuple(
            f"{name}: {list(arrays[name].shape)} in the file, {shapes[name]} in the network"
            for name in own
            if name in arrays and list(arrays[name].shape) != shapes[name]
        ),
        unused=tuple(name for name in arrays if name not in own),
        matched_ratio=sum(sizes[name] * taken[name] for name in fits) / sum(sizes.values()),
        classes=shared.line() if shared else "",
    )
    if report.matched_ratio < min_matched_ratio:
        raise CheckpointError(
            f"Global.pretrained_model={path} fills {report.matched_ratio:.1%} of the network, below "
            f"training.min_matched_ratio={min_matched_ratio:g}: it belongs to another architecture. First differences: "
            f"{'; '.join((*report.mismatched, *report.missing)[:3])}. Choose its model, or lower the limit."
        )
    network.set_state_dict({**own, **{name: arrays[name] for name in fits}})  # Paddle warns of a part
    return report


def _named_as_in(own: Mapping[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """The file's values under the network's names; a backbone's own file says ``conv1`` for ``backbone.conv1``."""
    if not own.keys().isdisjoint(stored):
        return stored
    return {f"{_BACKBONE}{name}" if f"{_BACKBONE}{name}" in own else name: value for name, value in stored.items()}


def load_exactly(network: nn.Layer, path: Path) -> None:
    """Fill every value of ``network`` from ``path``.

    Raises:
        CheckpointError: the file does not hold exactly this network's values.
    """
    arrays = read_arrays(path)
    own = {name: list(value.shape) for name, value in network.state_dict().items()}
    found = {name: list(np.shape(value)) for name, value in arrays.items()}
    if found != own:
        different = sorted(name for name in own.keys() | found.keys() if own.get(name) != found.get(name))
        name = different[0]
        raise CheckpointError(
            f"{path} does not fit the network: {len(different)} tensors differ, first {name}: {found.get(name)} in the "
            f"file, {own.get(name)} in the network. Was it trained with another dictionary or model?"
        )
    network.set_state_dict(arrays)
