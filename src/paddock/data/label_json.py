"""Label files that are one JSON document each."""

import json
from pathlib import Path
from typing import Any

from paddock.data.label_lines import label_bytes
from paddock.data.samples import Problem


def read_label_json(path: Path) -> Any | Problem:
    """The content, or the problem ``not_utf8`` or ``bad_json``; a byte order mark is tolerated.

    Raises:
        DatasetError: the file is missing or cannot be read.
    """
    try:
        return json.loads(label_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Problem("not_utf8", str(path), "the file is not UTF-8. Save it as UTF-8.")
    except (ValueError, RecursionError) as error:
        return Problem("bad_json", str(path), f"the file is no JSON: {error}. Export it again.")
