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
