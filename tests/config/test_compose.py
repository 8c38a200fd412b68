import logging
from pathlib import Path

import pytest

from paddock.config.compose import compose
from paddock.config.schema import Device, OnError, Store
from paddock.core.errors import ConfigError

PARAMS = """\
pipeline: rec
dataset: sample
seed: 3
Global: {epoch_num: 11, save_epoch_step: 4}
pipelines:
  rec: {model: rec_crnn_mv3, experiment: mine, Global: {epoch_num: 12}}
  big: {model: rec_crnn_r34}
"""

EXPERIMENT = """\
# @package _global_
defaults:
  - override /model: rec_crnn_r34
  - override /dataset: wire_labels
Global: {epoch_num: 10, save_epoch_step: 5, print_batch_step: 6}
"""


@pytest.fixture
def layered(checkout: Path) -> Path:
    """A project in which every layer says something about the same keys."""
    (checkout / "params.yaml").write_text(PARAMS)
    (checkout / "conf/experiment/mine.yaml").write_text(EXPERIMENT)
    return checkout


def test_a_row_of_params_beats_the_shared_values_which_beat_the_experiment_which_beats_the_model(layered: Path) -> None:
    config = compose()
    assert config.Global["epoch_num"] == 12
    assert config.Global["save_epoch_step"] == 4
    assert config.Global["print_batch_step"] == 6
    assert config.Global["log_smooth_window"] == 20


def test_the_command_line_beats_the_row(layered: Path) -> None:
    assert compose(["Global.epoch_num=13"]).Global["epoch_num"] == 13


def test_picks_in_params_beat_what_the_experiment_picks(layered: Path) -> None:
    config = compose()
    assert (config.model_name, config.dataset.name) == ("rec_crnn_mv3", "sample")


def test_an_option_on_the_command_line_beats_the_row(layered: Path) -> None:
    assert compose(["model=rec_crnn_r34"]).model_name == "rec_crnn_r34"


def test_an_experiment_on_the_command_line_drops_the_row_and_outranks_shared_picks(layered: Path) -> None:
    config = compose(["experiment=mine"])
    assert (config.model_name, config.dataset.name) == ("rec_crnn_r34", "wire_labels")
    assert config.Global["epoch_num"] == 11  # the shared value; the row's 12 is gone
    assert config.seed == 3


def test_an_option_on_the_command_line_beats_the_experiment_beside_it(layered: Path) -> None:
    config = compose(["experiment=mine", "model=rec_crnn_mv3"])
    assert (config.model_name, config.dataset.name) == ("rec_crnn_mv3", "wire_labels")


def test_shared_picks_fill_in_what_an_experiment_on_the_command_line_leaves_open(layered: Path) -> None:
    (layered / "conf/experiment/open.yaml").write_text("# @package _global_\nGlobal: {epoch_num: 1}\n")
    (layered / "params.yaml").write_text("dataset: captcha_digits\n")
    assert compose(["experiment=open"]).dataset.name == "captcha_digits"


def test_no_experiment_can_be_asked_for(layered: Path) -> None:
    assert compose(["experiment=null"]).Global["print_batch_step"] == 10


def test_another_row_can_be_asked_for(layered: Path) -> None:
    config = compose(["pipeline=big"])
    assert (config.model_name, config.Global["epoch_num"]) == ("rec_crnn_r34", 11)


def test_a_model_of_another_task_is_not_trained_by_the_row(layered: Path) -> None:
    config = compose(["model=det_db_mv3"])
    assert (config.task, config.output_dir, config.registry.model) == ("det", "outputs/det", "paddock-det")
    assert config.Global["epoch_num"] == 11  # the shared value; the row's 12 is for recognition
    assert config.Global["print_batch_step"] == 10  # and so is its experiment


def test_a_model_takes_the_row_of_its_own_task(layered: Path) -> None:
    (layered / "params.yaml").write_text(f"{PARAMS}  det: {{model: det_db_r50, Global: {{epoch_num: 14}}}}\n")
    config = compose(["model=det_db_mv3"])
    assert (config.model_name, config.Global["epoch_num"]) == ("det_db_mv3", 14)
    assert compose(["model=det_db_mv3", "pipeline=rec"]).Global["epoch_num"] == 12


def test_a_row_of_a_model_that_does_not_exist_is_in_nobodys_way_but_its_own(layered: Path) -> None:
    (layered / "params.yaml").write_text(f"{PARAMS}  lost: {{model: det_lost}}\n")
    assert compose(["model=det_db_mv3"]).task == "det"
    with pytest.raises(ConfigError, match=r"model=det_lost \(params\.yaml\): there is no conf/model/det_lost\.yaml"):
        compose(["pipeline=lost"])


