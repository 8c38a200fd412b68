import shlex
from typing import Any

import pytest
import yaml

from paddock.config.compose import compose
from paddock.config.paddleocr_diff import command_line, differences
from paddock.config.stored import paddleocr_config
from paddock.core.errors import ConfigError
from tests.repository import REPOSITORY

CONF = REPOSITORY / "conf"


def as_paddleocr_reads(base: dict[str, Any], command: str) -> dict[str, Any]:
    """What PaddleOCR 2.10 makes of ``-o``: split at ``=``, read as YAML, set the last key, which may be new."""
    words = shlex.split(command.replace("\\\n", ""))
    for word in words[words.index("-o") + 1 :]:
        key, value = word.split("=")
        *sections, last = key.split(".")
        here = base
        for section in sections:
            here = here[section]
        here[last] = yaml.safe_load(value)
    return base


REC_SIZE = "Train.dataset.transforms.2.RecResizeImg.image_shape=[3,32,160]"
TABLE_SIZE = "Global.d2s_train_image_shape=[3,320,320]"
DET_SIZE = "Eval.dataset.transforms.2.DetResizeForTest.limit_side_len=736"


@pytest.mark.parametrize(
    ("model", "size"),
    [
        ("rec_crnn_mv3", REC_SIZE),
        ("rec_crnn_r34", REC_SIZE),
        ("det_db_mv3", DET_SIZE),
        ("det_db_r18", DET_SIZE),
        ("det_db_r50", DET_SIZE),
        ("table_slanet", TABLE_SIZE),
    ],
)
def test_the_command_turns_paddleocrs_own_file_into_the_composed_config(model: str, size: str) -> None:
    words = [f"model={model}", "Optimizer.lr.name=Cosine", "Global.pretrained_model=it's.pdparams"]
    config = compose([*words, size], REPOSITORY)
    command = command_line(config, CONF)
    assert command.startswith(f"python3 tools/train.py -c configs/{config.task}/{config.paddleocr_config}.yml -o ")
    base = yaml.safe_load((CONF / "paddleocr" / config.task / f"{config.paddleocr_config}.yaml").read_text())
    assert as_paddleocr_reads(base, command) == paddleocr_config(config)


def test_a_section_that_the_file_lacks_comes_as_a_whole() -> None:
    wanted = {"Train": {"loader": {"drop_last": True}, "sampler": {"name": "S", "first_bs": 8}}}
    base = {"Train": {"loader": {"drop_last": True}}}
    assert list(differences(base, wanted)) == [("Train.sampler", {"name": "S", "first_bs": 8})]


def test_a_null_that_replaces_a_value_is_a_difference_and_equal_values_are_none() -> None:
    assert list(differences({"a": 1, "b": {"c": [1]}}, {"a": None, "b": {"c": [1]}})) == [("a", None)]


def test_a_value_with_an_equals_sign_is_refused_because_paddleocr_cannot_read_it() -> None:
    config = compose(["Global.pretrained_model=a=b"], REPOSITORY)
    with pytest.raises(ConfigError, match=r"-o cannot take Global\.pretrained_model=a=b: .* Use `paddock show`"):
        command_line(config, CONF)
