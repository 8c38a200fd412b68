from pathlib import Path

import cv2
import numpy as np
import pytest

from paddock.core.errors import DatasetError
from paddock.core.files import sha256_folder
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.sample.lines import MAX_HEIGHT, MIN_HEIGHT, draw_line, draw_sheet, line_file, write_sample
from paddock.data.sample.text import distinct_texts


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "sample"
    write_sample(folder, 60, seed=0)
    return folder


def lines_of(folder: Path) -> list[LabelLine]:
    return [line for line in parse_lines(folder / "rec_gt.txt") if isinstance(line, LabelLine)]


def test_the_sample_is_a_ppocrlabel_folder(sample: Path) -> None:
    lines = lines_of(sample)
    assert [line.text for line in lines] == distinct_texts(60, seed=0)
    assert [line.image for line in lines[4:6]] == [
        "crop_img/sheet_0000_crop_4.jpg",
        "crop_img/sheet_0001_crop_0.jpg",
    ]
    assert {line.image for line in lines} == {f"crop_img/{path.name}" for path in (sample / "crop_img").iterdir()}


def test_the_same_seed_draws_the_same_files_and_another_does_not(sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "again", 60, seed=0)
    assert sha256_folder(tmp_path / "again") == sha256_folder(sample)
    write_sample(tmp_path / "other", 60, seed=1)
    assert sha256_folder(tmp_path / "other" / "crop_img") != sha256_folder(sample / "crop_img")


def test_a_smaller_sample_is_the_beginning_of_a_larger_one(sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "part", 7, seed=0)
    for path in (tmp_path / "part" / "crop_img").iterdir():
        assert path.read_bytes() == (sample / "crop_img" / path.name).read_bytes()


def test_a_line_does_not_depend_on_the_lines_drawn_before() -> None:
    first = line_file("AB-12", 17, seed=3)
    line_file("XYZ", 2, seed=3)
    assert line_file("AB-12", 17, seed=3) == first


@pytest.mark.parametrize("index", range(12))
def test_a_line_is_a_tight_readable_crop(index: int) -> None:
    draw = np.random.default_rng([9, index])
    sheet = draw_sheet(draw)
    picture = draw_line("2P24-B7", sheet, draw)
    height, width = picture.pixels.shape[:2]
    assert MIN_HEIGHT <= height <= MAX_HEIGHT
    assert 2 < width / height < 8
    (item,) = picture.texts
    left, top = item.quad.min(axis=0)
    right, bottom = item.quad.max(axis=0)
    # The text is in the picture as a whole and fills at least half of its height.
    assert (left > -1, top > -1, right < width + 1, bottom < height + 1) == (True,) * 4
    assert bottom - top > height / 2
    grey = cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY)
    assert np.subtract(*np.percentile(grey, (97, 3))) > 40


def test_every_written_file_is_an_image_of_the_promised_height(sample: Path) -> None:
    heights = {cv2.imread(str(path)).shape[0] for path in (sample / "crop_img").iterdir()}
    assert min(heights) >= MIN_HEIGHT
    assert max(heights) <= MAX_HEIGHT
    assert len(heights) > 15


def test_an_earlier_sample_is_replaced(tmp_path: Path) -> None:
    write_sample(tmp_path / "sample", 8, seed=0)
    write_sample(tmp_path / "sample", 3, seed=0)
    assert len(list((tmp_path / "sample" / "crop_img").iterdir())) == 3


def test_an_annotators_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "Label.txt").write_text("months of work", encoding="utf-8")
    message = r"holds what paddock did not make \(it has no sample\.json\).*Set dataset\.raw=null"
    with pytest.raises(DatasetError, match=message):
        write_sample(tmp_path, 3, seed=0)
    assert (tmp_path / "Label.txt").read_text(encoding="utf-8") == "months of work"