def test_a_row_that_does_not_exist_is_refused_with_the_rows_there_are(layered: Path) -> None:
    with pytest.raises(ConfigError, match=r"=bog: params\.yaml has no such row in pipelines\. Did you mean 'big'"):
        compose(["pipeline=bog"])


def test_null_in_params_means_what_conf_says(checkout: Path) -> None:
    (checkout / "params.yaml").write_text("Global: {epoch_num: ~}\nOptimizer: {lr: {learning_rate: ~}}\n")
    config = compose()
    assert config.Global["epoch_num"] == 72
    assert config.Optimizer["lr"]["learning_rate"] == 0.0005


def test_the_word_off_in_params_is_an_option_and_no_boolean(checkout: Path) -> None:
    (checkout / "params.yaml").write_text("tracking: off\n")
    assert compose().tracking.store is Store.off


def test_a_number_in_params_may_be_written_with_an_exponent(checkout: Path) -> None:
    (checkout / "params.yaml").write_text("Optimizer: {lr: {learning_rate: 1e-4}}\n")
    assert compose().Optimizer["lr"]["learning_rate"] == 1e-4


def test_conf_alone_composes_when_there_is_no_params_file(checkout: Path) -> None:
    (checkout / "params.yaml").unlink()
    config = compose()
    assert (config.model_name, config.dataset.name, config.hardware.device) == ("rec_crnn_mv3", "sample", Device.cpu)


