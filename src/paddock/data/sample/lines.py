"""The sample for text recognition: one line a picture, written as a PPOCRLabel folder."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from paddock.core.files import write_json, write_text
from paddock.data.own_folder import filled, refuse_foreign
from paddock.data.progress import progress
from paddock.data.sample import degrade
from paddock.data.sample.fonts import FACES, font, ink_box
from paddock.data.sample.paint import Canvas, Colour, Picture
from paddock.data.sample.paper import ink_and_paper, sheet_of_paper
from paddock.data.sample.text import distinct_texts

MIN_HEIGHT = 24
MAX_HEIGHT = 64
MARKER = "sample.json"
"""Says that the renderer made a folder, and may therefore replace it."""
_LINES_A_SHEET = 5
_SIZE_PX = 48  # painted larger than any crop, so that every crop is scaled down as by a camera
# Apart from the texts' streams, which are [seed, index].
_SHEETS, _LINES = 1, 2


@dataclass(frozen=True)
class Sheet:
    """What the lines of one source picture share."""

    ink: Colour
    paper: Colour
    face: str
    blur_ratio: float
    """Standard deviation of the blur, as a share of the crop's height."""
    noise: float
    jpeg_quality: int


def write_sample(folder: Path, num_lines: int, seed: int) -> None:
    """Draw ``num_lines`` lines into ``folder``: ``crop_img/``, ``rec_gt.txt`` and `MARKER`.

    Raises:
        DatasetError: ``folder`` holds files that the renderer did not make.
    """
    refuse_foreign(folder, MARKER, "Set dataset.raw=null, or dataset=ppocrlabel to read what is there.")
    texts = distinct_texts(num_lines, seed)
    with filled(folder) as draft:
        (draft / "crop_img").mkdir()
        labels = []
        for index, text in enumerate(progress(texts, "draw")):
            name = f"crop_img/sheet_{index // _LINES_A_SHEET:04}_crop_{index % _LINES_A_SHEET}.jpg"
            (draft / name).write_bytes(line_file(text, index, seed))
            labels.append(f"{name}\t{text}\n")
        write_text(draft / "rec_gt.txt", "".join(labels))
        write_json(draft / MARKER, {"num_lines": num_lines, "seed": seed})


def line_file(text: str, index: int, seed: int) -> bytes:
    """Line ``index`` of the sample as a JPEG file; it depends on nothing but the arguments."""
    sheet = draw_sheet(np.random.default_rng([seed, _SHEETS, index // _LINES_A_SHEET]))
    draw = np.random.default_rng([seed, _LINES, index])
    return degrade.jpeg(draw_line(text, sheet, draw), sheet.jpeg_quality)


def draw_sheet(draw: np.random.Generator) -> Sheet:
    """Choose colours, face and camera of one source picture."""
    ink, paper = ink_and_paper(draw)
    return Sheet(
        ink=ink,
        paper=paper,
        face=FACES[draw.integers(len(FACES))],
        blur_ratio=draw.uniform(0.0, 0.035),
        noise=draw.uniform(0.0, 9.0),
        jpeg_quality=int(draw.integers(45, 96)),
    )


def draw_line(text: str, sheet: Sheet, draw: np.random.Generator) -> Picture:
    """``text`` on paper, photographed at a slight angle and cropped to `MIN_HEIGHT`..`MAX_HEIGHT` pixels."""
    letters = font(sheet.face, _SIZE_PX)
    left, top, right, bottom = ink_box(letters, text)
    height = bottom - top
    around = round(1.2 * height)  # room for the widest margin and the widest tilt
    paper = sheet_of_paper(height + 2 * around, right - left + 2 * around, sheet.paper, draw)
    canvas = Canvas(paper)
    canvas.write(text, letters, (around, around), sheet.ink)
    seen = degrade.tilt(canvas.picture(), max_degrees=2.5, max_shift_px=0.12 * height, draw=draw)
    margins = draw.uniform((0.0, 0.04, 0.0, 0.04), (0.5, 0.3, 0.5, 0.3)) * height
    crop_height = int(draw.integers(MIN_HEIGHT, MAX_HEIGHT + 1))
    cut = degrade.crop(seen, seen.texts[0], margins, crop_height)
    return degrade.noise(degrade.blur(cut, sheet.blur_ratio * crop_height), sheet.noise, draw)
