"""PaddleOCR 3.x with its default options on one package. Shapes: B batch, C channels, H height, W width."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import EngineError, ExportError
from paddock.export.package import GRAPH_NAME

_log = logging.getLogger(__name__)

PACKAGE_FILES = (f"{GRAPH_NAME}.json", f"{GRAPH_NAME}.pdiparams", f"{GRAPH_NAME}.yml")


@dataclass(frozen=True)
class Answer:
    """What PaddleOCR made of one picture, and what went through the network on the way.

    Shape:
        pixels ``[C, H, W]``: the network's input
        outputs: what the network made of it, without the batch
    """

    result: Mapping[str, Any]
    pixels: NDArray[np.float32]
    outputs: tuple[NDArray[np.float32], ...]


class Runtime:
    """A model opened as any user of paddleocr opens it, such as ``TextRecognition(model_name=..., model_dir=...)``.

    Args:
        module: class of paddleocr.

    Raises:
        ExportError: a file is missing, or paddleocr refuses the package.
    """

    def __init__(self, module: str, package: Path, model_name: str) -> None:
        if missing := [name for name in PACKAGE_FILES if not (package / name).is_file()]:
            raise ExportError(f"{package} is no exported model: {missing[0]} is missing. Run `paddock export`.")
        advice = (
            f"Check export.model_name: it must be a model of {module} that the installed paddleocr knows, and the one "
            "named in inference.yml."
        )
        what = f"{package} as {model_name!r}"
        self._model = open_paddleocr(module, what, advice, model_name=model_name, model_dir=str(package))
        self._tap = _Tap(self._model.paddlex_predictor.runner)
        self._model.paddlex_predictor.runner = self._tap

    def operator(self, name: str) -> Mapping[str, Any]:
        """Settings of an operator that prepares pictures, from inference.yml.

        Raises:
            ExportError: it has no such operator.
        """
        for entry in self._model.paddlex_predictor.config["PreProcess"]["transform_ops"]:
            if name in entry:
                return entry[name] or {}
        raise ExportError(f"inference.yml has no {name}: the package is for another task. Export again.")

    def answers(self, pictures: Sequence[Path | NDArray[np.uint8]], batch_size: int = 1) -> Iterator[Answer]:
        """Run the model on pictures, given as files or as BGR arrays, in their order.

        Shape:
            pictures ``[height, width, 3]``
        """
        inputs = [str(picture) if isinstance(picture, Path) else picture for picture in pictures]
        for index, result in enumerate(self._model.predict_iter(inputs, batch_size=batch_size)):
            row = index % batch_size
            yield Answer(result, self._tap.pixels[row], tuple(output[row] for output in self._tap.outputs))


class _Tap:
    """PaddleX's inference runner that remembers the last batch, because results carry what was decoded only."""

    def __init__(self, runner: Any) -> None:
        self._runner = runner
        self.pixels: NDArray[np.float32]
        self.outputs: list[NDArray[np.float32]]

    def __call__(self, x: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        self.pixels, self.outputs = x[0], self._runner(x=x)
        return self.outputs


def open_paddleocr(module: str, what: str, advice: str, **settings: Any) -> Any:
    """An object of paddleocr's class ``module``.

    Args:
        what: is opened, for the message of a refusal.
        advice: what to do about it.

    Raises:
        ExportError: paddleocr refuses.
    """
    with _paddleocr_quiet() as paddleocr:
        try:
            return getattr(paddleocr, module)(**settings)
        except Exception as error:  # paddlex raises Exception, AssertionError and RuntimeError alike
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise ExportError(f"paddleocr does not load {what}: {reason[-1]}. {advice}") from error


def fetch_model(name: str) -> None:
    """Make sure that one of PaddleOCR's own models is on this machine: it is fetched the first time.

    Raises:
        EngineError: it is not there, and no model host answers.
    """
    with _paddleocr_quiet(), redirect_stdout(sys.stderr):
        from paddlex.inference.utils.official_models import official_models  # noqa: PLC0415 - as above
        from paddlex.utils.cache import CACHE_DIR  # noqa: PLC0415

        folder = Path(CACHE_DIR) / "official_models" / name
        if folder.is_dir():
            return
        advice = f"Connect this machine once, or copy the model from another machine's {folder}."
        if not any(host.is_available() for host in official_models.hoster_candidates):
            raise EngineError(f"PaddleOCR's model {name} is not on this machine and no model host answers. {advice}")
        _log.info("fetching PaddleOCR's model %s into %s", name, folder)
        try:
            official_models.get_model_path(name)
        except Exception as error:  # whatever the host's client raises
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise EngineError(f"PaddleOCR's model {name} cannot be fetched: {reason[-1]}. {advice}") from error


@contextmanager
def _paddleocr_quiet() -> Iterator[Any]:
    """The module ``paddleocr``, imported, without its remarks."""
    # Read while paddlex is imported: without it, opening a local model first looks for four model hosts.
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    with catch_warnings():
        simplefilter("ignore")  # Paddle's remarks on this machine's compiler, when it is imported
        import paddleocr  # noqa: PLC0415 - takes seconds, which a wrong path should not cost

        logging.getLogger("paddlex").setLevel(logging.ERROR)
        yield paddleocr
