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
