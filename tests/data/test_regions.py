import numpy as np
import pytest

from paddock.data.regions import are_sound, crosses_itself, fit_region
from paddock.data.samples import Problem, Region

Points = tuple[tuple[float, float], ...]
BOX: Points = ((10, 10), (50, 10), (50, 20), (10, 20))


def fit(points: Points, *, repair: bool = False) -> tuple[Region, list[Problem]] | Problem:
    return fit_region(Region("A1", points), (100, 60), "box 3 ('A1') on p.jpg", "Label.txt:7", repair=repair)


def fitted(points: Points, *, repair: bool = False) -> tuple[Points, list[str]]:
    """The points, and the codes of what was mended."""
    result = fit(points, repair=repair)
    assert not isinstance(result, Problem), result
    assert all(problem.is_mended(repairing=repair) for problem in result[1])
    return result[0].points, [problem.code for problem in result[1]]


def refusal(points: Points) -> Problem:
    result = fit(points)
    assert isinstance(result, Problem)
    assert result.origin == "Label.txt:7"
    return result


@pytest.mark.parametrize(
    "points", [BOX, ((0, 0), (100, 0), (100, 60), (0, 60)), ((10.5, 9.25), (50, 10), (50, 20), (10, 20))]
)
def test_a_box_on_the_picture_stays_as_it_was_drawn(points: Points) -> None:
    assert fitted(points) == (points, [])


def test_points_a_little_outside_are_moved_to_the_edge() -> None:
    points, mended = fitted(((-2, -1), (104.5, 0), (100, 12), (0, 11)))
    assert (points, mended) == (((0, 0), (100, 0), (100, 12), (0, 11)), ["clipped"])


def test_points_against_the_clock_are_put_clockwise_from_the_same_first_point() -> None:
    first, second, third, fourth = BOX
    assert fitted((first, fourth, third, second)) == (BOX, ["made_clockwise"])


def test_a_repeated_last_point_does_no_harm() -> None:
    assert fitted((*BOX, BOX[-1])) == ((*BOX, BOX[-1]), [])


@pytest.mark.parametrize(
    "points",
    [
        ((200, 10), (250, 10), (250, 20), (200, 20)),
        ((-50, -50), (-10, -50), (-10, -40), (-50, -40)),
        ((90, 10), (115, 10), (115, 20), (90, 20)),
        ((1e200, 0), (1e201, 0), (1e201, 9), (1e200, 9)),
    ],
    ids=["right of it", "above it", "less than half on it", "absurd"],
)
def test_a_box_outside_the_picture_is_a_problem(points: Points) -> None:
    assert refusal(points).code == "outside_image"


def test_a_box_of_a_picture_that_was_resized_later_says_so() -> None:
    message = refusal(((150, 70.5), (250, 70.5), (250, 90), (150, 90))).message
    assert message == (
        "box 3 ('A1') on p.jpg reaches from 150, 70.5 to 250, 90 but the picture is 100 x 60 px. "
        "Was it resized after labelling? Draw it again."
    )


@pytest.mark.parametrize(
    "points",
    [
        ((5, 5), (5, 5), (5, 5), (5, 5)),
        ((5, 5), (50, 5), (50, 5), (5, 5)),
        ((5, 5), (20, 20), (35, 35), (50, 50)),
        ((5, 5), (50, 5), (50, 5.9), (5, 5.9)),
    ],
    ids=["a point", "a line there and back", "a slanted line", "thinner than a pixel"],
)
def test_a_box_without_area_is_a_problem(points: Points) -> None:
    problem = refusal(points)
    assert problem.code == "no_area"
    assert problem.message == "box 3 ('A1') on p.jpg is thinner than a pixel. Delete it, or draw it again."


def test_a_box_that_crosses_itself_is_a_problem() -> None:
    first, second, third, fourth = BOX
    problem = refusal((first, second, fourth, third))
    assert problem.code == "self_crossing"
    assert problem.message.endswith("crosses itself. List its corners clockwise, or draw it again.")


@pytest.mark.parametrize("order", [(0, 1, 3, 2), (0, 2, 1, 3), (0, 2, 3, 1), (0, 3, 1, 2)])
def test_four_corners_in_a_wrong_order_are_put_right_on_request(order: tuple[int, ...]) -> None:
    points = tuple(BOX[place] for place in order)
    assert refusal(points).repair == "read with its corners in clockwise order"
    assert fitted(points, repair=True) == (BOX, ["self_crossing"])


def test_a_polygon_that_crosses_itself_could_be_put_right_in_several_ways_and_is_not() -> None:
    problem = fit(((0, 0), (20, 10), (40, 0), (40, 10), (20, 0), (0, 10)), repair=True)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.repair) == ("self_crossing", "")


@pytest.mark.parametrize(
    ("points", "crosses"),
    [
        (BOX, False),
        (((0, 0), (20, 4), (40, 0), (40, 10), (20, 6), (0, 10)), False),
        (((0, 0), (40, 0), (20, 5), (40, 10), (0, 10)), False),
        (((0, 0), (20, 10), (40, 0), (40, 10), (20, 0), (0, 10)), True),
        (((0, 0), (40, 0), (40, 10), (30, -5), (0, 10)), True),
    ],
    ids=["box", "waist", "dent", "twist", "spike"],
)
def test_only_sides_that_cut_each_other_count_as_crossing(points: Points, crosses: bool) -> None:
    assert crosses_itself(np.array(points, np.float64)) == crosses


def test_a_sound_box_is_one_that_stays_as_it_was_drawn() -> None:
    draw = np.random.default_rng(0)
    boxes = [tuple((float(x), float(y)) for x, y in draw.integers(-5, 70, (4, 2))) for _ in range(500)]
    boxes += [BOX, (*BOX, BOX[-1]), tuple(reversed(BOX)), ((1e300, -1e300), (1e300, 1e300), (-1e300, 0), (0, 0))]
    sound = are_sound(boxes, (100, 60))
    assert sum(sound) > 10
    assert sound[-4:] == [True, False, False, False]
    assert all(fitted(box) == (box, []) for box, is_sound in zip(boxes, sound, strict=True) if is_sound)
    assert are_sound([], (100, 60)) == []
