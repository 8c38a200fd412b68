from pathlib import Path

import pytest

from paddock.tracking.provenance import dvc_hash, provenance_tags

LOCK = """
schema: '2.0'
stages:
  prepare:
    cmd: paddock prepare
    outs:
    - path: data/prepared/sample
      hash: md5
      md5: 0123456789abcdef0123456789abcdef.dir
"""


def test_a_run_tells_code_data_and_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("f" * 40 + "\n")
    (tmp_path / "dvc.lock").write_text(LOCK)
    monkeypatch.setenv("DVC_STAGE", "train@rec")
    monkeypatch.setenv("DVC_EXP_NAME", "naive-pint")
    monkeypatch.setenv("DVC_EXP_BASELINE_REV", "e" * 40)
    assert provenance_tags(Path("data/prepared/sample"), tmp_path) == {
        "mlflow.source.git.commit": "f" * 40,
        "dvc.data": "0123456789abcdef0123456789abcdef.dir",
        "dvc.stage": "train@rec",
        "dvc.exp_name": "naive-pint",
        "dvc.exp_baseline": "e" * 40,
    }


def test_data_are_named_without_dvc_too(tmp_path: Path) -> None:
    for task in ("det", "rec"):
        (tmp_path / "data/prepared/sample" / task).mkdir(parents=True)
        (tmp_path / f"data/prepared/sample/{task}/stats.json").write_text(f'{{"digest": "digest of {task}"}}')
    assert provenance_tags(Path("data/prepared/sample"), tmp_path) == {
        "paddock.data.det": "digest of det",
        "paddock.data.rec": "digest of rec",
    }


def test_what_is_unknown_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DVC_STAGE", "DVC_EXP_NAME", "DVC_EXP_BASELINE_REV"):
        monkeypatch.delenv(name, raising=False)
    assert provenance_tags(Path("data/prepared/sample"), tmp_path) == {}


def test_data_that_no_stage_wrote_has_no_hash(tmp_path: Path) -> None:
    (tmp_path / "dvc.lock").write_text(LOCK)
    assert dvc_hash(Path("data/prepared/other"), tmp_path) is None
