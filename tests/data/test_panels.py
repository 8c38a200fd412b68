import numpy as np

from paddock.data.panels import CAPTION_PX, MARGIN_PX, Panel, fitted, in_rows

BLUE = np.zeros((30, 80, 3), np.uint8) + np.array((0, 0, 255), np.uint8)


def is_blue(sheet: np.ndarray) -> np.ndarray:
    return (sheet == (0, 0, 255)).all(axis=2)


def test_panels_of_one_place_stand_under_one_another() -> None:
    small = BLUE[:10, :20]
    sheet = in_rows([[Panel(small), Panel(BLUE)], [Panel(BLUE), Panel(small), Panel(small)]])
    rows, columns = np.nonzero(is_blue(sheet))
    second = 2 * MARGIN_PX + 80  # behind the wider of the first two
    assert is_blue(sheet)[CAPTION_PX : CAPTION_PX + 30, second : second + 80].all()
    below = CAPTION_PX + 30 + MARGIN_PX + CAPTION_PX
    assert is_blue(sheet)[below : below + 10, second : second + 20].all()
    assert is_blue(sheet).sum() == 2 * BLUE[..., 0].size + 3 * small[..., 0].size
    assert (rows.max(), columns.max()) == (below + 29, second + 80 + MARGIN_PX + 19)


def test_words_stand_above_and_below_their_picture_and_make_room() -> None:
    plain, told = (
        in_rows([[Panel(BLUE)]]),
        in_rows([[Panel(BLUE, "page.png", "a text that is wider than its picture")]]),
    )
    assert told.shape[0] > plain.shape[0]
    assert told.shape[1] > 3 * 80
    assert (told[:CAPTION_PX] < 100).any(), "the caption"
    assert (told[CAPTION_PX + 30 :] < 100).all(axis=2).any(), "the text"


def test_a_picture_is_made_smaller_and_only_when_asked_larger() -> None:
    assert [part.shape[:2] for part in (fitted(BLUE, (40, 40))[0], fitted(BLUE, (160, 160))[0])] == [(15, 40), (30, 80)]
    larger, ratio = fitted(BLUE, (160, 160), enlarge=True)
    assert (larger.shape[:2], ratio) == ((60, 160), 2)
