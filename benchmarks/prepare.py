"""`paddock prepare` against the plain way: ``python benchmarks/prepare.py [pages|crops|memory] [--images N]``.

The raw data is drawn once into ``--folder``. ``pages`` is a PPOCRLabel folder of JPEGs, 480 to 1024 pixels wide, with 4
to 16 labelled words each, half of them upright rectangles as people draw them, half tilted as a detector finds them.
``crops`` is one of words that are cut already, a JPEG each, where there is nothing to encode. In turn, round by round,
each in a process of its own:

- plain: one process that opens every image with Pillow, cuts each word with OpenCV, writes it as PNG, copies the image;
- paddock: `paddock prepare` from nothing, which also checks, hashes, finds copies, counts and reports;
- codecs: the same bytes decoded, and crops of the same sizes encoded, with nothing read twice or written, in as many
  processes as there are cores;
- again: `paddock prepare` once more over the same data.

Medians are compared, and what all cores spent is told, which other work on the machine changes less; the last lines
are ``ratio: X`` for each figure. ``memory`` is the peak of `paddock prepare` with 10,000 and with 1,000,000 label lines
that name the same 1,000 crops, as a label file does that a tool appends to.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from numpy.typing import NDArray
from PIL import Image

PROJECT = Path(__file__).parents[1]
SIZES_WH = ((480, 640), (640, 480), (800, 600), (1024, 768))
LINES = (10_000, 1_000_000)
NUM_CROPS = 1_000
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Run:
    """What a process took."""

    wall_s: float
    cpu_s: float
    """Of all cores and child processes."""
    peak_mb: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", nargs="?", choices=("pages", "crops", "memory"), default="pages")
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("scratch/benchmark_prepare"))
    parser.add_argument("--lines", type=int, nargs=2, default=LINES, metavar="N", help="of labels, for memory")
    parser.add_argument("--plain", type=Path, nargs=2, metavar=("RAW", "TO"), help="only the plain way")
    parser.add_argument("--codecs", type=Path, metavar="RAW", help="only decode and encode")
    arguments = parser.parse_args()
    if arguments.plain:
        plain(*arguments.plain)
    elif arguments.codecs:
        codecs(arguments.codecs)
    elif arguments.workload == "memory":
        measure_memory(arguments.folder.resolve(), arguments.lines)
    else:
        measure(arguments.workload, arguments.images, arguments.rounds, arguments.folder.resolve())


def measure(workload: str, num_images: int, num_rounds: int, folder: Path) -> None:
    """All sides in turn."""
    draw = draw_pages if workload == "pages" else draw_crops
    raw = drawn(folder / f"{workload}_{num_images}", partial(draw, num_images=num_images))
    runs: dict[str, list[Run]] = {"plain": [], "paddock": [], "codecs": [], "again": []}
    for _ in range(num_rounds):
        for old in ("plain", "prepared"):
            shutil.rmtree(folder / old, ignore_errors=True)
        runs["plain"].append(timed([__file__, "--plain", str(raw), str(folder / "plain")]))
        runs["paddock"].append(timed(prepare_words(raw, folder)))
        runs["codecs"].append(timed([__file__, "--codecs", str(raw)]))
        runs["again"].append(timed(prepare_words(raw, folder)))
    print(
        f"load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores; {num_images} {workload}, {num_rounds} rounds"
    )
    medians = {name: statistics.median(run.wall_s for run in values) for name, values in runs.items()}
    for name, values in runs.items():
        walls, cpu = [run.wall_s for run in values], statistics.median(run.cpu_s for run in values)
        print(f"{name:10}{medians[name]:9.2f} s, {min(walls):.2f} to {max(walls):.2f}, {cpu:.2f} s of all cores")
    print(f"plain over paddock, ratio: {medians['plain'] / medians['paddock']:.2f}")
    print(f"paddock over codecs alone, ratio: {medians['paddock'] / medians['codecs']:.2f}")
    print(f"first over second run, ratio: {medians['paddock'] / medians['again']:.2f}")


def measure_memory(folder: Path, lines: Sequence[int]) -> None:
    """Few lines and many that name the same crops."""
    peaks = []
    for number in lines:
        raw = drawn(folder / f"lines_{number}", partial(draw_lines, num_lines=number))
        shutil.rmtree(folder / "prepared", ignore_errors=True)
        peaks.append(timed(prepare_words(raw, folder)).peak_mb)
    for number, peak in zip(lines, peaks, strict=True):
        print(f"{number:>10,} label lines: {peak:.0f} MB at most")
    print(f"memory of {lines[1]:,} over {lines[0]:,} lines, ratio: {peaks[1] / peaks[0]:.2f}")


def prepare_words(raw: Path, folder: Path, *more: str) -> list[str]:
    """What makes Python prepare ``raw``."""
    paths = [f"dataset.raw={raw}", f"prepared_dir={folder / 'prepared' / 'benchmark'}"]
    return ["-m", "paddock", "prepare", "dataset=ppocrlabel", "dataset.name=benchmark", *paths, *more]


def timed(words: Sequence[str]) -> Run:
    """What a Python process takes, its start included."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, *words], cwd=PROJECT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"failed: {' '.join(words)}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def drawn(folder: Path, draw: Callable[[Path], None]) -> Path:
    """``folder``, filled by ``draw`` unless an earlier run did."""
    if not folder.is_dir():
        draft = folder.with_name(f"{folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        draw(draft)
        draft.rename(folder)
    return folder


def draw_pages(folder: Path, num_images: int) -> None:
    """A PPOCRLabel folder; no two pictures alike."""
    tiles = np.random.default_rng(0).integers(0, 26, (64, 384, 512, 3), dtype=np.uint8)
    with get_context("fork").Pool(psutil.cpu_count()) as pool:
        lines = pool.map(partial(write_page, folder, tiles), range(num_images), chunksize=50)
    (folder / "Label.txt").write_text("".join(lines), encoding="utf-8")


def write_page(folder: Path, tiles: Pixels, number: int) -> str:
    """One page, and its label line."""
    page, boxes = draw_page(np.random.default_rng([1, number]), tiles[number % len(tiles)])
    (folder / f"page_{number}.jpg").write_bytes(cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 88])[1])
    return f"{folder.name}/page_{number}.jpg\t{json.dumps(boxes)}\n"


