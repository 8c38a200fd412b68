"""Looking at a raw folder: everything is found, in one go, and nothing is written into it."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import ConfigError
from paddock.core.files import read_json, sha256_folder
from paddock.data.findings import Findings, Place, place_of
from paddock.data.lint import lint_dataset, refuse_inside
from paddock.data.lint_report import LIST, PAGE, summary, write_report
from paddock.data.prepare import prepare_dataset, report_folder
from paddock.data.problem_codes import CODES

MakeDataset = Callable[..., DatasetConfig]

SOUND = [[5, 5], [45, 5], [45, 15], [5, 15]]


def box(text: str, points: object = SOUND, **more: object) -> dict[str, object]:
    return {"transcription": text, "points": points, **more}


@pytest.fixture
def faulty(pages: Path, page_png: Callable[[int], bytes]) -> Path:
    """The folder of ten pages with a fault of every kind that a PPOCRLabel folder can have."""
    for number in (15, 16, 17):
        (pages / f"page{number}.png").write_bytes(page_png(number))
    (pages / "page10.png").write_bytes(b"broken")
    (pages / "page11.png").write_bytes((pages / "page0.png").read_bytes())
    cv2.imwrite(str(pages / "page12.png"), cv2.imread(str(pages / "page1.png"), cv2.IMREAD_GRAYSCALE))
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(pages / "page13.png")
    turned = Image.fromarray(np.random.default_rng(99).integers(0, 256, (60, 40, 3), dtype=np.uint8))
    turned.getexif()[0x0112] = 6
    turned.save(pages / "page14.jpg", exif=turned.getexif())
    (pages / "页.png").write_bytes(page_png(30))
    lines = [
        ("pages/page10.png", [box("A")]),
        ("pages/page11.png", [box("OTHER")]),
        ("pages/page12.png", [box("A1"), box("###", [[5, 20], [45, 20], [45, 30], [5, 30]])]),
        ("pages/page13.png", [box("A", [[-2, 5], [45, 5], [45, 15], [-2, 15]])]),
        ("D:\\x\\page14.jpg", [box("A", SOUND[::-1])]),
        ("/home/x/page15.png", [box("A"), box("A"), box("B")]),
        ("pages/PAGE16.png", [box("A", [SOUND[0], SOUND[1], SOUND[3], SOUND[2]])]),
        ("pages/页.png", [box("Ａ\u200b"), box("CАT", [[5, 20], [45, 20], [45, 30], [5, 30]])]),
        ("pages/gone.png", []),
        ("pages/../../x.png", []),
        ("pages/page2.png", []),
        ("pages/page17.png", [box("A", [[500, 5], [545, 5], [545, 15], [500, 15]])]),
        ("pages/page3.png", [box("TEMPORARY"), box("", [[5, 20], [45, 20], [45, 30], [5, 30]])]),
        ("pages/page4.png", [box("A\nB"), box("A", [[1, 1]]), box("A", "x"), box("A", [[5, 5]] * 4)]),
    ]
    text = (pages / "Label.txt").read_text(encoding="utf-8").split("\n")
    text = text[:3] + text[5:]  # page3 and page4 have the lines above
    text += [f"{image}\t{json.dumps(boxes, ensure_ascii=False)}" for image, boxes in lines]
    text += ["pages/page5.png [", "no tab", "", 'pages/page6.png\t[{"transcription"', "pages/page7.png\t"]
    (pages / "Label.txt").write_bytes(("\ufeff" + "\r\n".join(text)).encode() + b"\npages/page8.png\t\xff\n")
    (pages / "orphan.png").write_bytes(page_png(50))
    return pages


def lint(raw: Path, make_dataset: MakeDataset, **changes: object) -> Findings:
    return lint_dataset(make_dataset(raw=str(raw), **changes), 0)


def test_every_fault_of_a_folder_is_found_in_one_go_and_the_folder_stays(
    faulty: Path, make_dataset: MakeDataset
) -> None:
    before = sha256_folder(faulty)
    found = lint(faulty, make_dataset)
    counts = {code: len(problems) for code, problems in found.by_code.items()}
    assert counts == {
        "no_tab": 2,
        "empty_label": 1,
        "not_utf8": 1,
        "bad_json": 2,
        "conflicting_label": 1,
        "image_missing": 1,
        "name_differs": 1,
        "outside_folder": 1,
        "image_corrupt": 1,
        "bad_points": 1,
        "few_points": 1,
        "no_area": 1,
        "self_crossing": 1,
        "outside_image": 1,
        "line_break": 1,
        "byte_order_mark": 1,
        "crlf": 1,
        "blank_line": 1,
        "absolute_path": 2,
        "windows_path": 1,
        "orphan_image": 1,
        "contradictory_image": 1,
        "near_duplicate": 1,
        "transparent": 1,
        "made_upright": 1,
        "clipped": 1,
        "made_clockwise": 1,
        "repeated_box": 1,
        "boxes_overlap": 2,
        "placeholder": 1,
        "empty_text": 1,
        "invisible_character": 1,
        "full_width": 1,
        "look_alike": 1,
        "not_rgb": 2,
        "non_ascii_name": 1,
        "not_labelled": 9,
        "no_box_left": 2,
    }
    assert list(counts) == sorted(
        counts, key=lambda code: [entry.value for entry in type(CODES[code].severity)].index(CODES[code].severity.value)
    )
    assert sha256_folder(faulty) == before
    (missing,) = found.by_code["image_missing"]
    assert found.place(missing) == Place("Label.txt", 18, "")


def test_what_is_mended_is_not_left_to_mend(faulty: Path, make_dataset: MakeDataset) -> None:
    left = {on_error: lint(faulty, make_dataset, on_error=on_error).open_problems() for on_error in OnError}
    gone = {problem.code for problem in left[OnError.stop]} - {problem.code for problem in left[OnError.repair]}
    assert gone == {"full_width", "invisible_character", "name_differs", "repeated_box", "self_crossing"}
    assert "crlf" not in {problem.code for problem in left[OnError.stop]}
    assert lint(faulty, make_dataset).open_problems({"error", "warning"}) == []
    accepted = lint(faulty, make_dataset).open_problems({"error", "near_duplicate"})
    assert {problem.severity.value for problem in accepted} == {"warning"}
    assert "near_duplicate" not in {problem.code for problem in accepted}


def test_a_sound_folder_has_nothing_to_mend(project: Path, make_dataset: MakeDataset) -> None:
    found = lint(project, make_dataset)
    assert (found.problems, found.open_problems()) == ([], [])
    assert found.counts == {"label_files": 1, "pages": 0, "boxes": 0, "crops": 10, "tables": 0}
    assert summary(found, (), Path("out")) == [
        f"{project}, read as ppocrlabel: 1 label file, 10 crops",
        "",
        "nothing is left to mend",
        "report: out/report.html",
    ]


def test_the_dictionary_and_the_models_length_are_looked_at(
    project: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (tmp_path / "dict.txt").write_text("A\n0\n1\n2\n3\n4\n5\n6\n7\n8\n", encoding="utf-8")
    dataset = make_dataset(raw=str(project), dictionary=str(tmp_path / "dict.txt"))
    found = lint_dataset(dataset, 0, max_text_length=1)
    assert {code: len(group) for code, group in found.by_code.items()} == {"outside_dictionary": 1, "text_too_long": 9}


def test_the_terminal_shows_the_most_severe_first_with_places(faulty: Path, make_dataset: MakeDataset) -> None:
    lines = summary(lint(faulty, make_dataset), {"near_duplicate"}, Path("out"))
    assert [line for line in lines if line in ("errors", "warnings", "notes")] == ["errors", "warnings", "notes"]
    what = "no tab between image and text; dataset.on_error=repair mends 1; to mend: write a tab"
    at = lines.index(f"       2 no_tab: {what}")
    assert lines[at + 1] == (
        "         Label.txt:24: no tab between image and text in 'pages/page5.png ['. Write IMAGE<TAB>TEXT."
    )
    assert "       1 near_duplicate: two images look the same; accepted" in lines
    assert "       1 crlf: lines end as on Windows; paddock mends it" in lines
    assert "       9 not_labelled: unreadable text (### or *), or a project without labels" in lines
    assert re.fullmatch(r"left to mend: 17 errors and \d+ warnings", lines[-3])
    assert re.fullmatch(r"dataset\.on_error=repair would mend \d of them in memory, .*", lines[-2])


def test_a_long_list_is_cut_short_on_the_terminal(project: Path, make_dataset: MakeDataset) -> None:
    with (project / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"crop_img/gone{number}.png\tA\n" for number in range(2000))
    lines = summary(lint(project, make_dataset), (), Path("out"))
    assert "   2,000 image_missing: the image is not there; to mend: restore it, or delete the line" in lines
    assert "         ... and 1,997 more" in lines
    assert len(lines) < 15


def test_the_list_for_programs_has_place_severity_and_repair(
    faulty: Path, make_dataset: MakeDataset, tmp_path: Path
) -> None:
    write_report(lint(faulty, make_dataset), tmp_path / "out")
    content = read_json(tmp_path / "out" / LIST)
    assert (content["format"], content["on_error"]) == ("ppocrlabel", "stop")
    assert content["codes"]["no_tab"] == {
        "severity": "error",
        "meaning": "no tab between image and text",
        "remedy": "write a tab",
        "count": 2,
        "listed": 2,
        "mended": 0,
        "left_out": 2,
    }
    (crossing,) = [problem for problem in content["problems"] if problem["code"] == "self_crossing"]
    assert (crossing["file"], crossing["line"], crossing["images"]) == ("Label.txt", 16, ["page16.png"])
    assert (crossing["repair"], crossing["mended"]) == ("read with its corners in clockwise order", False)
    assert sum(entry["count"] for entry in content["codes"].values()) == len(content["problems"])


class Page(HTMLParser):
    """What a browser would load and where links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.sources += [values["src"] or ""] if "src" in values else []
        self.links += [values["href"] or ""] if "href" in values else []
        self.anchors |= {values["id"] or ""} if "id" in values else set()
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_loads_nothing(faulty: Path, make_dataset: MakeDataset, tmp_path: Path) -> None:
    (faulty / "<script>x&y.png").write_bytes((faulty / "orphan.png").read_bytes())
    found = lint(faulty, make_dataset)
    write_report(found, tmp_path / "out")
    text = (tmp_path / "out" / PAGE).read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.sources)
    assert "<script" not in text
    assert "url(" not in text
    assert "&lt;script&gt;x&amp;y.png" in text
    assert set(found.by_code) <= page.anchors
    assert {f"#{code}" for code in found.by_code} <= set(page.links)
    write_report(found, tmp_path / "again")
    assert (tmp_path / "again" / PAGE).read_text(encoding="utf-8") == text


