"""predict: the registered models read pictures, and the result is text, JSON or what is drawn beside the pictures."""

import argparse
import json
from pathlib import Path

import pytest
from PIL import Image

from paddock.cli import parse
from paddock.config.schema import Config
from paddock.core.errors import ConfigError, DatasetError, TrackingError
from paddock.core.files import read_json
from paddock.export.recognizer import Recognizer
from paddock.stages import predict

pytestmark = pytest.mark.slow

CROPS = Path("data/prepared/sample/rec/crop_img_test")
PAGES = Path("data/prepared/ppocrlabel/det/test_imgs")
TABLES = Path("data/prepared/ppocrlabel/table/test_imgs")


def _arguments(*inputs: Path, **options: object) -> argparse.Namespace:
    extras = {"orientation": False, "unwarping": False, "textline_orientation": False}
    defaults = {"alias": None, "task": "rec", "out": "text", "save": None, **extras}
    return argparse.Namespace(inputs=list(inputs), **(defaults | options))


def test_a_line_for_each_picture_names_it_and_says_what_paddleocr_reads_in_it(
    exported: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    predict.run(exported, _arguments(CROPS))

    rows = [line.split("\t") for line in capsys.readouterr().out.rstrip("\n").split("\n")]
    pictures = sorted(CROPS.iterdir())
    deployed = Recognizer(Path("outputs/rec/export"), "PP-OCRv3_mobile_rec").read(pictures)
    assert [row[:2] for row in rows] == [
        [str(path), result.text] for path, result in zip(pictures, deployed, strict=True)
    ]
    assert [float(row[2]) for row in rows] == pytest.approx([result.confidence for result in deployed], abs=1e-3)


def test_json_holds_the_same(exported: Config, capsys: pytest.CaptureFixture[str]) -> None:
    picture = min(CROPS.iterdir())

    predict.run(exported, _arguments(picture, out="json", alias="candidate"))

    (row,) = json.loads(capsys.readouterr().out)
    assert set(row) == {"image", "text", "confidence"}
    assert row["image"] == str(picture)


def test_readings_and_their_sheet_are_saved_where_asked(exported: Config, tmp_path: Path) -> None:
    predict.run(exported, _arguments(CROPS, save=tmp_path / "demo"))

    assert [row["image"] for row in read_json(tmp_path / "demo" / "readings.json")] == [
        str(path) for path in sorted(CROPS.iterdir())
    ]
    with Image.open(tmp_path / "demo" / "readings.png") as sheet:
        assert sheet.width > 400


def test_an_alias_that_does_not_exist_is_answered_with_those_there_are(exported: Config) -> None:
    with pytest.raises(TrackingError, match=r"no alias 'production' in .* there are \['candidate', 'champion'\]"):
        predict.run(exported, _arguments(CROPS, alias="production"))


def test_a_picture_that_does_not_exist_is_said_before_anything_is_loaded(exported: Config) -> None:
    with pytest.raises(DatasetError, match=r"gone\.png does not exist"):
        predict.run(exported, _arguments(Path("gone.png")))


def test_a_task_that_no_model_reads_is_refused(exported: Config) -> None:
    with pytest.raises(ConfigError, match=r"--task recc: nothing is read so\. Did you mean 'rec'\?"):
        predict.run(exported, _arguments(CROPS, task="recc"))


def test_pages_are_read_with_both_champions_unless_told_otherwise(
    read_pages: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = min(PAGES.iterdir())

    predict.run(read_pages, parse("predict", [str(picture)]))

    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{picture}: 3 texts"
    assert len(said) == 1 + 3


def test_json_of_pages_has_boxes_texts_and_polygons(read_pages: Config, capsys: pytest.CaptureFixture[str]) -> None:
    predict.run(read_pages, _arguments(PAGES, task="pages", out="json"))

    rows = json.loads(capsys.readouterr().out)
    assert [row["image"] for row in rows] == [str(path) for path in sorted(PAGES.iterdir())]
    assert all(len(row["lines"]) == len(row["polygons"]) == 3 for row in rows)


def test_a_page_and_its_texts_are_saved_where_asked(read_pages: Config, tmp_path: Path) -> None:
    predict.run(read_pages, _arguments(min(PAGES.iterdir()), task="pages", save=tmp_path / "demo"))

    with Image.open(tmp_path / "demo" / "result.jpg") as picture:
        assert picture.size == (2 * 288, 256)
    assert len(read_json(tmp_path / "demo" / "result.json")[0]["lines"]) == 3


def test_a_detector_that_was_never_registered_is_one_line(exported: Config) -> None:
    with pytest.raises(TrackingError, match=r"holds no model 'paddock-det'\. Train and register one with `dvc repro`"):
        predict.run(exported, _arguments(CROPS, task="pages"))


def test_a_table_is_read_with_three_champions_printed_and_written(
    read_tables: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = min(TABLES.iterdir())

    predict.run(read_tables, parse("predict", [str(picture), "--task", "table"]))

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(
        f"{picture}: 3 rows x 2 columns, 5 cells, 4 texts in 4 of them, 0 outside, confidence 1.000"
    )
    assert len(said) == 1 + 3 + 1
    assert said[-1] == "written to outputs/predict"
    names = {path.name for path in Path("outputs/predict").iterdir()}
    assert names == {"result.html", "result.xlsx", "result.jpg", "result.json"}


def test_tables_as_json_leave_the_output_to_json(
    read_tables: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predict.run(read_tables, _arguments(TABLES, task="table", out="json", save=tmp_path / "tables"))

    rows = json.loads(capsys.readouterr().out)
    assert [row["image"] for row in rows] == [str(path) for path in sorted(TABLES.iterdir())]
    assert all(len(row["cells"]) == 5 for row in rows)
    assert len(list((tmp_path / "tables").glob("*.html"))) == len(rows)


def test_a_table_model_that_was_never_registered_is_one_line(read_pages: Config) -> None:
    with pytest.raises(TrackingError, match=r"holds no model 'paddock-table'\. Train and register one"):
        predict.run(read_pages, _arguments(PAGES, task="table"))


def test_tables_are_not_turned_away_from_their_cells(read_tables: Config) -> None:
    with pytest.raises(ConfigError, match=r"--orientation, --unwarping\) are for pages"):
        predict.run(read_tables, _arguments(TABLES, task="table", unwarping=True))


def test_single_lines_are_read_as_they_are(exported: Config) -> None:
    with pytest.raises(ConfigError, match=r"--task rec reads pictures as they are: leave out --orientation"):
        predict.run(exported, _arguments(CROPS, textline_orientation=True))
