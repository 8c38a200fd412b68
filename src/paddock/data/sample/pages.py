"""The sample: whole pages for detection and recognition as a PPOCRLabel folder, and tables beside them."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from paddock.core.errors import DatasetError
from paddock.core.files import write_json, write_text
from paddock.data.covering_font import glyphs
from paddock.data.own_folder import filled, refuse_foreign
from paddock.data.progress import progress
from paddock.data.sample.fonts import FACES, font_file
from paddock.data.sample.layout import Column, Style, Texts, fill_column, heading
from paddock.data.sample.ornament import logo
from paddock.data.sample.paint import Box, Canvas, PaintedText, Picture
from paddock.data.sample.paper import ink_and_paper, second_ink, sheet_of_paper
from paddock.data.sample.photograph import Photograph, photograph
from paddock.data.sample.tables import draw_tables
from paddock.data.sample.text import Draw, distinct_texts, one_of, random_texts

MIN_LINES, MAX_LINES = 12, 40
"""Texts on one page, illegible ones included."""
MIN_SIDE, MAX_SIDE = 480, 800
MARKER = "sample.json"
"""Says that the renderer made a folder, and may therefore replace it."""
_PAGES = 1  # apart from the texts' streams, which are [seed, index]


def write_sample(folder: Path, num_pages: int, num_tables: int, seed: int, characters: str = "") -> None:
    """Draw into ``folder`` pages, with ``Label.txt`` and ``fileState.txt``, tables, see `draw_tables`, and `MARKER`.

    Args:
        characters: write random texts of these instead of the sample's own, to learn a given dictionary from.

    Raises:
        DatasetError: ``folder`` holds files that the renderer did not make, or no face can write ``characters``.
    """
    refuse_foreign(folder, MARKER, "Set dataset.raw=null, or dataset=ppocrlabel to read what is there.")
    num_texts = num_pages * MAX_LINES
    texts = distinct_texts(num_texts, seed) if not characters else _random_texts(characters, num_texts, seed)
    with filled(folder) as draft:
        labels, states = [], []
        for index in progress(range(num_pages), "draw"):
            page = page_of(texts[index * MAX_LINES : (index + 1) * MAX_LINES], index, seed)
            name = f"page_{index:04}.jpg"
            (draft / name).write_bytes(page.jpeg)
            # PPOCRLabel names a picture with the folder that was opened.
            labels.append(f"{folder.name}/{name}\t{_label(page.texts)}\n")
            states.append(f"{folder.name}/{name}\t1\n")
        write_text(draft / "Label.txt", "".join(labels))
        write_text(draft / "fileState.txt", "".join(states))
        draw_tables(draft, num_tables, seed, characters)
        made = {"num_pages": num_pages, "num_tables": num_tables, "seed": seed, "characters": characters}
        write_json(draft / MARKER, made)


def _random_texts(characters: str, num_texts: int, seed: int) -> list[str]:
    codes = set(map(ord, characters))
    if lacking := sorted(codes - frozenset.intersection(*(glyphs(font_file(face)) for face in FACES))):
        raise DatasetError(
            f"the sample's fonts cannot write {', '.join(map(repr, map(chr, lacking)))} of dataset.dictionary. Take "
            "them out of the dictionary that the sample is drawn for, or learn from pictures of your own."
        )
    if not any(map(str.isalnum, characters)):
        raise DatasetError("dataset.dictionary has neither letter nor digit: the sample cannot be drawn from it.")
    return random_texts(characters, num_texts, seed)


def page_of(texts: Sequence[str], index: int, seed: int) -> Photograph:
    """Page ``index`` of the sample; nothing but the arguments has an influence.

    Args:
        texts: `MAX_LINES` of them; as many as find room are used.
    """
    draw = np.random.default_rng([seed, _PAGES, index])
    style = choose_style(draw)
    while len((printed := print_page(texts, style, draw)).texts) < MIN_LINES:
        pass  # a page with too little on it is drawn again
    return photograph(printed, style.cap_px, draw)


def print_page(texts: Sequence[str], style: Style, draw: Draw) -> Picture:
    """A page of random size fresh from the press."""
    width, height = (int(side) for side in draw.integers(MIN_SIDE, MAX_SIDE + 1, 2))
    canvas = Canvas(sheet_of_paper(height, width, style.paper, draw))
    waiting = Texts(texts)
    margin = round(draw.uniform(0.04, 0.08) * min(width, height))
    top = _header(canvas, (margin, margin, width - margin, height - margin), style, waiting, draw)
    num_columns = 2 if width > 30 * style.cap_px and draw.random() < 0.5 else 1
    between = round(2.5 * style.cap_px)
    column_width = (width - 2 * margin - (num_columns - 1) * between) // num_columns
    for number in range(num_columns):
        left = margin + number * (column_width + between)
        fill_column(Column(canvas, (left, top, left + column_width, height - margin), style, waiting, draw), draw)
    if num_columns == 2 and draw.random() < 0.5:
        middle = margin + column_width + between // 2
        canvas.rule((middle, top), (middle, height - margin), 1, style.accent)
    return canvas.picture()


def choose_style(draw: Draw) -> Style:
    """Faces, sizes and colours of one page."""
    ink, paper = ink_and_paper(draw)
    return Style(
        face=one_of(draw, FACES),
        heading_face=one_of(draw, FACES),
        cap_px=int(draw.integers(16, 25)),
        pitch=draw.uniform(1.75, 2.4),
        ink=ink,
        accent=second_ink(paper, draw),
        paper=paper,
    )


def _header(canvas: Canvas, box: Box, style: Style, texts: Texts, draw: Draw) -> int:
    """Up to two headings across the page, some beside a logo; returns where the columns begin."""
    left, top, right, bottom = box
    end = top
    if draw.random() < 0.4:
        end = top + round(3.4 * style.cap_px)
        logo(canvas, (left, top, left + end - top, end), style.accent, draw)
        left += end - top + style.cap_px
    column = Column(canvas, (left, top, right, bottom), style, texts, draw)
    for _ in range(draw.integers(0, 3)):
        heading(column, draw)
        column.skip(0.4 * style.cap_px)
    return max(column.y, end)


def _label(texts: Sequence[PaintedText]) -> str:
    regions = [
        {"transcription": item.text, "points": np.rint(item.quad).astype(int).tolist(), "difficult": False}
        for item in texts
    ]
    return json.dumps(regions, ensure_ascii=False)
