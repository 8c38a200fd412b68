from paddock.data.free_names import FreeNames


def test_a_name_that_is_taken_gets_a_number() -> None:
    names = FreeNames()
    taken = [names.take(name) for name in ("a.png", "A.PNG", "a.png", "b/a.png", "a_2.png", "B/A.png", "a.jpg")]
    assert taken == ["a.png", "A_2.PNG", "a_3.png", "b/a.png", "a_2_2.png", "B/A_2.png", "a.jpg"]
    assert len({name.lower() for name in taken}) == len(taken)


def test_stems_can_be_what_is_taken() -> None:
    names = FreeNames(by_stem=True)
    taken = [names.take(name) for name in ("a.png", "A.jpg", "a_2.bmp", "b/a.png")]
    assert taken == ["a.png", "A_2.jpg", "a_2_2.bmp", "b/a.png"]
