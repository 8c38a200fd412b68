"""The table of tasks: a new one is a folder here and a line in this table."""

from collections.abc import Callable

from paddock.config.schema import Config
from paddock.core.build import build
from paddock.ocr.det.task import DetTask
from paddock.ocr.rec.task import RecTask
from paddock.ocr.table.task import TableTask
from paddock.ocr.task import Task

TASKS: dict[str, Callable[..., Task]] = {"det": DetTask.open, "rec": RecTask.open, "table": TableTask.open}


def open_task(config: Config) -> Task:
    """The task that ``config.task`` names.

    Raises:
        ConfigError: there is no such task.
        DatasetError: what the task reads first, such as a dictionary, is missing or damaged.
    """
    return build(TASKS, {"name": config.task}, config=config)
