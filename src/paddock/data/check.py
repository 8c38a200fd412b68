"""Every image is decoded and every text held against the dictionary before anything is written."""

import hashlib
import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from paddock.data.charset import Charset
from paddock.data.progress import progress
from paddock.data.samples import Problem, RecSample

_DECODING_ERRORS = (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError)


@dataclass(frozen=True)
class CheckedSample:
    """A sample whose image decodes."""

    sample: RecSample
    sha256: str
    """Of the image file's bytes."""
    width: int
    height: int


def without_repeats(samples: Sequence[RecSample]) -> tuple[list[RecSample], list[Problem], int]:
    """Keep one sample an image.

    Returns:
        The samples, a problem ``conflicting_label`` for each image that also has another text, and how many
        lines only say the same again.
    """
    first: dict[object, RecSample] = {}
    problems, num_repeated = [], 0
    for sample in samples:
        known = first.setdefault(sample.image, sample)
        if known.text != sample.text:
            message = f"{sample.image.name} is {sample.text!r} here and {known.text!r} in {known.origin}. Delete one."
            problems.append(Problem("conflicting_label", sample.origin, message))
        elif known is not sample:
            num_repeated += 1
    return list(first.values()), problems, num_repeated


def check_images(samples: Sequence[RecSample]) -> tuple[list[CheckedSample], list[Problem]]:
    """Decode all images; one that cannot be read is the problem ``image_corrupt``."""
    checked, problems = [], []
    for sample in progress(samples, "check images"):
        try:
            content = sample.image.read_bytes()
            width, height = decoded_size(content)
        except _DECODING_ERRORS as error:
            message = f"image {sample.image} is corrupt: {error}. Export it again or delete the line."
            problems.append(Problem("image_corrupt", sample.origin, message))
        else:
            checked.append(CheckedSample(sample, hashlib.sha256(content).hexdigest(), width, height))
    return checked, problems


def check_texts(samples: Sequence[CheckedSample], charset: Charset) -> tuple[list[CheckedSample], list[Problem]]:
    """Hold all texts against ``charset``; what it cannot write is the problem ``outside_dictionary``."""
    writable, problems = [], []
    for checked in samples:
        sample = checked.sample
        if outside := charset.outside(sample.text):
            shown = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in outside)
            message = f"{sample.text!r} has {shown}, which dataset.dictionary lacks. Add it there or mend the text."
            problems.append(Problem("outside_dictionary", sample.origin, message))
        else:
            writable.append(checked)
    return writable, problems


def decoded_size(content: bytes) -> tuple[int, int]:
    """Width and height of a fully decoded image.

    Raises:
        OSError, ValueError, SyntaxError, EOFError, struct.error, DecompressionBombError: it cannot be decoded.
    """
    # Pillow refuses a truncated file, which OpenCV fills with grey and a note on stderr.
    with Image.open(io.BytesIO(content)) as image:
        image.load()
    # Training and deployment read with OpenCV; it also turns the picture as EXIF says, so its size counts.
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("OpenCV cannot decode it")
    return pixels.shape[1], pixels.shape[0]
