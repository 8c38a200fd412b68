"""`paddock prepare` in a process of its own, ended on its way."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from paddock.core.files import read_json, sha256_folder

ROOT = Path(__file__).parents[2]


def write_pages(raw: Path, first: int, last: int) -> None:
    """Noise that takes a while to encode, with one box on each page."""
    raw.mkdir(exist_ok=True)
    box = {"points": [[4, 4], [390, 4], [390, 390], [4, 390]], "difficult": False}
    with (raw / "Label.txt").open("a", encoding="utf-8") as file:
        for number in range(first, last):
            pixels = np.random.default_rng(number).integers(0, 256, (400, 400, 3), dtype=np.uint8)
            cv2.imwrite(str(raw / f"{number}.jpg"), pixels)
            file.write(f"raw/{number}.jpg\t{json.dumps([box | {'transcription': f'A{number}'}])}\n")


def started(folder: Path) -> "subprocess.Popen[str]":
    words = ["dataset=ppocrlabel", f"dataset.raw={folder / 'raw'}", f"prepared_dir={folder / 'data' / 'tiny'}"]
    command = [sys.executable, "-m", "paddock", "prepare", *words]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"DVC_ROOT": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """A terminal sends Ctrl-C to the workers, too."""
    if number is signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)


def drafts(folder: Path) -> list[Path]:
    return list((folder / "data").glob(".tiny.*"))


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
@pytest.mark.parametrize("place", [".drafts", ".drafts/*/*.png"], ids=["while workers start", "while they work"])
def test_whoever_ends_it_on_its_way_finds_the_earlier_data_set(
    tmp_path: Path, place: str, number: signal.Signals, status: int
) -> None:
    write_pages(tmp_path / "raw", 0, 10)
    first = started(tmp_path)
    assert "Traceback" not in first.communicate()[1]
    before = sha256_folder(tmp_path / "data" / "tiny")
    write_pages(tmp_path / "raw", 10, 600)  # enough for processes
    second = started(tmp_path)
    while not any(any(draft.glob(place)) for draft in drafts(tmp_path)) and second.poll() is None:
        time.sleep(0.01)
    time.sleep(0.1)
    end(second, number)
    error = second.communicate()[1]
    assert second.returncode == status, error
    assert "Traceback" not in error
    assert sha256_folder(tmp_path / "data" / "tiny") == before
    third = started(tmp_path)
    assert "Traceback" not in third.communicate()[1]
    num_pages = read_json(tmp_path / "data" / "tiny" / "det" / "stats.json")["num_pages"]
    assert sum(num_pages.values()) == 600
    assert drafts(tmp_path) == []
