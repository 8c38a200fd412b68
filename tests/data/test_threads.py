import os
import signal

import cv2
import pytest

from paddock.core.errors import PaddockError
from paddock.data.threads import map_in_processes, map_in_threads


def inverse(number: int) -> float:
    return 1 / number


def kill_own_process(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def process_of(number: int) -> int:
    return os.getpid()


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


def test_results_of_processes_come_in_order() -> None:
    assert map_in_processes(inverse, range(1, 200), "divide", worth=1) == [1 / number for number in range(1, 200)]


def test_few_items_are_not_worth_processes() -> None:
    assert set(map_in_processes(process_of, range(9), "count", worth=10)) == {os.getpid()}


def test_the_first_exception_of_a_process_ends_the_work() -> None:
    with pytest.raises(ZeroDivisionError):
        map_in_processes(inverse, [*range(100, -1, -1)], "divide", worth=1)


def test_a_killed_process_is_told_in_one_line() -> None:
    with pytest.raises(PaddockError, match=r"^check: a process was killed.*then try again\.$"):
        map_in_processes(kill_own_process, range(3), "check", worth=1)
