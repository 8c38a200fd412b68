import pytest

from paddock.data.label_lines import LabelLine
from paddock.data.page_lines import PageLine, page_line, parse_page
from paddock.data.samples import Problem, Region

POINTS = ((1.0, 2.0), (9.0, 2.0), (9.0, 6.5), (1.0, 6.5))
BOX = "[[1, 2], [9, 2], [9, 6.5], [1, 6.5]]"


def parse(text: str) -> list[Problem | PageLine]:
    return list(parse_page(LabelLine("imgs/a.jpg", text, "Label.txt:3")))


def problem_of(text: str) -> Problem:
    """The only thing that the line yields."""
    (problem,) = parse(text)
    assert isinstance(problem, Problem)
    assert problem.origin == "Label.txt:3"
    assert "\n" not in problem.message
    return problem


def test_a_line_gives_its_regions() -> None:
    text = f'[{{"transcription": "A 1", "points": {BOX}, "difficult": true, "key_cls": "None"}}]'
    assert parse(text) == [PageLine("imgs/a.jpg", (Region("A 1", POINTS, difficult=True),), "Label.txt:3")]


def test_older_files_lack_difficult() -> None:
    (page,) = parse(f'[{{"transcription": "###", "points": {BOX}}}]')
    assert isinstance(page, PageLine)
    assert (page.regions[0].difficult, page.regions[0].is_ignored) == (False, True)


def test_the_key_point_of_the_tutorials_is_read_and_noted() -> None:
    (page,) = parse(f'[{{"transcription": "A", "point": {BOX}}}, {{"transcription": "B", "points": {BOX}}}]')
    assert isinstance(page, PageLine)
    assert [region.points for region in page.regions] == [POINTS, POINTS]
    assert [(problem.code, problem.origin) for problem in page.mended] == [("point_key", "Label.txt:3, box 1")]


def test_a_list_of_pythons_is_read_where_that_is_asked_for_and_never_run() -> None:
    text = str([{"transcription": "A'", "points": [[1, 2], [9, 2], [9, 6.5], [1, 6.5]], "difficult": False}])
    assert problem_of(text).repair == "read as a list of Python's"
    (page,) = parse_page(LabelLine("imgs/a.jpg", text, "Label.txt:3"), repair=True)
    assert page == PageLine("imgs/a.jpg", (Region("A'", POINTS),), "Label.txt:3")
    assert [problem.code for problem in page.mended] == ["bad_json"]
    for bad in ("[__import__('os').getcwd()]", "[" * 10_000, "['\\d'", "{1: 2}"):
        assert problem_of(bad).repair == ""


def test_polygons_have_as_many_points_as_they_need() -> None:
    (page,) = parse('[{"transcription": "A", "points": [[0, 4], [20, 0], [40, 4], [40, 10], [20, 6], [0, 10]]}]')
    assert isinstance(page, PageLine)
    assert len(page.regions[0].points) == 6


def test_a_page_without_text_is_a_page() -> None:
    assert parse("[]") == [PageLine("imgs/a.jpg", (), "Label.txt:3")]


@pytest.mark.parametrize(
    "text",
    ["A1", "[", '{"transcription": "A"}', '"A"', "[" * 100_000, f"[{'9' * 5000}", '[{"transcription": "A", "poi'],
    ids=["text", "cut off", "object", "string", "deep", "long number", "half a box"],
)
def test_a_line_that_is_no_list_is_a_problem(text: str) -> None:
    problem = problem_of(text)
    assert problem.code == "bad_json"
    assert problem.message.endswith((". Save the label file again.", ". Write IMAGE<TAB>[...]."))


@pytest.mark.parametrize("item", ["1", "null", f'{{"points": {BOX}}}', f'{{"transcription": 12, "points": {BOX}}}'])
def test_an_item_without_a_text_is_a_problem(item: str) -> None:
    problem = problem_of(f"[{item}]")
    assert problem.code == "bad_json"
    assert problem.message == "box 1 is no object with a text 'transcription'. Draw the box again."


@pytest.mark.parametrize(
    "points",
    [
        "[[1, 2], [9, 2], [9, 6], [NaN, 6]]",
        "[[1, 2], [9, 2], [9, 6], [1, Infinity]]",
        "[[1, 2], [9, 2], [9, 6], [1, 1e400]]",
        f"[[1, 2], [9, 2], [9, 6], [1, 1{'0' * 400}]]",
        '[[1, 2], [9, 2], [9, 6], [1, "6"]]',
        "[[1, 2], [9, 2], [9, 6], [1, true]]",
        "[[1, 2], [9, 2], [9, 6], [1, null]]",
        "[[1, 2], [9, 2], [9, 6], [1, 6, 7]]",
        "[1, 2, 9, 2, 9, 6, 1, 6]",
        "12",
        "null",
    ],
)
def test_points_that_are_no_pairs_of_finite_numbers_are_a_problem(points: str) -> None:
    problem = problem_of(f'[{{"transcription": "A", "points": {points}}}]')
    assert problem.code == "bad_points"
    assert problem.message.startswith("box 1")
    assert problem.message.endswith("Draw the box again.")


@pytest.mark.parametrize("points", ["[]", "[[1, 2]]", "[[1, 2], [9, 2], [9, 6]]"])
def test_fewer_than_four_points_are_a_problem(points: str) -> None:
    problem = problem_of(f'[{{"transcription": "A", "points": {points}}}]')
    assert problem.code == "few_points"
    assert problem.message.endswith(" points; 4 or more are needed. Draw it again.")


def test_a_box_without_points_is_a_problem() -> None:
    assert problem_of('[{"transcription": "A"}]').message == "box 1 has no list 'points' of [x, y]. Draw the box again."


def test_one_bad_box_leaves_the_others() -> None:
    problem, page = parse(f'[{{"transcription": "A", "points": []}}, {{"transcription": "B", "points": {BOX}}}]')
    assert isinstance(problem, Problem)
    assert isinstance(page, PageLine)
    assert [region.text for region in page.regions] == ["B"]


def test_what_is_written_is_read_again() -> None:
    regions = (Region('名"\t\\', POINTS, difficult=True), Region("###", ((0.125, 0), (9, 0), (9, 9), (4, 9), (0, 9))))
    line = page_line("imgs/名.jpg", regions)
    assert line.startswith('imgs/名.jpg\t[{"transcription": "名')
    assert "[[1, 2], [9, 2], [9, 6.5], [1, 6.5]]" in line
    image, text = line.rstrip("\n").split("\t")
    assert parse(text) == [PageLine("imgs/a.jpg", regions, "Label.txt:3")]
    assert image == "imgs/名.jpg"


def test_half_a_character_is_a_problem_since_no_file_can_hold_it() -> None:
    problem = problem_of(f'[{{"transcription": "A\\ud83d", "points": {BOX}}}]')
    assert (problem.code, problem.message) == ("bad_json", "box 1 has half a character in its text. Write it again.")
    (page,) = parse(f'[{{"transcription": "A\\ud83d\\ude00", "points": {BOX}}}]')
    assert isinstance(page, PageLine)
    assert page.regions[0].text == "A\U0001f600"
