"""Lets the project's store point into the folder it lies in, after the project was moved or copied.

MLflow keeps absolute paths. Without this a copied project would write its artifacts into the original, and a moved one
would not find its own models.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from paddock.core.errors import TrackingError
from paddock.core.files import write_text

_COLUMNS = (  # of MLflow 3.17
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


def adopt(database: Path, artifacts: Path) -> None:
    """Rewrite the paths in ``database`` if it was last used with another ``artifacts``; call it under the store's lock.

    Raises:
        TrackingError: the database is not one of the MLflow release that paddock pins.
    """
    marker = database.with_name("artifacts-at")
    here = artifacts.as_uri()
    before = marker.read_text(encoding="utf-8") if marker.exists() else here
    if before != here and database.exists():
        try:
            with closing(sqlite3.connect(database)) as connection, connection:
                for table, column in _COLUMNS:
                    connection.execute(_statement(table, column), {"before": before, "here": here})
        except sqlite3.Error as error:
            raise TrackingError(
                f"{database} was moved, and its paths cannot be rewritten ({error}). Move the project back to where "
                f"{before} is."
            ) from error
    if before != here or not marker.exists():
        write_text(marker, here)


def _statement(table: str, column: str) -> str:
    return (
        f"UPDATE {table} SET {column} = :here || substr({column}, length(:before) + 1) "  # noqa: S608 - names from above
        f"WHERE substr({column}, 1, length(:before) + 1) = :before || '/'"
    )
