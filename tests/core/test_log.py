import logging

import pytest

from paddock.core.log import start_log


def test_messages_go_to_standard_error_and_only_warnings_name_their_level(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("[3] ")
    logging.getLogger("paddock.data").info("read %d lines", 4)
    logging.getLogger("paddock.data").warning("one is empty")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "[3] read 4 lines\n[3] WARNING: one is empty\n"


def test_starting_twice_does_not_print_twice(capsys: pytest.CaptureFixture[str]) -> None:
    start_log()
    start_log()
    logging.getLogger("paddock").info("once")
    assert capsys.readouterr().err == "once\n"
