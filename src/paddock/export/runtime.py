"""PaddleOCR 3.x with its default options on one package. Shapes: C channels, H height, W width, T steps, N classes."""

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import ExportError
from paddock.export.package import GRAPH_NAME

PACKAGE_FILES = (f"{GRAPH_NAME}.json", f"{GRAPH_NAME}.pdiparams", f"{GRAPH_NAME}.yml")


@dataclass(frozen=True)
class Deployed:
    """What PaddleOCR made of one picture.

    Shape:
        pixels ``[C, H, W]``: the network's input
        probabilities ``[T, N]``: the network's output
    """

    text: str
    confidence: float
    pixels: NDArray[np.float32]
    probabilities: NDArray[np.float32]


class Runtime:
    """A recogniser opened as any user of paddleocr opens it: ``TextRecognition(model_name=..., model_dir=...)``.

    Raises:
        ExportError: a file is missing, or paddleocr refuses the package.
    """

    def __init__(self, package: Path, model_name: str) -> None:
        if missing := [name for name in PACKAGE_FILES if not (package / name).is_file()]:
            raise ExportError(f"{package} is no exported model: {missing[0]} is missing. Run `paddock export`.")
        self._recognizer = _open(package, model_name)
        self._tap = _Tap(self._recognizer.paddlex_predictor.runner)
        self._recognizer.paddlex_predictor.runner = self._tap
        self.image_shape = _image_shape(self._recognizer.paddlex_predictor.config)

    def read(self, pictures: Sequence[Path | NDArray[np.uint8]], batch_size: int = 1) -> list[Deployed]:
        """Read pictures, given as files or as BGR arrays, in their order.

        A batch is padded to its widest picture, which changes what an LSTM makes of the others: with a
        ``batch_size`` above 1 (PaddleOCR's default) a picture's reading depends on its neighbours.

        Shape:
            pictures ``[height, width, 3]``
        """
        inputs = [str(picture) if isinstance(picture, Path) else picture for picture in pictures]
        results: Iterable[Any] = self._recognizer.predict_iter(inputs, batch_size=batch_size)
        deployed = []
        for index, result in enumerate(results):
            row = index % batch_size
            deployed.append(
                Deployed(
                    text=str(result["rec_text"]),
                    confidence=float(result["rec_score"]),
                    pixels=self._tap.pixels[row],
                    probabilities=self._tap.probabilities[row],
                )
            )
        return deployed


class _Tap:
    """PaddleX's inference runner that remembers the last batch, because results carry the decoded text only."""

    def __init__(self, runner: Any) -> None:
        self._runner = runner
        self.pixels: NDArray[np.float32]
        self.probabilities: NDArray[np.float32]

    def __call__(self, x: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        outputs: list[NDArray[np.float32]] = self._runner(x=x)
        self.pixels, self.probabilities = x[0], outputs[0]
        return outputs


def _image_shape(inference_yml: Mapping[str, Any]) -> tuple[int, int, int]:
    """``(C, H, W)`` that pictures are prepared to; wider ones stay wider than W."""
    for operator in inference_yml["PreProcess"]["transform_ops"]:
        if "RecResizeImg" in operator:
            channels, height, width = operator["RecResizeImg"]["image_shape"]
            return int(channels), int(height), int(width)
    raise ExportError("inference.yml has no RecResizeImg: the package is no recogniser. Export again.")


def _open(package: Path, model_name: str) -> Any:
    # Read while paddlex is imported: without it, opening a local model first looks for four model hosts.
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    with catch_warnings():
        simplefilter("ignore")  # Paddle's remarks on this machine's compiler, when it is imported
        from paddleocr import TextRecognition  # noqa: PLC0415 - takes seconds, which a wrong path should not cost

        logging.getLogger("paddlex").setLevel(logging.ERROR)
        try:
            return TextRecognition(model_name=model_name, model_dir=str(package))
        except Exception as error:  # paddlex raises Exception, AssertionError and RuntimeError alike
            raise _not_loaded(package, model_name, error) from error


def _not_loaded(package: Path, model_name: str, error: Exception) -> ExportError:
    reason = str(error).strip().splitlines() or [type(error).__name__]
    return ExportError(
        f"paddleocr does not load {package} as {model_name!r}: {reason[-1]}. Check export.model_name: it must be "
        "a recogniser that the installed paddleocr knows, and the one named in inference.yml."
    )
