import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from paddock.core.errors import DatasetError
from paddock.core.files import read_json, sha256_folder
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.sample.pages import MAX_LINES, MAX_SIDE, MIN_LINES, MIN_SIDE, page_of, write_sample
from paddock.data.sample.text import distinct_texts

NUM_PAGES = 12


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "sample"
    write_sample(folder, NUM_PAGES, num_tables=0, seed=0)
    return folder


def lines_of(path: Path) -> list[LabelLine]:
    return [line for line in parse_lines(path) if isinstance(line, LabelLine)]


def regions_of(sample: Path) -> list[dict[str, object]]:
    return [region for line in lines_of(sample / "Label.txt") for region in json.loads(line.text)]


def test_the_sample_is_a_ppocrlabel_folder(sample: Path) -> None:
    names = [f"sample/page_{number:04}.jpg" for number in range(NUM_PAGES)]
    assert [line.image for line in lines_of(sample / "Label.txt")] == names
    assert [(line.image, line.text) for line in lines_of(sample / "fileState.txt")] == [(name, "1") for name in names]
    assert all((sample.parent / name).is_file() for name in names)
    assert read_json(sample / "sample.json") == {
        "num_pages": NUM_PAGES,
        "num_tables": 0,
        "seed": 0,
        "characters": "",
    }
    assert all(list(region) == ["transcription", "points", "difficult"] for region in regions_of(sample))


def test_regions_lie_in_their_pictures_clockwise_from_the_top_left(sample: Path) -> None:
    for line in lines_of(sample / "Label.txt"):
        height, width = cv2.imread(str(sample.parent / line.image)).shape[:2]
        assert min(height, width) >= MIN_SIDE
        assert max(height, width) <= MAX_SIDE
        regions = json.loads(line.text)
        assert MIN_LINES <= len(regions) <= MAX_LINES
        for region in regions:
            corners = np.array(region["points"])
            assert corners.shape == (4, 2)
            assert corners.min() >= 0
            assert (corners.max(axis=0) < (width, height)).all()
            top_left, top_right, bottom_right, bottom_left = corners
            assert top_left[0] < top_right[0] and bottom_left[0] < bottom_right[0]
            assert top_left[1] < bottom_left[1] and top_right[1] < bottom_right[1]


def test_texts_are_distinct_and_mostly_legible_in_size(sample: Path) -> None:
    regions = regions_of(sample)
    texts = [str(region["transcription"]) for region in regions if region["transcription"] != "###"]
    assert len(set(texts)) == len(texts)
    assert len(texts) > 0.95 * len(regions)
    sides = np.array([region["points"] for region in regions])
    heights = np.linalg.norm(sides[:, 3] - sides[:, 0], axis=1)
    assert heights.min() >= 14
    assert heights.max() <= 56
    assert np.percentile(heights, 95) > 1.4 * np.percentile(heights, 5), "sizes are mixed"


def test_every_text_stands_out_from_its_page(sample: Path) -> None:
    contrasts = []
    for line in lines_of(sample / "Label.txt"):
        grey = cv2.imread(str(sample.parent / line.image), cv2.IMREAD_GRAYSCALE)
        for region in json.loads(line.text):
            if region["transcription"] != "###":
                (left, top), (right, bottom) = np.min(region["points"], axis=0), np.max(region["points"], axis=0)
                contrasts.append(np.subtract(*np.percentile(grey[top:bottom, left:right], (97, 3))))
    assert min(contrasts) > 50


def test_the_same_seed_draws_the_same_files_and_another_does_not(sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "sample", NUM_PAGES, num_tables=0, seed=0)
    assert sha256_folder(tmp_path / "sample") == sha256_folder(sample)
    write_sample(tmp_path / "other" / "sample", 2, num_tables=0, seed=1)
    other, mine = (folder / "page_0000.jpg" for folder in (tmp_path / "other" / "sample", sample))
    assert other.read_bytes() != mine.read_bytes()


def test_a_smaller_sample_is_the_beginning_of_a_larger_one(sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "sample", 3, num_tables=0, seed=0)
    for number in range(3):
        name = f"page_{number:04}.jpg"
        assert (tmp_path / "sample" / name).read_bytes() == (sample / name).read_bytes()
    assert lines_of(tmp_path / "sample" / "Label.txt")[2].text == lines_of(sample / "Label.txt")[2].text


def test_a_page_does_not_depend_on_the_pages_drawn_before() -> None:
    texts = distinct_texts(MAX_LINES, seed=3)
    first = page_of(texts, 17, seed=3)
    page_of(texts, 2, seed=3)
    assert page_of(texts, 17, seed=3).jpeg == first.jpeg


def test_an_earlier_sample_is_replaced(tmp_path: Path) -> None:
    write_sample(tmp_path / "sample", 3, num_tables=0, seed=0)
    write_sample(tmp_path / "sample", 1, num_tables=0, seed=0)
    assert len(list((tmp_path / "sample").glob("*.jpg"))) == 1


def test_an_annotators_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "Label.txt").write_text("months of work", encoding="utf-8")
    message = r"holds what paddock did not make \(it has no sample\.json\).*Set dataset\.raw=null"
    with pytest.raises(DatasetError, match=message):
        write_sample(tmp_path, 3, num_tables=0, seed=0)
    assert (tmp_path / "Label.txt").read_text(encoding="utf-8") == "months of work"


def test_a_given_dictionary_is_what_the_texts_are_made_of(tmp_path: Path) -> None:
    write_sample(tmp_path / "sample", 2, num_tables=0, seed=0, characters="Xyé_7")

    shown = {character for region in regions_of(tmp_path / "sample") for character in str(region["transcription"])}
    assert shown - {"#"} == set("Xyé_7")


def test_characters_that_the_fonts_lack_are_named_and_nothing_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"fonts cannot write '中' of dataset\.dictionary"):
        write_sample(tmp_path / "sample", 2, num_tables=0, seed=0, characters="A中")

    assert not (tmp_path / "sample").exists()
