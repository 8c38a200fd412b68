"""The real data sets (PADDOCK_SHARED, or ../shared), written in every format that has a place for them, and read."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paddock.config.compose import compose
from paddock.config.schema import DatasetConfig, OnError
from paddock.data.check_raw import read_raw
from paddock.data.convert import convert_dataset
from paddock.data.crops import quad_of
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Points
from tests.data.formats.labels import said
from tests.repository import REPOSITORY

DATA = Path(os.environ.get("PADDOCK_SHARED", Path(__file__).parents[3] / "shared")) / "data"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.is_dir(), reason=f"no {DATA}")]

MARKS = "boxes are no longer marked as difficult"
UPRIGHT = "boxes are the upright rectangles around them now"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases are unpacked below the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PADDOCK_SHARED", str(DATA.parent))


def real(name: str, *overrides: str) -> DatasetConfig:
    """conf/dataset/<name>.yaml; lines that cannot be used are left out."""
    return replace(compose([f"dataset={name}", *overrides], REPOSITORY).dataset, on_error=OnError.drop)


def plain(page: PageSample, shape: Callable[[Points], Points]) -> PageSample:
    """The page as a format without marks has it; ``shape`` makes a box what the format holds."""
    regions = (replace(region, difficult=False, points=shape(region.points)) for region in page.regions)
    return replace(page, regions=tuple(regions))


def four(points: Points) -> Points:
    """The corners of any box as ICDAR's files have them."""
    if len(points) == 4:
        return points
    x0, y0, x1, y1, x2, y2, x3, y3 = (round(float(number), 2) for number in quad_of(np.array(points, np.float32)).flat)
    return ((x0, y0), (x1, y1), (x2, y2), (x3, y3))


def upright(points: Points) -> Points:
    """The rectangle around a box."""
    (left, right), (top, bottom) = ((min(side), max(side)) for side in zip(*points, strict=True))
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def both(dataset: DatasetConfig, to: str, out: Path) -> tuple[RawData, RawData, Counter[str]]:
    """What the set says, what it says after the way there and back, and what is lost."""
    done = convert_dataset(dataset, 0, to, out)
    again = replace(dataset, raw=str(out), format=to, label_files=list(done.label_files), on_error=OnError.stop)
    return read_raw(dataset, 0), read_raw(again, 0), Counter(done.lost)


@pytest.mark.parametrize("to", ["coco", "paddleocr_det", "ppocrlabel", "icdar2015", "sroie", "funsd"])
@pytest.mark.parametrize(
    ("name", "num_boxes", "num_difficult"),
    [
        ("wire_labels", 3111, 0),
        ("sroie", 2067, 0),
        ("game_ui_zh", 648, 45),
        ("icdar2015_det", 1380, 0),
    ],
)
def test_pages(name: str, num_boxes: int, num_difficult: int, to: str, tmp_path: Path) -> None:
    before, after, lost = both(real(name), to, tmp_path / "out")
    assert sum(len(page.regions) for page in after.pages) == num_boxes
    if to in ("icdar2015", "sroie", "funsd"):
        shape = upright if to == "funsd" else four
        drawn = [region.points for page in before.pages for region in page.regions]
        before.pages = [plain(page, shape) for page in before.pages]
        assert lost[MARKS] == num_difficult
        assert lost[UPRIGHT] == (sum(points != upright(points) for points in drawn) if to == "funsd" else 0)
    assert said(after)["pages"] == said(before)["pages"]
    assert {what for what, count in lost.items() if count} <= {MARKS, UPRIGHT, "images have another name now"}
    assert not any(problem.code in ("bad_json", "few_fields", "image_missing") for problem in after.problems)


@pytest.mark.parametrize("to", ["paddleocr_rec", "ppocrlabel", "icdar2015_rec", "lmdb"])
@pytest.mark.parametrize(
    ("name", "overrides", "num_crops"),
    [
        ("captcha_digits", [], 1010),
        ("wire_labels", ["dataset.label_files=[rec_gt.txt]"], 3111),
        ("ppocrlabel", [f"dataset.raw={DATA}/icdar2015_words/TrainingSet", "dataset.format=icdar2015_rec"], 1800),
        ("ppocrlabel", [f"dataset.raw={DATA}/taigi_lines/POJ", "dataset.format=paddleocr_rec"], 150),
    ],
)
def test_crops(name: str, overrides: list[str], num_crops: int, to: str, tmp_path: Path) -> None:
    if "POJ" in str(overrides):
        overrides = [*overrides, "dataset.label_files=[crop_map.tsv]"]
    before, after, lost = both(real(name, *overrides), to, tmp_path / "out")
    assert len(after.crops) == num_crops
    assert said(after)["crops"] == said(before)["crops"]
    assert set(lost) <= {"lists of splits (train, val) are one list now", "folders of pictures are one folder now"}


@pytest.mark.parametrize("to", ["pubtabnet", "ppocrlabel_table"])
@pytest.mark.parametrize(
    ("name", "num_tables"),
    [("tables_icdar2013", 109), ("tables_ctdar", 300), ("tables_pubtabnet", 14), ("catalog_tables", 77)],
)
def test_tables(name: str, num_tables: int, to: str, tmp_path: Path) -> None:
    before, after, lost = both(real(name), to, tmp_path / "out")
    assert len(after.tables.samples) == num_tables
    assert said(after)["tables"] == said(before)["tables"]
    assert lost == {}


def test_words_of_the_competition_are_read_as_their_readme_counts_them() -> None:
    raw = f"{DATA}/icdar2015_words/TrainingSet"
    found = read_raw(real("ppocrlabel", f"dataset.raw={raw}", "dataset.format=icdar2015_rec"), 0)
    texts = [crop.text for crop in found.crops]
    # The README counts the backslash that stands before quotation marks for an 83rd character.
    assert (len(texts), len(set(texts)), len(set("".join(texts)))) == (1800, 1308, 82)
    assert (sum("," in text for text in texts), sum('"' in text for text in texts)) == (5, 3)
    assert found.problems == []