def test_the_page_links_the_guide_of_a_project_that_has_it(
    project: Path, make_dataset: MakeDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/lint.md").touch()
    monkeypatch.chdir(tmp_path)
    with (project / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.write("no tab\n")
    write_report(lint(project, make_dataset), Path("data/prepared/tiny.lint"))
    links = Page(Path("data/prepared/tiny.lint/report.html").read_text(encoding="utf-8")).links
    assert "../../../docs/lint.md#no_tab" in links


def test_thousands_of_problems_make_a_page_that_opens(project: Path, make_dataset: MakeDataset, tmp_path: Path) -> None:
    with (project / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"crop_img/page{number % 10}_crop_0.png\tB{number}\n" for number in range(12_000))
    write_report(lint(project, make_dataset), tmp_path)
    text = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert "and 11,950 more, all in lint.json" in text
    assert len(text) < 200_000
    entry = read_json(tmp_path / LIST)["codes"]["conflicting_label"]
    assert (entry["count"], entry["listed"]) == (12_000, 10_000)


def test_prepare_writes_the_same_report(faulty: Path, make_dataset: MakeDataset, tmp_path: Path) -> None:
    for on_error in (OnError.drop, OnError.repair):
        dataset = make_dataset(raw=str(faulty), on_error=on_error, max_dropped=1.0)
        target = tmp_path / on_error.value
        prepare_dataset(dataset, 0, target)
        write_report(lint_dataset(dataset, 0), tmp_path / "lint")
        ours = read_json(report_folder(target) / LIST)
        splits = ours.pop("splits")
        assert ours | {"splits": {}} == read_json(tmp_path / "lint" / LIST)
        assert set(splits) == {"det", "rec"}
        assert {split: part["num_pages"] for split, part in splits["det"].items()} == ours_by_split(target)
        stats = read_json(target / "det" / "stats.json")
        assert stats["dropped"]["image_corrupt"] == ours["codes"]["image_corrupt"]["left_out"] == 1


def ours_by_split(prepared: Path) -> dict[str, int]:
    """Pages of each split, by the label files."""
    files = {split: prepared / f"det/{split}_label.txt" for split in ("train", "val", "test")}
    return {split: len(path.read_text(encoding="utf-8").splitlines()) for split, path in files.items()}


def test_the_page_describes_sources_and_splits(project: Path, make_dataset: MakeDataset, tmp_path: Path) -> None:
    lines = (project / "rec_gt.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    for name, part in {"rec_gt.txt": lines[:4], "more.txt": lines[4:]}.items():
        (project / name).write_text("".join(part), encoding="utf-8")
    dataset = make_dataset(raw=str(project), label_files=["rec_gt.txt", "more.txt"])
    prepare_dataset(dataset, 0, tmp_path / "prepared")
    text = (report_folder(tmp_path / "prepared") / PAGE).read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert '<td>rec_gt.txt</td><td class="number">4</td>' in text
    assert "<td>train</td>" in text
    assert '<th class="number">median text height in px</th>' in text
    assert "<h4>width through height of a text</h4>" in text
    stats = read_json(tmp_path / "prepared/rec/stats.json")
    assert read_json(report_folder(tmp_path / "prepared") / LIST)["splits"] == {"rec": stats["by_split"]}


def test_label_files_of_single_pictures_are_counted_by_folder(
    tmp_path: Path, page_png: Callable[[int], bytes], make_dataset: MakeDataset
) -> None:
    for number in range(50):
        folder = tmp_path / "raw" / f"part{number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"p{number}.png").write_bytes(page_png(number))
        (folder / f"gt_p{number}.txt").write_text("5,5,45,5,45,15,5,15,A\n")
    found = lint_dataset(make_dataset(raw=str(tmp_path / "raw"), format="icdar2015"), 0)
    assert {name: part["num_boxes"] for name, part in found.sources.items()} == {"part0/": 25, "part1/": 25}
    assert found.statistics["pictures of a source"] == {"part0/": 25, "part1/": 25}


@pytest.mark.parametrize(
    ("origin", "place"),
    [
        ("raw/Label.txt:12", Place("Label.txt", 12, "")),
        ("raw/Label.txt:12, box 3", Place("Label.txt", 12, "box 3")),
        ("raw/a/b.png", Place("a/b.png", None, "")),
        ("elsewhere/gt.txt:1", Place("elsewhere/gt.txt", 1, "")),
        ("C:/x, y/gt.txt:2", Place("C:/x, y/gt.txt", 2, "")),
    ],
)
def test_an_origin_is_a_file_a_line_and_a_part(origin: str, place: Place) -> None:
    assert place_of(origin, Path("raw")) == place


def test_a_report_in_the_raw_folder_is_refused(project: Path, make_dataset: MakeDataset) -> None:
    for report in (project, project / "report"):
        with pytest.raises(ConfigError, match=r"--report .* lies in the raw folder .*, which stays as it is"):
            refuse_inside("--report", report, make_dataset(raw=str(project)))
    refuse_inside("--report", project.parent / "report", make_dataset(raw=str(project)))
