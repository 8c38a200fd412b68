"""A folder of labels, and projects whose training is over; those are made once, because each costs seconds."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from paddock.config.schema import Config
from paddock.core.files import write_json
from paddock.serving.registered import register
from paddock.stages import eval as evaluation
from paddock.stages import export
from paddock.tracking.run import read_state
from tests import tiny_recognizer, tiny_slanet
from tests.trained_project import make_det_project, make_project


@pytest.fixture
def raw(checkout: Path) -> Path:
    """A PPOCRLabel folder with ten crops A0 to A9 and nothing wrong with it, the working directory beside it."""
    folder = checkout / "my labels"
    (folder / "crop_img").mkdir(parents=True)
    for number in range(10):
        pixels = np.random.default_rng(number).integers(0, 256, (8, 24, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"crop_img/p{number}_crop_0.png"), pixels)
    lines = [f"crop_img/p{number}_crop_0.png\tA{number}\n" for number in range(10)]
    (folder / "rec_gt.txt").write_text("".join(lines), encoding="utf-8")
    return folder


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


@pytest.fixture(scope="session")
def trained_det_project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Config]:
    """A project that has trained a detector, and not scored or exported it yet; to be copied."""
    folder = tmp_path_factory.mktemp("trained_det")
    with _inside(folder):
        return folder, make_det_project(folder)


@pytest.fixture(scope="session")
def pages_project(trained_det_project: tuple[Path, Config], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has scored and exported its detector and has the package of a recogniser; to be read only."""
    template, config = trained_det_project
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("pages") / "project"))
    with _inside(folder):
        evaluation.run(config)
        export.run(config)
        pictures = tiny_recognizer.write_pictures(folder / "pictures", [(32, 40), (20, 85)])
        package = tiny_recognizer.write_package(Path("outputs/rec/export"), pictures)
        state = read_state(Path("outputs/det/train/run.json"))  # versions belong to a run; any will do
        register(package, replace(config.registry, model="paddock-rec"), config.tracking, state.local_id, {})
    return folder


@pytest.fixture
def read_pages(
    pages_project: Path, trained_det_project: tuple[Path, Config], monkeypatch: pytest.MonkeyPatch
) -> Config:
    """The config of the project with both packages, which is the working directory."""
    monkeypatch.chdir(pages_project)
    return trained_det_project[1]


@pytest.fixture(scope="session")
def tables_project(
    pages_project: Path, trained_det_project: tuple[Path, Config], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same with a table model's package and prepared tables; to be read only."""
    _, config = trained_det_project
    folder = Path(shutil.copytree(pages_project, tmp_path_factory.mktemp("tables") / "project"))
    with _inside(folder):
        prepared = tiny_slanet.write_prepared(Path(config.prepared_dir) / "table")
        pictures = sorted(prepared.image_folder("val").iterdir())
        package = tiny_slanet.write_package(Path("outputs/table/export"), pictures)
        state = read_state(Path("outputs/det/train/run.json"))
        register(package, replace(config.registry, model="paddock-table"), config.tracking, state.local_id, {})
    return folder


@pytest.fixture
def read_tables(
    tables_project: Path, trained_det_project: tuple[Path, Config], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Config:
    """The config of a project of the test's own with all three packages, which is the working directory."""
    monkeypatch.chdir(shutil.copytree(tables_project, tmp_path / "project"))
    return trained_det_project[1]


@pytest.fixture
def trained_det(trained_det_project: tuple[Path, Config], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The config of a project of the test's own that has trained a detector; it is the working directory."""
    folder, config = trained_det_project
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
