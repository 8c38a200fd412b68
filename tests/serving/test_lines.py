"""Reading pictures with a package."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from paddock.core.errors import DatasetError, ExportError
from paddock.export.recognizer import Recognizer
from paddock.serving import lines
from paddock.serving.lines import LineReader
from paddock.serving.pictures import find_pictures, load_picture
from tests.tiny_recognizer import SETTINGS, write_pictures

pytestmark = pytest.mark.slow


def test_pictures_of_mixed_widths_read_as_each_does_alone(package: Path, pictures: list[Path]) -> None:
    alone = Recognizer(package, SETTINGS.model_name).read(pictures)

    readings = LineReader(package).read(pictures)

    assert [reading.path for reading in readings] == pictures
    assert [reading.text for reading in readings] == [result.text for result in alone]
    assert len({reading.text for reading in readings}) == 5, "the pictures must read differently for this to say much"
    for reading, result in zip(readings, alone, strict=True):
        assert reading.confidence == pytest.approx(result.confidence, abs=1e-5)


def test_many_pictures_are_read_in_parts(package: Path, pictures: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = LineReader(package).read(pictures)
    monkeypatch.setattr(lines, "CHUNK_SIZE", 2)
    monkeypatch.setattr(lines, "BATCH_SIZE", 1)

    parts = LineReader(package).read(pictures)

    assert [reading.text for reading in parts] == [reading.text for reading in whole]


def test_names_outside_ascii_are_read(package: Path, pictures: list[Path], tmp_path: Path) -> None:
    renamed = tmp_path / "Straße 中文.png"
    shutil.copyfile(pictures[0], renamed)

    readings = LineReader(package).read([renamed, pictures[0]])

    assert readings[0].text == readings[1].text


def test_a_changed_package_is_not_used(package: Path, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(package, tmp_path / "package"))
    (changed / "inference.yml").write_text("Global: {}")

    with pytest.raises(ExportError, match=r"inference\.yml differs from its hash"):
        LineReader(changed)


def test_folders_are_searched_for_pictures_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/2.PNG", "b/1.jpg", "a.webp", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    alone = tmp_path / "notes.txt"

    assert find_pictures([tmp_path, alone]) == [tmp_path / "a.webp", tmp_path / "b/1.jpg", tmp_path / "b/2.PNG", alone]


def test_an_input_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere\.png does not exist\. Give a picture or a folder"):
        find_pictures([tmp_path / "nowhere.png"])


def test_a_folder_without_pictures_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no picture\. Known endings: \.bmp, \.jpeg, \.jpg"):
        find_pictures([tmp_path])


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_file_that_is_no_picture_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)

    with pytest.raises(DatasetError, match=r"broken\.png is not a picture or is damaged"):
        load_picture(path)


def test_a_picture_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"gone\.png cannot be read: No such file"):
        load_picture(tmp_path / "gone.png")


def test_one_damaged_picture_in_many_stops_the_reading_before_anything_is_given(
    package: Path, pictures: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(pictures[0].read_bytes()[:40])

    with pytest.raises(DatasetError, match=r"broken\.png"):
        LineReader(package).read([*pictures, broken])


def test_grey_and_transparent_pictures_are_read_in_three_channels(tmp_path: Path) -> None:
    (path,) = write_pictures(tmp_path, [(10, 20)])
    for channels in (1, 4):
        pixels = np.full((10, 20, channels), 7, np.uint8)
        path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())

        assert load_picture(path).shape == (10, 20, 3)


def test_no_input_at_all_is_said() -> None:
    with pytest.raises(DatasetError, match="there is nothing to read"):
        find_pictures([])
