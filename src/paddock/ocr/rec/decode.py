"""From class probabilities to text, as PaddleOCR's CTCLabelDecode does it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paddock.ocr.rec.charset import CTCClasses


@dataclass(frozen=True)
class CTCLabelDecode:
    """Best path decoding: the best class at each step, repeats and blanks removed (Graves et al. 2006, section 3.2)."""

    classes: CTCClasses

    def __call__(self, probabilities: NDArray[np.float32]) -> list[tuple[str, float]]:
        """Text and confidence of each picture.

        The confidence is the mean probability of the steps that are kept, 0 for an empty text.

        Shape:
            probabilities ``[B, T, N]``
        """
        best = probabilities.argmax(axis=2)
        certainty = probabilities.max(axis=2)
        kept = best != 0
        kept[:, 1:] &= best[:, 1:] != best[:, :-1]
        return [
            (self.classes.text(numbers[keep]), float(values[keep].mean()) if keep.any() else 0.0)
            for numbers, values, keep in zip(best, certainty, kept, strict=True)
        ]
