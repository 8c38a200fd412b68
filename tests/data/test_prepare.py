import csv
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig, OnError, SampleConfig
from paddock.core.errors import ConfigError, DatasetError, PaddockError
from paddock.core.files import read_json, sha256_folder
from paddock.data.check_raw import raw_folder
from paddock.data.prepare import prepare_dataset, report_folder
from paddock.data.prepared import PreparedRec, read_labels
from paddock.data.samples import SPLITS

MakeDataset = Callable[..., DatasetConfig]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "prepared" / "tiny"


def add_lines(project: Path, *lines: str) -> None:
    with (project / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def assert_refused(
    dataset: DatasetConfig, target: Path, message: str, error: type[PaddockError] = DatasetError
) -> None:
    """The refusal is one line, and nothing but a report is left behind."""
    with pytest.raises(error, match=message) as refusal:
        prepare_dataset(dataset, 0, target)
    assert "\n" not in str(refusal.value)
    assert not target.exists()
    left = {path.name for path in target.parent.glob("*")}
    assert left <= {report_folder(target).name}


def test_the_layout_of_paddleocr_tutorials_is_written(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    stats = prepare_dataset(make_dataset(raw=str(project)), 0, target)["rec"]
    layout = PreparedRec(target / "rec")
    assert layout.stats() == stats
    assert sum(stats["num_samples"].values()) == 10
    assert layout.dictionary.read_text(encoding="utf-8") == "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nA\n"
    for split, count in stats["num_samples"].items():
        lines = read_labels(layout.label_file(split))
        assert {line.image for line in lines} == {
            f"crop_img_{split}/{path.name}" for path in layout.image_folder(split).iterdir()
        }
        assert len(lines) == count
        for line in lines:
            number = line.text.removeprefix("A")
            assert line.image == f"crop_img_{split}/page{number}_crop_0.png"
            assert (target / "rec" / line.image).read_bytes() == (
                project / f"crop_img/page{number}_crop_0.png"
            ).read_bytes()


def test_the_digest_follows_from_content_alone(
    project: Path, tmp_path: Path, make_dataset: MakeDataset, png: Callable[[int], bytes]
) -> None:
    first = prepare_dataset(make_dataset(raw=str(project)), 0, tmp_path / "one")["rec"]
    moved = project.rename(tmp_path / "moved")
    second = prepare_dataset(make_dataset(raw=str(moved)), 0, tmp_path / "two")["rec"]
    assert first["digest"] == second["digest"]
    (moved / "crop_img" / "page4_crop_0.png").write_bytes(png(99))
    third = prepare_dataset(make_dataset(raw=str(moved)), 0, tmp_path / "three")["rec"]
    assert third["digest"] != first["digest"]


def test_preparing_again_replaces_the_folder(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    prepare_dataset(make_dataset(raw=str(project)), 0, target)
    (target / "rec" / "left_over.txt").touch()
    prepare_dataset(make_dataset(raw=str(project)), 0, target)
    assert not (target / "rec" / "left_over.txt").exists()


def test_images_of_one_name_from_two_folders_are_both_kept(
    tmp_path: Path, target: Path, make_dataset: MakeDataset, png: Callable[[int], bytes]
) -> None:
    labels = []
    for number in range(20):
        image = tmp_path / "raw" / f"page{number}" / ("word.png" if number % 2 else "Word.png")
        image.parent.mkdir(parents=True)
        image.write_bytes(png(number))
        labels.append(f"page{number}/{image.name}\t{number}\n")
    (tmp_path / "raw" / "rec_gt.txt").write_text("".join(labels), encoding="utf-8")
    prepare_dataset(make_dataset(raw=str(tmp_path / "raw"), format="paddleocr_rec"), 0, target)
    lines = [line for split in SPLITS for line in read_labels(PreparedRec(target / "rec").label_file(split))]
    assert {line.text: (target / "rec" / line.image).read_bytes() for line in lines} == {
        str(number): png(number) for number in range(20)
    }
    # Apart even where upper and lower case are the same, as on the disks of Windows and macOS.
    assert len({line.image.lower() for line in lines}) == 20


def test_problems_are_left_out_counted_and_logged_when_asked(
    project: Path, target: Path, make_dataset: MakeDataset, caplog: pytest.LogCaptureFixture
) -> None:
    (project / "crop_img/page0_crop_0.png").write_bytes(b"broken")
    add_lines(project, "no tab", "crop_img/page1_crop_0.png\tA1", "crop_img/page2_crop_0.png\t###")
    add_lines(project, *(f"crop_img/gone{number}.png\tA" for number in range(25)))
    with caplog.at_level(logging.WARNING):
        dataset = make_dataset(raw=str(project), on_error=OnError.drop, max_dropped=0.8)
        stats = prepare_dataset(dataset, 0, target)["rec"]
    assert stats["dropped"] == {
        "image_corrupt": 1,
        "image_missing": 25,
        "no_tab": 1,
        "not_labelled": 1,
        "repeated_line": 1,
    }
    assert sum(stats["num_samples"].values()) == 9
    told = [message for message in caplog.messages if "chance left" not in message]
    assert told[0] == "tiny: lines left out: 25 image_missing, 1 no_tab, 1 image_corrupt"
    assert len(told) == 1 + 20
    assert told[1].endswith("rec_gt.txt:11: no tab between image and text in 'no tab'. Write IMAGE<TAB>TEXT.")


def test_characters_outside_a_given_dictionary_are_left_out_when_asked(
    project: Path, target: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (tmp_path / "dict.txt").write_text("A\n7\n6\n5\n4\n3\n2\n1\n0\n", encoding="utf-8")
    dictionary = str(tmp_path / "dict.txt")
    dataset = make_dataset(raw=str(project), on_error=OnError.drop, dictionary=dictionary, max_dropped=0.2)
    stats = prepare_dataset(dataset, 0, target)["rec"]
    assert stats["dropped"] == {"outside_dictionary": 2}
    assert (stats["num_characters"], stats["use_space_char"]) == (9, False)
    assert PreparedRec(target / "rec").dictionary.read_text(encoding="utf-8") == "A\n7\n6\n5\n4\n3\n2\n1\n0\n"


def test_labels_with_spaces_turn_the_space_class_on(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    content = (project / "rec_gt.txt").read_text(encoding="utf-8").replace("A", "A ")
    (project / "rec_gt.txt").write_text(content, encoding="utf-8")
    stats = prepare_dataset(make_dataset(raw=str(project)), 0, target)["rec"]
    assert (stats["num_characters"], stats["use_space_char"]) == (12, True)
    assert " " not in PreparedRec(target / "rec").dictionary.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("crop_img/page1_crop_0.png A1", r"rec_gt\.txt:11: no tab between image and text"),
        ("crop_img/gone.png\tA1", r"rec_gt\.txt:11: image 'crop_img/gone\.png' is missing"),
        ("crop_img/bad_crop_0.png\tA1", r"rec_gt\.txt:11: image .*bad_crop_0\.png is corrupt"),
        ("crop_img/page1_crop_0.png\t", r"rec_gt\.txt:11: no text after the image"),
        ("../secret.png\tA1", r"rec_gt\.txt:11: '\.\./secret\.png' leaves the data folder"),
        ("crop_img/page1_crop_0.png\tB", r"rec_gt\.txt:11: page1_crop_0\.png is 'B' here and 'A1' in"),
    ],
)
def test_one_bad_line_stops_the_preparation(
    project: Path, target: Path, make_dataset: MakeDataset, line: str, message: str
) -> None:
    (project / "crop_img" / "bad_crop_0.png").write_bytes(b"broken")
    add_lines(project, line)
    hint = r"Unusable in all: 1 \w+; dataset\.on_error=drop leaves them out\."
    assert_refused(make_dataset(raw=str(project)), target, rf"{message}.*{hint}")


def test_all_bad_lines_are_counted_in_the_message(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    add_lines(project, "no tab", "crop_img/gone.png\tA", "no tab either")
    message = r"rec_gt\.txt:11: no tab.*Unusable in all: 2 no_tab, 1 image_missing; dataset\.on_error=drop"
    assert_refused(make_dataset(raw=str(project)), target, message)


def test_a_character_outside_a_given_dictionary_stops_the_preparation(
    project: Path, target: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (tmp_path / "dict.txt").write_text("A\n0\n1\n2\n3\n4\n5\n6\n7\n8\n", encoding="utf-8")
    dataset = make_dataset(raw=str(project), dictionary=str(tmp_path / "dict.txt"))
    assert_refused(dataset, target, r"rec_gt\.txt:10: 'A9' has '9' \(U\+0039\), which dataset\.dictionary lacks")


def test_a_missing_raw_folder_is_refused(tmp_path: Path, target: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(raw=str(tmp_path / "nowhere"))
    assert_refused(dataset, target, r"raw folder .*nowhere is missing\. Check dataset\.raw\.")


def test_a_raw_folder_that_is_not_set_is_refused(target: Path, make_dataset: MakeDataset) -> None:
    assert_refused(make_dataset(), target, r"dataset\.raw is not set\. Name the annotators' folder", ConfigError)


def test_an_unknown_format_gets_a_hint(target: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(format="ppocrlable")
    assert_refused(
        dataset, target, r"dataset\.format 'ppocrlable' is unknown\. Did you mean 'ppocrlabel'\?", ConfigError
    )


def test_an_empty_split_is_refused_whatever_is_dropped(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    (project / "rec_gt.txt").write_text("crop_img/page1_crop_0.png\tA1\nbad\n", encoding="utf-8")
    dataset = make_dataset(raw=str(project), on_error=OnError.drop, max_dropped=1.0)
    assert_refused(dataset, target, r"a split would be empty: 1 usable samples come from 1 source picture\(s\)")


def test_an_empty_label_file_is_refused(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    (project / "rec_gt.txt").write_text("", encoding="utf-8")
    assert_refused(
        make_dataset(raw=str(project)),
        target,
        r"nothing of tiny is usable; left out: stray_crop 10\. Check dataset\.raw\.",
    )


def test_a_refused_preparation_leaves_the_earlier_one(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    prepare_dataset(make_dataset(raw=str(project)), 0, target)
    before = sha256_folder(target)
    add_lines(project, "no tab")
    with pytest.raises(DatasetError, match="no tab"):
        prepare_dataset(make_dataset(raw=str(project)), 0, target)
    assert sha256_folder(target) == before


def test_a_folder_that_paddock_did_not_make_is_not_replaced(
    project: Path, target: Path, make_dataset: MakeDataset
) -> None:
    target.mkdir(parents=True)
    (target / "thesis.doc").touch()
    with pytest.raises(DatasetError, match=r"holds what paddock did not make \(it has no stats\.json\)"):
        prepare_dataset(make_dataset(raw=str(project)), 0, target)
    assert (target / "thesis.doc").exists()


def test_a_target_that_cannot_be_written_is_one_line(project: Path, tmp_path: Path, make_dataset: MakeDataset) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PaddockError, match=r"cannot write .*tiny: .*\. Check the folder's owner"):
        prepare_dataset(make_dataset(raw=str(project)), 0, tmp_path / "file" / "tiny")


def test_a_full_disk_is_one_line_and_leaves_nothing(
    project: Path, target: Path, make_dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, destination: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    assert_refused(make_dataset(raw=str(project)), target, "cannot write .*: No space left on device", PaddockError)


def test_a_given_raw_folder_is_used_and_the_sample_has_its_own(make_dataset: MakeDataset) -> None:
    assert raw_folder(make_dataset(raw="/labels")) == Path("/labels")
    assert raw_folder(make_dataset(format="sample", name="mine")) == Path("data/raw/mine")


def test_the_sample_is_drawn_prepared_and_the_same_again(tmp_path: Path, make_dataset: MakeDataset) -> None:
    digests = []
    for number in range(2):
        raw = tmp_path / f"raw{number}"
        dataset = make_dataset(format="sample", raw=str(raw), sample=SampleConfig(num_pages=4, num_tables=0))
        stats = prepare_dataset(dataset, 7, tmp_path / f"rec{number}")["rec"]
        digests.append(stats["digest"])
        assert read_json(raw / "sample.json") == {"num_pages": 4, "num_tables": 0, "seed": 7, "characters": ""}
    assert digests[0] == digests[1]
    assert stats["num_strings"] == sum(stats["num_samples"].values()) >= 40


def test_stats_are_plain_json(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    stats = prepare_dataset(make_dataset(raw=str(project)), 0, target)["rec"]
    assert json.loads(json.dumps(stats)) == stats
    assert (stats["dataset"], stats["task"], stats["format"], stats["seed"]) == ("tiny", "rec", "ppocrlabel", 0)


def test_what_can_be_mended_is_mended_on_request_and_the_raw_folder_stays(
    project: Path, target: Path, make_dataset: MakeDataset
) -> None:
    lines = (project / "rec_gt.txt").read_text(encoding="utf-8").splitlines()
    lines[0] = "crop_img/page0_crop_0.png A0"
    lines[1] = "crop_img/PAGE1_crop_0.png\tＡ1"
    lines[2] = "crop_img/page2_crop_0.png\t A2 "
    (project / "rec_gt.txt").write_text("\n".join([*lines, "neither image nor text"]), encoding="utf-8")
    before = sha256_folder(project)

    stats = prepare_dataset(make_dataset(raw=str(project), on_error=OnError.repair), 0, target)["rec"]

    assert stats["mended"] == {"full_width": 1, "name_differs": 1, "no_tab": 1, "outer_blanks": 1}
    assert stats["dropped"] == {"no_tab": 1}
    texts = [line.text for split in SPLITS for line in read_labels(PreparedRec(target / "rec").label_file(split))]
    assert sorted(texts) == [f"A{number}" for number in range(10)]
    assert sha256_folder(project) == before


def test_a_refusal_says_what_repair_would_mend(project: Path, target: Path, make_dataset: MakeDataset) -> None:
    add_lines(project, "crop_img/page1_crop_0.png A1", "crop_img/page2_crop_0.png A2", "crop_img/gone.png\tA")
    message = (
        r"Unusable in all: 2 no_tab, 1 image_missing; dataset\.on_error=drop leaves them out\. "
        r"dataset\.on_error=repair mends 2 of them\. See .*prepared/tiny\.lint/report\.html\.$"
    )
    assert_refused(make_dataset(raw=str(project)), target, message)
    assert read_json(report_folder(target) / "lint.json")["left_to_mend"] == 3


@pytest.mark.parametrize("on_error", [OnError.drop, OnError.repair])
def test_more_losses_than_the_limit_are_refused(
    project: Path, target: Path, make_dataset: MakeDataset, on_error: OnError
) -> None:
    add_lines(project, "bad", "worse")
    message = (
        r"rec_gt\.txt:11: no tab.* Left out would be 2 of 12 lines and boxes \(17%, and dataset\.max_dropped is 16%\): "
        r"2 no_tab\. See .*report\.html\."
    )
    assert_refused(make_dataset(raw=str(project), on_error=on_error, max_dropped=0.16), target, message)
    stats = prepare_dataset(make_dataset(raw=str(project), on_error=on_error, max_dropped=0.17), 0, target)
    assert stats["rec"]["dropped"] == {"no_tab": 2}


def test_prepared_images_get_ascii_names_on_request(
    project: Path, target: Path, make_dataset: MakeDataset, png: Callable[[int], bytes]
) -> None:
    names = ["页一.png", "é 1.png", "e 1.png", "．．.png", f"{'长' * 60}.png"]
    for number, name in enumerate(names):
        (project / "crop_img" / name).write_bytes(png(100 + number))
        add_lines(project, f"crop_img/{name}\tB{number}")
    prepare_dataset(make_dataset(raw=str(project), ascii_names=True), 0, target)
    layout = PreparedRec(target / "rec")
    lines = [line for split in SPLITS for line in read_labels(layout.label_file(split))]
    assert all(line.image.isascii() for line in lines)
    written = {line.text: layout.folder / line.image for line in lines}
    assert [written[f"B{number}"].read_bytes() for number in range(5)] == [png(100 + number) for number in range(5)]
    assert written["B0"].name == "u9875_u4e00_.png"
    assert len({path.name for path in written.values()}) == 15
    assert all(len(path.name) <= 100 for path in written.values())
    with (layout.folder / "names.csv").open(encoding="utf-8", newline="") as file:
        renamed = {row["original"]: row["image"] for row in csv.DictReader(file)}
    assert layout.folder / renamed["页一.png"] == written["B0"]
    assert "page1_crop_0.png" not in renamed
