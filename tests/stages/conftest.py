"""Projects whose training is over; made once, because each costs seconds."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paddock.config.schema import Config
from paddock.core.files import write_json
from paddock.stages import export
from tests.trained_project import make_project


@pytest.fixture(scope="session")
def trained_project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Config]:
    """A project that has trained and not exported yet; to be copied."""
    folder = tmp_path_factory.mktemp("trained")
    with _inside(folder):
        return folder, make_project(folder)


@pytest.fixture(scope="session")
def exported_project(trained_project: tuple[Path, Config], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has trained, scored, changed its prepared dictionary, and then exported; to be read only."""
    template, config = trained_project
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("exported") / "project"))
    with _inside(folder):
        write_json(Path("outputs/rec/eval/metrics.json"), {"test/acc": 0.25})
        shutil.copyfile("outputs/rec/train/run.json", "outputs/rec/eval/run.json")
        Path(config.Global["character_dict_path"]).write_text("A\nB\n", encoding="utf-8")
        export.run(config)
    return folder


@pytest.fixture
def exported(exported_project: Path, trained_project: tuple[Path, Config], monkeypatch: pytest.MonkeyPatch) -> Config:
    """The config of the exported project, which is the working directory."""
    monkeypatch.chdir(exported_project)
    return trained_project[1]


@pytest.fixture
def trained(trained_project: tuple[Path, Config], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The config of a trained project of the test's own, which is the working directory."""
    folder, config = trained_project
    monkeypatch.chdir(shutil.copytree(folder, tmp_path / "project"))
    return config


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """The working directory, and no caller's settings of the store, while a shared project is made."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("MLFLOW_TRACKING_URI", "DVC_ROOT"):
            patch.delenv(name, raising=False)
        patch.chdir(folder)
        yield