def draw_crops(folder: Path, num_images: int) -> None:
    """A PPOCRLabel folder of the words of such pages, ten a page, without the pages."""
    (folder / "crop_img").mkdir()
    tiles = np.random.default_rng(0).integers(0, 26, (64, 384, 512, 3), dtype=np.uint8)
    with (folder / "rec_gt.txt").open("w", encoding="utf-8") as file:
        number = 0
        for page_number in range(num_images):
            page, boxes = draw_page(np.random.default_rng([1, page_number]), tiles[page_number % len(tiles)])
            for place, box in enumerate(boxes[: num_images - number]):
                crop = plain_cut(page, np.array(box["points"], np.float32))
                name = f"crop_img/page{page_number}_crop_{place}.jpg"
                cv2.imwrite(str(folder / name), crop)
                file.write(f"{name}\t{box['transcription']}\n")
                number += 1
            if number == num_images:
                return


def draw_page(rng: np.random.Generator, grain: Pixels) -> tuple[Pixels, list[dict[str, Any]]]:
    """Words on grained paper, and their labels."""
    width, height = SIZES_WH[rng.integers(len(SIZES_WH))]
    shade = cv2.resize(rng.integers(170, 226, (3, 4, 3), dtype=np.uint8), (width, height))
    page = np.asarray(cv2.add(shade, cv2.resize(grain, (width, height), interpolation=cv2.INTER_NEAREST)), np.uint8)
    num_rows = int(rng.integers(4, 17))
    boxes = []
    for row in range(num_rows):
        text = "".join(rng.choice(list(LETTERS), rng.integers(4, 13)))
        scale = float(rng.uniform(0.4, min(1.0, (height - 40) / num_rows / 36)))
        (text_width, text_height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
        left = int(rng.integers(4, max(5, width - text_width - 12)))
        top = 8 + row * (height - 40) // num_rows
        cv2.putText(page, text, (left, top + text_height), cv2.FONT_HERSHEY_SIMPLEX, scale, (40, 30, 30), 2)
        right, bottom = min(left + text_width + 2, width - 1), top + text_height + below
        tilt = int(rng.integers(1, 4)) if rng.integers(2) else 0
        points = [[left, top], [right, top + tilt], [right, bottom + tilt], [left, bottom]]
        boxes.append({"transcription": text, "points": points, "difficult": False})
    return page, boxes


def draw_lines(folder: Path, num_lines: int) -> None:
    """Crops, each labelled again and again."""
    (folder / "crop_img").mkdir()
    rng = np.random.default_rng(2)
    names = [f"crop_img/page{number}_crop_0.png" for number in range(NUM_CROPS)]
    for name in names:
        content = cv2.imencode(".png", rng.integers(0, 256, (32, 100, 3), dtype=np.uint8))[1]
        (folder / name).write_bytes(content)
    with (folder / "rec_gt.txt").open("w", encoding="utf-8") as file:
        for number in range(num_lines):
            place = number % NUM_CROPS
            file.write(f"{names[place]}\tlabel {place}\n")


def plain(raw: Path, target: Path) -> None:
    """What a short script does: no check, no hash, no report."""
    lines = label_lines(raw)
    random.Random(0).shuffle(lines)
    tenth = len(lines) // 10
    splits = ["val"] * tenth + ["test"] * tenth + ["train"] * (len(lines) - 2 * tenth)
    for split, line in zip(splits, lines, strict=True):
        name, label = line.split("\t")
        pages, crops = target / "det" / f"{split}_imgs", target / "rec" / f"crop_img_{split}"
        for new in (pages, crops):
            new.mkdir(parents=True, exist_ok=True)
        image = image_of(raw, name)
        pixels = cv2.cvtColor(np.asarray(Image.open(image).convert("RGB")), cv2.COLOR_RGB2BGR)
        if image.parent != raw:  # a crop
            shutil.copy(image, crops)
            with (target / "rec" / f"rec_gt_{split}.txt").open("a", encoding="utf-8") as file:
                file.write(f"{crops.name}/{image.name}\t{label}\n")
            continue
        shutil.copy(image, pages)
        with (target / "det" / f"{split}_label.txt").open("a", encoding="utf-8") as file:
            file.write(f"{split}_imgs/{image.name}\t{label}\n")
        with (target / "rec" / f"rec_gt_{split}.txt").open("a", encoding="utf-8") as file:
            for place, box in enumerate(json.loads(label)):
                crop = crops / f"{image.stem}_crop_{place}.png"
                cv2.imwrite(str(crop), plain_cut(pixels, np.array(box["points"], np.float32)))
                file.write(f"{crop.relative_to(target / 'rec')}\t{box['transcription']}\n")


def label_lines(raw: Path) -> list[str]:
    """Of pages, else of crops."""
    labels = raw / "Label.txt"
    return (labels if labels.exists() else raw / "rec_gt.txt").read_text(encoding="utf-8").splitlines()


def image_of(raw: Path, name: str) -> Path:
    """A page lies in ``raw``, a crop in a folder of it."""
    return raw / (name if name.startswith("crop_img/") else Path(name).name)


def plain_cut(pixels: Pixels, corners: NDArray[np.float32]) -> Pixels:
    """As PPOCRLabel's get_rotate_crop_image lays a quadrangle flat."""
    width = int(max(np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[2] - corners[3])))
    height = int(max(np.linalg.norm(corners[0] - corners[3]), np.linalg.norm(corners[1] - corners[2])))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    warp = cv2.getPerspectiveTransform(corners, flat)
    crop = cv2.warpPerspective(pixels, warp, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
    return np.asarray(np.rot90(crop) if height / width >= 1.5 else crop, np.uint8)


def codecs(raw: Path) -> None:
    """Every image decoded, every crop encoded, in as many processes as there are cores."""
    lines = label_lines(raw)
    with get_context("fork").Pool(psutil.cpu_count()) as pool:
        for _ in pool.imap_unordered(decode_and_encode, ((raw, line) for line in lines), chunksize=50):
            pass
        pool.close()
        pool.join()  # else nobody knows what they took


def decode_and_encode(task: tuple[Path, str]) -> None:
    """One image, and crops of the size of its labels."""
    cv2.setNumThreads(1)
    raw, line = task
    name, label = line.split("\t")
    image = image_of(raw, name)
    pixels = cv2.imdecode(np.fromfile(image, np.uint8), cv2.IMREAD_COLOR)
    for box in json.loads(label) if image.parent == raw else ():
        left, top = box["points"][0]
        right, bottom = box["points"][2]
        cv2.imencode(".png", pixels[top:bottom, left:right])


if __name__ == "__main__":
    main()
