import cv2
import pytest

from paddock.data.threads import map_in_threads


def test_results_come_in_order() -> None:
    assert map_in_threads(lambda number: number**2, range(100), "square") == [number**2 for number in range(100)]


def test_the_first_exception_ends_the_work_and_opencv_has_its_threads_back() -> None:
    before = cv2.getNumThreads()
    with pytest.raises(ZeroDivisionError):
        map_in_threads(lambda number: 1 / number, [2, 1, 0], "divide")
    assert cv2.getNumThreads() == before


def test_no_more_is_taken_on_than_can_be_handed_back_soon() -> None:
    asked: list[int] = []

    class Numbers(list[int]):
        def __getitem__(self, place: object) -> list[int]:  # type: ignore[override]
            part = super().__getitem__(place)  # type: ignore[index]
            asked.extend(part)
            return part

    def fail(number: int) -> int:
        raise ValueError(number)

    with pytest.raises(ValueError, match="0"):
        map_in_threads(fail, Numbers(range(100_000)), "count")
    assert len(asked) < 1000
