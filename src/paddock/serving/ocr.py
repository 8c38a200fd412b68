"""Whole pages through PaddleOCR 3.x: text is found, then read. Shapes: P points x, y of a polygon."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from paddock.config.schema import RegistryConfig, Store, TrackingConfig
from paddock.core.errors import ExportError
from paddock.export.package import GRAPH_NAME, read_identity
from paddock.export.runtime import fetch_model, open_paddleocr
from paddock.serving.pictures import load_picture
from paddock.tracking.pull import pull

MODELS = ("paddock-det", "paddock-rec")
"""Registered models, the detector and the recogniser."""


EXTRA_MODELS = {
    "use_doc_orientation_classify": "PP-LCNet_x1_0_doc_ori",
    "use_doc_unwarping": "UVDoc",
    "use_textline_orientation": "PP-LCNet_x1_0_textline_ori",
}
"""PaddleOCR's own, each by the setting of `Extras` that needs it (paddlex 3.7, configs/pipelines/OCR.yaml)."""


@dataclass(frozen=True)
class Line:
    """One text on a page."""

    polygon: NDArray[np.float32]
    """``[P, 2]`` corners in pixels of the page, clockwise from the text's top left."""
    text: str
    confidence: float
    """Mean probability of the characters, 0 for an empty text."""

    @property
    def box(self) -> list[list[float]]:
        """The four corners; of a polygon with more, those of the upright rectangle around it."""
        if len(self.polygon) == 4:
            return [[float(x), float(y)] for x, y in self.polygon]
        (left, top), (right, bottom) = self.polygon.min(axis=0).tolist(), self.polygon.max(axis=0).tolist()
        return [[left, top], [right, top], [right, bottom], [left, bottom]]


@dataclass(frozen=True)
class Extras:
    """PaddleOCR's modules around detection and recognition; each needs a model, fetched when it is first on."""

    use_doc_orientation_classify: bool = False
    """Turn a page that lies on its side."""
    use_doc_unwarping: bool = False
    """Flatten a page that is bent; positions are then those on the flattened page."""
    use_textline_orientation: bool = False
    """Turn lines that stand on their head."""

    @property
    def moves_texts(self) -> bool:
        """Whether texts are found elsewhere than they are on the page as given."""
        return self.use_doc_orientation_classify or self.use_doc_unwarping

    def models(self) -> list[str]:
        """PaddleOCR's names of the models that are needed."""
        return [EXTRA_MODELS[name] for name, is_on in vars(self).items() if is_on]


@dataclass(frozen=True)
class SeenPage:
    """A page as it was looked at."""

    lines: list[Line]
    """From top to bottom, where they are on `pixels`."""
    pixels: NDArray[np.uint8]
    """``[height, width, 3]``, BGR; turned and flattened where the extras say so."""


class OCR:
    """paddleocr's ``PaddleOCR`` on a detector and a recogniser that paddock exported.

    Pages are prepared and boxes are chosen as the detector's package says; PaddleOCR's pipeline would use defaults of
    its own. Lines are read one by one: a batch is padded to its widest line, and a reading would depend on the others.

    Raises:
        ExportError: a folder is no package, was changed, or paddleocr does not load it.
        EngineError: a model for ``extras`` is not on this machine and cannot be fetched.
    """

    def __init__(self, detector: Path, recognizer: Path, extras: Extras | None = None) -> None:
        found = {"detection": read_identity(detector), "recognition": read_identity(recognizer)}
        for role, identity in found.items():
            if not role.startswith(identity["task"]):
                raise ExportError(f"{identity['model']} is a model for {identity['task']}, not for text {role}.")
        chosen = extras or Extras()
        for model in chosen.models():
            fetch_model(model)
        self._pipeline = open_paddleocr(
            "PaddleOCR",
            f"{detector} and {recognizer}",
            "Export them again.",
            text_detection_model_name=found["detection"]["deployed_as"],
            text_detection_model_dir=str(detector),
            text_recognition_model_name=found["recognition"]["deployed_as"],
            text_recognition_model_dir=str(recognizer),
            text_recognition_batch_size=1,
            **_detection_settings(detector),
            **vars(chosen),
        )

    @classmethod
    def from_registry(cls, alias: str = "champion", uri: str | None = None, extras: Extras | None = None) -> "OCR":
        """The detector and the recogniser that ``alias`` stands for.

        Args:
            uri: MLflow's tracking URI; None means MLFLOW_TRACKING_URI, else the store of the project around the working
                directory.

        Raises:
            TrackingError: a model or the alias does not exist, or there is no contact and nothing was pulled before.
        """
        detector, recognizer = pulled(MODELS, alias, uri)
        return cls(detector, recognizer, extras)

    def __call__(self, picture: Path | str | NDArray[np.uint8]) -> list[Line]:
        """The texts on one page, from top to bottom; see `look`."""
        return self.look(picture).lines

    def look(self, picture: Path | str | NDArray[np.uint8]) -> SeenPage:
        """The texts on one page, and the page as it was looked at.

        Args:
            picture: a file, or BGR pixels ``[height, width, 3]``.

        Raises:
            DatasetError: the file is missing or is no picture.
        """
        pixels = picture if isinstance(picture, np.ndarray) else load_picture(Path(picture))
        (page,) = self._pipeline.predict(pixels)
        lines = [
            Line(np.asarray(polygon, dtype=np.float32), str(text), float(score))
            for polygon, text, score in zip(page["rec_polys"], page["rec_texts"], page["rec_scores"], strict=True)
        ]
        return SeenPage(lines, np.asarray(page["doc_preprocessor_res"]["output_img"], dtype=np.uint8))


def pulled(models: Sequence[str], alias: str, uri: str | None) -> list[Path]:
    """The packages of registered models.

    Args:
        uri: see `OCR.from_registry`.

    Raises:
        TrackingError: a model or the alias does not exist, or there is no contact and nothing was pulled before.
    """
    tracking = TrackingConfig(
        store=Store.server if uri else Store.local,
        uri=uri,
        experiment="paddock-pages",
        run_name=None,
        system_metrics=False,
    )
    return [pull(RegistryConfig(model=model, alias=alias), tracking) for model in models]


def _detection_settings(package: Path) -> dict[str, Any]:
    """What the package says, under the names that PaddleOCR's pipeline has for it."""
    content = yaml.safe_load((package / f"{GRAPH_NAME}.yml").read_text(encoding="utf-8"))
    resize = next(
        operator["DetResizeForTest"]
        for operator in content["PreProcess"]["transform_ops"]
        if "DetResizeForTest" in operator
    )
    chosen = content["PostProcess"]
    return {
        "text_det_limit_side_len": resize["resize_long"],
        "text_det_limit_type": "max",
        "text_det_thresh": chosen["thresh"],
        "text_det_box_thresh": chosen["box_thresh"],
        "text_det_unclip_ratio": chosen["unclip_ratio"],
    }
