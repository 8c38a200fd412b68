from pathlib import Path

from paddock.data.free_names import FreeNames


def test_a_name_that_is_taken_gets_a_number() -> None:
    names = FreeNames()
    paths = [names.take(Path(name)) for name in ("a.png", "A.PNG", "a.png", "b/a.png", "a_2.png", "a.jpg")]
    assert list(map(str, paths)) == ["a.png", "A_2.PNG", "a_3.png", "b/a.png", "a_2_2.png", "a.jpg"]
    assert len({str(path).lower() for path in paths}) == len(paths)


def test_stems_can_be_what_is_taken() -> None:
    names = FreeNames(by_stem=True)
    assert [str(names.take(Path(name))) for name in ("a.png", "A.jpg", "a_2.bmp", "b/a.png")] == [
        *("a.png", "A_2.jpg", "a_2_2.bmp", "b/a.png"),
    ]
