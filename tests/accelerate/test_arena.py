from paddock.accelerate.arena import ALIGNMENT, Buffer, place


def test_arrays_that_are_needed_together_do_not_overlap_and_others_share() -> None:
    first, second, third = Buffer(100), Buffer(128), Buffer(64)
    size = place([[first], [first, second], [second, third]], {})
    assert size == 2 * ALIGNMENT + 128  # 100 bytes take two lines; the third array fits where the first one was
    assert (first.offset, second.offset, third.offset) == (0, 128, 0)


def test_a_result_may_take_the_place_of_an_argument_that_nobody_needs_any_more() -> None:
    source, result = Buffer(64), Buffer(64)
    assert place([[source], [source, result]], {result: source}) == 64


def test_a_result_does_not_overwrite_an_argument_that_is_read_later() -> None:
    source, result = Buffer(64), Buffer(64)
    assert place([[source], [source, result], [source]], {result: source}) == 128


def test_neighbouring_gaps_join() -> None:
    one, two, large = Buffer(64), Buffer(64), Buffer(128)
    assert place([[one, two], [large]], {}) == 128


def test_what_lies_outside_takes_no_room() -> None:
    outside = Buffer(0, is_external=True)
    assert place([[outside]], {}) == 0
    assert outside.offset == -1
