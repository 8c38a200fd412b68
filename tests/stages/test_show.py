from pathlib import Path

import pytest
import yaml

from paddock import cli
from paddock.config.schema import SECTIONS


def test_show_prints_the_paddleocr_config_that_would_be_trained(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", "model=rec_crnn_r34", "Global.epoch_num=5", "Optimizer.lr.learning_rate=1e-4"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert tuple(shown) == SECTIONS
    assert shown["Architecture"]["Backbone"] == {"name": "ResNet", "layers": 34}
    assert (shown["Global"]["epoch_num"], shown["Optimizer"]["lr"]["learning_rate"]) == (5, 1e-4)


def test_show_all_adds_paddocks_own_keys(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", "--all", "dataset=wire_labels"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert shown["dataset"]["name"] == "wire_labels"
    assert shown["registry"] == {"model": "paddock-rec", "alias": "champion"}


def test_show_overrides_prints_the_command_for_paddleocr(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", "--overrides", "Global.epoch_num=5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "python3 tools/train.py -c configs/rec/rec_mv3_none_bilstm_ctc.yml -o \\"
    assert "    Global.epoch_num=5 \\" in lines
    assert not any("Architecture" in line for line in lines)


def test_show_of_a_detector_is_that_of_its_own_task(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", "model=det_db_r18"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert shown["Architecture"]["Backbone"] == {"name": "ResNet_vd", "layers": 18}
    assert "character_dict_path" not in shown["Global"]
    assert cli.main(["show", "--overrides", "model=det_db_r18"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "python3 tools/train.py -c configs/det/det_r50_vd_db.yml -o \\"
    assert "    Architecture.Backbone.layers=18 \\" in lines