def test_a_project_elsewhere_composes_by_its_root(layered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert compose([], layered).seed == 3


def test_the_image_size_is_written_once_for_training_and_evaluation(checkout: Path) -> None:
    config = compose(["Global.d2s_train_image_shape=[3,32,160]"])
    for section in (config.Train, config.Eval):
        assert {"RecResizeImg": {"image_shape": [3, 32, 160]}} in section["dataset"]["transforms"]


def test_the_size_of_a_training_crop_is_written_once_too(checkout: Path) -> None:
    config = compose(["model=det_db_mv3", "Global.d2s_train_image_shape=[3,320,448]"])
    crop = {"size": [448, 320], "max_tries": 50, "keep_ratio": True}  # PaddleOCR writes width before height here
    assert {"EastRandomCropData": crop} in config.Train["dataset"]["transforms"]


def test_one_operator_of_a_list_can_be_changed_by_its_number(checkout: Path) -> None:
    config = compose(["Train.dataset.transforms.0.DecodeImage.img_mode=GRAY"])
    assert config.Train["dataset"]["transforms"][0]["DecodeImage"]["img_mode"] == "GRAY"


def test_a_key_that_paddleocr_knows_can_be_set_though_no_file_writes_it(checkout: Path) -> None:
    assert compose(["Optimizer.epsilon=1e-7"]).Optimizer["epsilon"] == 1e-7


def test_a_path_with_blanks_and_umlauts_needs_no_quotes(checkout: Path) -> None:
    config = compose(["dataset=ppocrlabel", "dataset.raw=/data/Prüfung 'A'\\1"])
    assert config.dataset.raw == "/data/Prüfung 'A'\\1"


def test_a_regular_expression_needs_no_quotes(checkout: Path) -> None:
    assert compose([r"dataset.group_pattern=^(.*?)_\d+,?"]).dataset.group_pattern == r"^(.*?)_\d+,?"


def test_paddocks_keys_have_their_types(checkout: Path) -> None:
    config = compose(["dataset.on_error=drop", "training.time_limit_min=3"])
    assert config.dataset.on_error is OnError.drop
    assert config.training.time_limit_min == 3.0


REFUSED = {
    "model=rec_crnn_mv4": "model=rec_crnn_mv4 (command line): there is no conf/model/rec_crnn_mv4.yaml. "
    "Did you mean 'rec_crnn_mv3'?",
    "experiment=rec_simple": "experiment=rec_simple (command line): there is no conf/experiment/rec_simple.yaml. "
    "Did you mean 'rec_sample'?",
    "Optimizer.lr.learing_rate=1": "unknown key Optimizer.lr.learing_rate (command line). "
    "Did you mean 'learning_rate'?",
    "learning_rate=1": "unknown key learning_rate (command line). Did you mean 'Optimizer.lr.learning_rate'?",
    "optimizer.lr.learning_rate=1": "unknown key optimizer (command line). Did you mean 'Optimizer'?",
    "Train.dataset.transforms.2.RecResize.image_shape=[1]": "unknown key Train.dataset.transforms.2.RecResize "
    "(command line). Did you mean 'RecResizeImg'?",
    "Train.dataset.transforms=[{RecAug:{tia_pro:0.4}}]": "unknown key Train.dataset.transforms.0.RecAug.tia_pro "
    "(command line). Did you mean 'tia_prob'?",
    "model=det_db_mv4": "model=det_db_mv4 (command line): there is no conf/model/det_db_mv4.yaml. "
    "Did you mean 'det_db_mv3'?",
    "registry.alia=x": "unknown key registry.alia (command line). Did you mean 'alias'?",
    "Global.epoch_num=many": "Global.epoch_num (command line) must be a whole number, not 'many'.",
    "Global.epoch_num=true": "Global.epoch_num (command line) must be a whole number, not True.",
    "Optimizer.lr.learning_rate=[1]": "Optimizer.lr.learning_rate (command line) must be a number, not [1].",
    "Train.loader=3": "Train.loader (command line) must be a section with keys, not 3.",
    "Train.dataset.transforms=RecAug": "Train.dataset.transforms (command line) must be a list of operators, "
    "not 'RecAug'.",
    "seed=x": "seed (command line): Value 'x' of type 'str' could not be converted to Integer.",
    "dataset.on_error=skip": "dataset.on_error (command line): Invalid value 'skip', expected one of [stop, drop, "
    "repair].",
    "dataset.split.val=0.2": "dataset.split is train=0.85, val=0.2, test=0.075: each share must be above 0 and "
    "together they must be 1. For example dataset.split.train=0.8 .val=0.1 .test=0.1.",
    "tracking.uri=postgresql://me:secret@host/mlflow": "tracking.uri holds a password, and the config is stored with "
    "every run. Set MLFLOW_TRACKING_URI, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, instead.",
    "hardware.num_nodes=2": "hardware.num_nodes is above 1: set hardware.master=HOST:PORT of the first machine.",
    "hardware.num_devices=0": "hardware.num_devices and hardware.num_nodes must be 1 or more.",
    "dataset=ppocrlabel": "dataset.raw has no value (conf/dataset/ppocrlabel.yaml:8). "
    "Add dataset.raw=... to the command.",
    "Global.checkpoints=${lost}": "Global.checkpoints (command line): Interpolation key 'lost' not found.",
    "Global.epoch_num=1,2": "Global.epoch_num=1,2 gives several values. Only a sweep takes them: "
    "paddock train -m Global.epoch_num=1,2",
    "hydra.sweep.dir=x": "hydra.sweep.dir=x steers a sweep. Add -m, or leave it out.",
    "Global.epoch_num": "'Global.epoch_num' is no KEY=VALUE, such as model=rec_crnn_r34 or Global.epoch_num=5.",
    "~Optimizer.regularizer": "'~Optimizer.regularizer' is no KEY=VALUE, such as model=rec_crnn_r34 or "
    "Global.epoch_num=5.",
}


@pytest.mark.parametrize("word", REFUSED)
def test_a_wrong_word_is_refused_in_one_line_that_says_what_to_do(checkout: Path, word: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        compose([word])
    assert str(refusal.value) == REFUSED[word]


OPERATORS = "Train.dataset.transforms"
REFUSED_FOR_DETECTION = {
    "Architecture.Backbone.disable_see=true": "unknown key Architecture.Backbone.disable_see (command line). "
    "Did you mean 'disable_se'?",
    "Architecture.Backbone.disable_se=1": "Architecture.Backbone.disable_se (command line) must be true or false, "
    "not 1.",
    "Architecture.Neck.out_channels=wide": "Architecture.Neck.out_channels (command line) must be a whole number, "
    "not 'wide'.",
    "Architecture.Head.k=steep": "Architecture.Head.k (command line) must be a number, not 'steep'.",
    "Loss.ohem_ratio=true": "Loss.ohem_ratio (command line) must be a number, not True.",
    "PostProcess.box_tresh=0.6": "unknown key PostProcess.box_tresh (command line). Did you mean 'box_thresh'?",
    "PostProcess.max_candidates=0.5": "PostProcess.max_candidates (command line) must be a whole number, not 0.5.",
    f"{OPERATORS}.3.EastRandomCropData.size=640": f"{OPERATORS}.3.EastRandomCropData.size (command line) must be a "
    "list, not 640.",
    f"{OPERATORS}.5.MakeShrinkMap.min_size=8": f"unknown key {OPERATORS}.5.MakeShrinkMap.min_size (command line). "
    "Did you mean 'min_text_size'?",
    "Eval.dataset.transforms.2.DetResizeForTest.limit_side=960": "unknown key "
    "Eval.dataset.transforms.2.DetResizeForTest.limit_side (command line). Did you mean 'limit_side_len'?",
    "Eval.dataset.transforms.2.DetResizeForTest.limit_side_len=long": "Eval.dataset.transforms.2.DetResizeForTest."
    "limit_side_len (command line) must be a whole number, not 'long'.",
}


@pytest.mark.parametrize("word", REFUSED_FOR_DETECTION)
def test_a_wrong_word_about_a_detector_is_refused_as_clearly(checkout: Path, word: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        compose(["model=det_db_mv3", word])
    assert str(refusal.value) == REFUSED_FOR_DETECTION[word]


def test_a_list_without_its_end_is_refused(checkout: Path) -> None:
    with pytest.raises(ConfigError, match=r"'Global.image_shape=\[3' cannot be read: .* Check brackets and quotes\."):
        compose(["Global.image_shape=[3"])


def test_a_misspelt_key_in_params_is_shown_with_its_line(checkout: Path) -> None:
    (checkout / "params.yaml").write_text("pipeline: rec\npipelines:\n  rec:\n    Global:\n      epoch_nums: 3\n")
    with pytest.raises(ConfigError, match=r"unknown key Global\.epoch_nums \(params\.yaml:5\)\. .*'epoch_num'"):
        compose()


def test_a_misspelt_key_in_an_experiment_is_shown_with_its_file_and_line(checkout: Path) -> None:
    (checkout / "conf/experiment/typo.yaml").write_text("# @package _global_\nTrain:\n  loader:\n    shufle: true\n")
    with pytest.raises(ConfigError, match=r"key Train\.loader\.shufle \(conf/experiment/typo\.yaml:4\)\. .*'shuffle'"):
        compose(["experiment=typo"])


def test_a_misspelt_key_in_an_included_file_is_shown_with_that_file(checkout: Path) -> None:
    base = checkout / "conf/base/rec.yaml"
    base.write_text(base.read_text().replace("ratio_list", "ratio_lists"))
    with pytest.raises(ConfigError, match=r"Train\.dataset\.ratio_lists \(conf/base/rec\.yaml:\d+\)"):
        compose()


def test_a_misspelt_key_in_a_group_without_package_is_found_too(checkout: Path) -> None:
    (checkout / "conf/tracking/local.yaml").write_text("store: local\nurl: x\n")
    with pytest.raises(ConfigError, match=r"unknown key tracking\.url \(conf/tracking/local\.yaml:2\)\. .*'uri'"):
        compose()


def test_a_conf_file_that_is_no_yaml_is_named(checkout: Path) -> None:
    (checkout / "conf/hardware/cpu.yaml").write_text("hardware: {device: ???}\n")
    with pytest.raises(ConfigError, match=r"conf/ cannot be composed: .*hardware/cpu\.yaml"):
        compose()


def test_a_file_that_includes_a_missing_one_is_refused(checkout: Path) -> None:
    (checkout / "conf/base/rec.yaml").unlink()
    with pytest.raises(ConfigError, match=r"conf/ cannot be composed: .*base/rec"):
        compose()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dataset: {use: sample}\n", r"params\.yaml: dataset must name a file in conf/dataset/"),
        ("- seed\n", r"params\.yaml must hold keys and values"),
        ("pipelines: [rec]\n", r"params\.yaml: pipelines must have one row"),
        ("pipelines: {rec: {model: [a]}}\n", r"params\.yaml: pipelines\.rec\.model must name a file in conf/model/"),
        ("seed: [\n", r"params\.yaml is not YAML"),
        ("model: rec_crnn\n", r"model=rec_crnn \(params\.yaml\): there is no conf/model/rec_crnn\.yaml"),
    ],
)
def test_a_params_file_of_the_wrong_form_is_refused(checkout: Path, text: str, message: str) -> None:
    (checkout / "params.yaml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        compose()


def test_outside_a_project_it_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no .*conf/config\.yaml\. Run paddock in the folder"):
        compose([], tmp_path)


def test_dvc_is_told_when_it_watches_another_folder_than_the_one_that_is_read(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DVC_STAGE", "prepare")
    words = ["dataset=ppocrlabel", "dataset.raw=labels/mine"]
    with caplog.at_level(logging.WARNING, "paddock"):
        compose(words)
        assert "DVC will not see that folder change. Use dvc exp run -S raw=labels/mine" in caplog.text
        caplog.clear()
        (checkout / "params.yaml").write_text("raw: ./labels/mine\n")
        compose(words)
    assert caplog.text == ""
