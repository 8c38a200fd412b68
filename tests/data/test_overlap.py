import pytest

from paddock.data.overlap import overlaps
from paddock.data.samples import Points

BOX: Points = ((0, 0), (10, 0), (10, 4), (0, 4))


def moved(right: float, down: float = 0) -> Points:
    return tuple((x + right, y + down) for x, y in BOX)


def test_the_share_is_what_both_cover_through_what_either_covers() -> None:
    # 10 x 4 moved by 5: 20 px in common, 60 px together.
    assert overlaps([BOX, moved(20), moved(5)], 0.3) == [(0, 2, pytest.approx(1 / 3))]
    assert overlaps([BOX, moved(5)], 0.34) == []


def test_boxes_that_only_touch_do_not_overlap() -> None:
    assert overlaps([BOX, moved(10), moved(0, 4)], 0.0) == []


def test_a_box_within_another_is_no_copy_of_it() -> None:
    inner = ((1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0))
    assert overlaps([BOX, inner], 0.5) == []


def test_tilted_boxes_whose_upright_hulls_are_the_same_may_have_little_in_common() -> None:
    falling = ((0.0, 0.0), (2.0, 0.0), (10.0, 8.0), (8.0, 8.0))
    rising = ((8.0, 0.0), (10.0, 0.0), (2.0, 8.0), (0.0, 8.0))
    assert overlaps([falling, rising], 0.2) == []


def test_polygons_with_repeated_and_touching_points_are_compared() -> None:
    touching = ((0.0, 0.0), (10.0, 0.0), (10.0, 4.0), (5.0, 0.0), (0.0, 4.0), (0.0, 4.0))
    ((first, second, share),) = overlaps([touching, BOX], 0.5)
    assert (first, second, share) == (0, 1, pytest.approx(1.0))


@pytest.mark.parametrize("boxes", [[], [BOX]])
def test_fewer_than_two_boxes_do_not_overlap(boxes: list[Points]) -> None:
    assert overlaps(boxes, 0.5) == []
