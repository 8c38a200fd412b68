"""The table model as an MLflow model: MLflow stores this file as it is and runs it wherever the model is loaded.

It imports nothing of paddock, so that ``mlflow models serve`` needs only what it imports here. A request is
``{"inputs": [{"image": "<base64 of a PNG or JPEG file>"}]}``. This model reads no text: cells
are empty.
"""

import base64
import binascii
import json
import os
from pathlib import Path
from typing import Any

import cv2
import mlflow
import numpy as np
from mlflow.pyfunc.model import PythonModel, PythonModelContext
from pydantic import BaseModel


class Picture(BaseModel):
    """One picture of one table."""

    image: str
    """Base64 of an image file."""


class Structure(BaseModel):
    """The table on one picture."""

    html: str
    """A document with the table, its cells empty."""
    boxes: list[list[float]]
    """Of each cell, in the order of the document, the corners x, y of its text in pixels of the picture."""
    confidence: float
    """Mean probability of the structure's tokens."""
    error: str | None = None
    """Why the picture could not be read; MLflow would answer an exception with a stack trace."""


class TableModel(PythonModel):
    """PaddleOCR 3.x on the package that is stored beside this file as the artifact ``inference``."""

    def load_context(self, context: PythonModelContext) -> None:
        """Open the package; MLflow calls it once."""
        # Read while paddlex is imported: without it, opening a local model first looks for four model hosts.
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        from paddleocr import TableStructureRecognition  # noqa: PLC0415 - MLflow runs this file when storing, too

        package = Path(context.artifacts["inference"])
        identity = json.loads((package / "paddock.json").read_text(encoding="utf-8"))
        self.recognizer: Any = TableStructureRecognition(model_name=identity["deployed_as"], model_dir=str(package))

    # MLflow looks at the signature: without a context, the type hints become the model's schema.
    def predict(  # type: ignore[override]
        self, model_input: list[Picture], params: dict[str, Any] | None = None
    ) -> list[Structure]:
        """Look at each picture on its own."""
        return [self._look(picture) for picture in model_input]

    def _look(self, picture: Picture) -> Structure:
        try:
            encoded = np.frombuffer(base64.b64decode(picture.image, validate=True), dtype=np.uint8)
        except binascii.Error as error:
            return _nothing(f"image is not base64: {error}")
        pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
        if pixels is None:
            return _nothing("image is not a picture that OpenCV can decode")
        result = self.recognizer.predict(pixels)[0]
        boxes = np.asarray(result["bbox"], dtype=float).reshape(-1, 8).tolist()
        return Structure(html="".join(result["structure"]), boxes=boxes, confidence=float(result["structure_score"]))


def _nothing(error: str) -> Structure:
    return Structure(html="", boxes=[], confidence=0.0, error=error)


mlflow.models.set_model(TableModel())
