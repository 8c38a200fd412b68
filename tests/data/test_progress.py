import pytest

from paddock.data.progress import progress


def test_log_files_get_no_progress_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress([1, 2, 3], "count")) == [1, 2, 3]
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar_that_vanishes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert list(progress([1, 2, 3], "count")) == [1, 2, 3]
    shown = capsys.readouterr().err
    assert "count" in shown
    assert shown.endswith("\r")


def test_a_loop_that_does_not_know_its_length_is_told_it_for_the_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert list(progress(iter([1, 2, 3]), "count", total=3)) == [1, 2, 3]
    shown = capsys.readouterr().err
    assert "0/3 [00:00<?" in shown
