import cv2
import numpy as np
import pytest

from paddock.data.sample.fonts import font
from paddock.data.sample.paint import Canvas, Picture
from paddock.data.sample.photograph import photograph


@pytest.fixture
def printed() -> Picture:
    canvas = Canvas(np.full((300, 400, 3), 240, np.uint8))
    canvas.write("AEFH", font("DejaVuSans", 60), 80, 150, (10, 10, 10))
    return canvas.picture()


@pytest.mark.parametrize("seed", range(10))
def test_a_photograph_shows_each_text_inside_its_quad(printed: Picture, seed: int) -> None:
    seen = photograph(printed, 40, np.random.default_rng(seed))
    bgr = cv2.imdecode(np.frombuffer(seen.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert bgr.shape == (300, 400, 3)
    (item,) = seen.texts
    flat = np.array([(0, 0), (200, 0), (200, 60), (0, 60)], np.float32)
    crop = cv2.warpPerspective(bgr, cv2.getPerspectiveTransform(item.quad, flat), (200, 60))[..., 0]
    dark = crop < 120
    assert dark.any(axis=1)[8:52].all(), "the letters fill the quad"
    edge = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
    assert edge.mean() < 0.02, "and none of them is cut"


def test_a_print_may_lie_straight_on_a_desk_of_given_colour(printed: Picture) -> None:
    seen = photograph(printed, 40, np.random.default_rng(2), max_degrees=0.0, desk=(0, 90, 0))
    bgr = cv2.imdecode(np.frombuffer(seen.jpeg, np.uint8), cv2.IMREAD_COLOR)
    blue, green, red = bgr[:2, :2].reshape(-1, 3).mean(axis=0)
    assert green > 60 > 30 > max(blue, red)
    (item,) = seen.texts
    assert abs(item.quad[1, 1] - item.quad[0, 1]) < 10  # corners are still moved a little


def test_an_annotator_leaves_some_margin_and_is_never_exact(printed: Picture) -> None:
    (left, top), _, (right, bottom), _ = printed.texts[0].quad
    width, height = right - left, bottom - top
    aspects = []
    for seed in range(60):
        (item,) = photograph(printed, 40, np.random.default_rng(seed)).texts
        aspects.append(np.linalg.norm(item.quad[1] - item.quad[0]) / np.linalg.norm(item.quad[3] - item.quad[0]))
    # 5 to 15 % of the height are added on each side; the camera's angle and an unsteady hand add a little to that.
    assert min(aspects) > 0.93 * (width + 0.3 * height) / (1.3 * height)
    assert max(aspects) < 1.07 * (width + 0.1 * height) / (1.1 * height)
    assert len({round(value, 3) for value in aspects}) > 40
