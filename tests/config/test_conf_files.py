import re
from pathlib import Path

import pytest
import yaml

from paddock.cli import COMMON_KEYS
from paddock.config import folders
from paddock.config.compose import compose
from tests.repository import REPOSITORY

CONF = REPOSITORY / "conf"
GROUPS = folders.groups(CONF)
PICKS = [f"{group}={option}" for group in GROUPS for option in folders.options(CONF, group)]
ASKED_FOR = {
    "dataset=ppocrlabel": ["dataset.raw=labels"],
    "experiment=rec_own_data": ["dataset.raw=labels"],
    "hardware=nodes": ["hardware.master=host:8000"],
}
"""What an option wants to be told, because nobody can know it beforehand."""


@pytest.mark.parametrize("pick", PICKS)
def test_every_option_composes(pick: str) -> None:
    group, option = pick.split("=")
    config = compose([pick, *ASKED_FOR.get(pick, [])], REPOSITORY)
    named = {"model": config.model_name, "dataset": config.dataset.name, "engine": config.engine.name}
    assert named.get(group, option) == option


@pytest.mark.parametrize("word", COMMON_KEYS)
def test_every_key_that_the_help_recommends_can_be_set(word: str) -> None:
    key, value = word.split("=")
    values = yaml.safe_load(value)
    config = compose([word], REPOSITORY)
    section, *rest = key.split(".")
    found = getattr(config, section)
    for part in rest:
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    assert getattr(found, "value", found) == (float(values) if re.fullmatch(r"[\d.]+e-\d+", value) else values)


@pytest.mark.parametrize("path", sorted((CONF / "experiment").glob("*.yaml")), ids=lambda path: path.stem)
def test_an_experiment_leaves_alone_what_prepare_reads(path: Path) -> None:
    """DVC's prepare stage watches conf/dataset and params.yaml only."""
    content = yaml.safe_load(path.read_text())
    assert not {"dataset", "seed", "prepared_dir"} & set(content)


@pytest.mark.parametrize("path", sorted((CONF / "model").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_model_names_its_paddleocr_config_and_its_paper(path: Path) -> None:
    config = compose([f"model={path.stem}"], REPOSITORY)
    head = "".join(line for line in path.read_text().splitlines(keepends=True) if line.startswith("#"))
    assert f"configs/{config.task}/{config.paddleocr_config}.yml" in head
    assert re.search(r"arXiv:\d{4}\.\d{5}", head)
    assert (CONF / "paddleocr" / config.task / f"{config.paddleocr_config}.yaml").is_file()


@pytest.mark.parametrize("path", sorted((CONF / "dataset").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_data_set_that_ships_a_source_states_its_licence(path: Path) -> None:
    head = "".join(line for line in path.read_text().splitlines(keepends=True) if line.startswith("#"))
    assert path.stem == "ppocrlabel" or ("Source:" in head and "Licence:" in head)


def test_no_file_names_a_python_object() -> None:
    assert not [path for path in CONF.rglob("*.yaml") if "_target_" in path.read_text()]


def test_a_recognition_model_trains_on_what_prepare_writes() -> None:
    config = compose(["dataset=captcha_digits"], REPOSITORY)
    prepared = "data/prepared/captcha_digits/rec"
    assert config.Train["dataset"]["data_dir"] == config.Eval["dataset"]["data_dir"] == config.test.data_dir == prepared
    assert config.Train["dataset"]["label_file_list"] == [f"{prepared}/rec_gt_train.txt"]
    assert config.Eval["dataset"]["label_file_list"] == [f"{prepared}/rec_gt_val.txt"]
    assert config.test.label_file_list == [f"{prepared}/rec_gt_test.txt"]
    assert config.Global["character_dict_path"] == f"{prepared}/dict.txt"


def test_a_detection_model_trains_on_what_prepare_writes() -> None:
    config = compose(["model=det_db_mv3", "dataset=wire_labels"], REPOSITORY)
    prepared = "data/prepared/wire_labels/det"
    assert config.Train["dataset"]["data_dir"] == config.Eval["dataset"]["data_dir"] == config.test.data_dir == prepared
    assert config.Train["dataset"]["label_file_list"] == [f"{prepared}/train_label.txt"]
    assert config.Eval["dataset"]["label_file_list"] == [f"{prepared}/val_label.txt"]
    assert config.test.label_file_list == [f"{prepared}/test_label.txt"]


def test_a_table_model_trains_on_what_prepare_writes() -> None:
    config = compose(["model=table_slanet", "dataset=wire_labels"], REPOSITORY)
    prepared = "data/prepared/wire_labels/table"
    assert config.Train["dataset"]["data_dir"] == config.Eval["dataset"]["data_dir"] == config.test.data_dir == prepared
    assert config.Train["dataset"]["label_file_list"] == [f"{prepared}/train_label.txt"]
    assert config.Eval["dataset"]["label_file_list"] == [f"{prepared}/val_label.txt"]
    assert config.test.label_file_list == [f"{prepared}/test_label.txt"]
    assert config.Global["character_dict_path"] == f"{prepared}/dict.txt"


def test_a_table_models_size_and_length_are_each_set_once() -> None:
    words = ["model=table_slanet", "Global.max_text_length=300", "Global.d2s_train_image_shape=[3,320,320]"]
    config = compose(words, REPOSITORY)
    assert config.Architecture["Head"]["max_text_length"] == 300
    for section in (config.Train, config.Eval):
        settings = {name: given for entry in section["dataset"]["transforms"] for name, given in entry.items()}
        assert settings["TableLabelEncode"]["max_text_length"] == 300
        assert settings["ResizeTableImage"] == {"max_len": 320}
        assert settings["PaddingTableImage"] == {"size": [320, 320]}


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((CONF / "model").glob("det_*.yaml")), ids=lambda path: path.stem)
def test_a_detector_is_validated_by_the_resize_rule_of_deployment(path: Path) -> None:
    """paddleocr 3.x shrinks the longer side and knows no other rule under the name that export gives the model."""
    from paddlex.inference.models.text_detection import predictor

    config = compose([f"model={path.stem}"], REPOSITORY)
    rule = next(
        entry["DetResizeForTest"] for entry in config.Eval["dataset"]["transforms"] if "DetResizeForTest" in entry
    )
    exported = {"resize_long": rule["limit_side_len"]}
    deployed = predictor._get_text_det_resize_defaults(config.export.model_name, exported)
    assert deployed == (rule["limit_side_len"], rule["limit_type"])


def test_the_two_shared_sets_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADDOCK_SHARED", "/elsewhere")
    assert compose(["dataset=wire_labels"], REPOSITORY).dataset.raw == "/elsewhere/data/wire_labels/train_data"
    assert compose(["dataset=captcha_digits"], REPOSITORY).dataset.raw == "/elsewhere/data/captcha_digits/rec"
