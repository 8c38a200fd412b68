"""The detector as an MLflow model: MLflow stores this file as it is and runs it wherever the model is loaded.

It imports nothing of paddock, so that ``mlflow models serve`` needs only what it imports here. A request is
``{"inputs": [{"image": "<base64 of a PNG or JPEG file>"}]}``.
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
    """One page to look for text on."""

    image: str
    """Base64 of an image file."""


class Box(BaseModel):
    """One text that was found."""

    points: list[list[float]]
    """Corners x, y in pixels of the picture, clockwise from the text's top left."""
    score: float


class Found(BaseModel):
    """What is on one page."""

    boxes: list[Box]
    error: str | None = None
    """Why the picture could not be read; MLflow would answer an exception with a stack trace."""


class Detector(PythonModel):
    """PaddleOCR 3.x on the package that is stored beside this file as the artifact ``inference``."""

    def load_context(self, context: PythonModelContext) -> None:
        """Open the package; MLflow calls it once."""
        # Read while paddlex is imported: without it, opening a local model first looks for four model hosts.
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        from paddleocr import TextDetection  # noqa: PLC0415 - MLflow runs this file when a model is stored too

        package = Path(context.artifacts["inference"])
        identity = json.loads((package / "paddock.json").read_text(encoding="utf-8"))
        self.detector: Any = TextDetection(model_name=identity["deployed_as"], model_dir=str(package))

    # MLflow looks at the signature: without a context, the type hints become the model's schema.
    def predict(  # type: ignore[override]
        self, model_input: list[Picture], params: dict[str, Any] | None = None
    ) -> list[Found]:
        """Look at each picture on its own."""
        return [self._look(picture) for picture in model_input]

    def _look(self, picture: Picture) -> Found:
        try:
            encoded = np.frombuffer(base64.b64decode(picture.image, validate=True), dtype=np.uint8)
        except binascii.Error as error:
            return Found(boxes=[], error=f"image is not base64: {error}")
        pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
        if pixels is None:
            return Found(boxes=[], error="image is not a picture that OpenCV can decode")
        result = self.detector.predict(pixels)[0]
        found = zip(result["dt_polys"], result["dt_scores"], strict=True)
        return Found(boxes=[Box(points=np.asarray(points).tolist(), score=float(score)) for points, score in found])


mlflow.models.set_model(Detector())
