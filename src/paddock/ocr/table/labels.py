"""Labelled pictures of tables from the label files of PaddleOCR's PubTabDataSet."""

from pathlib import Path

from paddock.data.prepared import read_tables
from paddock.ocr.datasets import Listed
from paddock.ocr.table.picture import TablePicture


def labelled_pictures(data: Listed) -> list[TablePicture]:
    """The tables that ``data`` lists, in their order, not yet decoded.

    Raises:
        DatasetError: no file is named, or one is missing or damaged.
    """
    return [
        TablePicture(
            image=data.picture(file, table.image.as_posix()),
            structure=table.structure,
            cells=table.cells,
            origin=table.origin,
            share=share,
        )
        for file, share in data.each()
        for table in read_tables(Path(file))
    ]
