from pathlib import Path

import pytest
import yaml

from paddock.config.compose import compose
from paddock.config.overrides import parse
from paddock.config.schema import SECTIONS, Config
from paddock.config.stored import flat, load, paddleocr_config, plain, save, to_yaml
from paddock.core.errors import ConfigError, PaddockError
from tests.repository import REPOSITORY


@pytest.fixture
def config() -> Config:
    return compose(["Optimizer.lr.learning_rate=1e-5", "dataset.on_error=drop", "tracking=off"], REPOSITORY)


def test_a_saved_config_comes_back_equal(config: Config, tmp_path: Path) -> None:
    save(config, tmp_path / "train" / "config.yaml")
    assert load(tmp_path / "train" / "config.yaml") == config


def test_paddleocrs_config_has_its_sections_in_its_order_and_nothing_else(config: Config) -> None:
    assert tuple(paddleocr_config(config)) == SECTIONS


def test_paddleocrs_config_is_plain_yaml_whose_small_numbers_stay_numbers(config: Config) -> None:
    read = yaml.safe_load(to_yaml(paddleocr_config(config)))
    assert read == paddleocr_config(config)
    assert read["Optimizer"]["lr"]["learning_rate"] == 1e-5


def test_gradient_clipping_that_is_off_is_absent_because_paddleocr_fails_on_null() -> None:
    free, clipped = (compose([f"Optimizer.clip_norm_global={value}"], REPOSITORY) for value in ("null", "5.0"))
    assert free.Optimizer["clip_norm_global"] is None
    assert "clip_norm_global" not in paddleocr_config(free)["Optimizer"]
    assert paddleocr_config(clipped)["Optimizer"]["clip_norm_global"] == 5.0


def test_flat_keys_are_overrides_that_give_the_same_config(config: Config) -> None:
    """Every leaf but those that a group decides, written as key=value, composes to what it came from."""
    leaves = flat(config)
    assert leaves["Train.dataset.transforms.2.RecResizeImg.image_shape"] == [3, 32, 100]
    assert leaves["tracking.store"] == "off"
    words = [f"{key}={_word(value)}" for key, value in leaves.items() if value not in (None, "\t", {})]
    assert set(parse(words, ["model"]).values) == {word.split("=")[0] for word in words}
    assert flat(compose(words, REPOSITORY)) == leaves


def _word(value: object) -> str:
    if isinstance(value, list):
        return "[" + ",".join(str(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_a_missing_config_says_that_nothing_was_trained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*config\.yaml: No such file .*\. Train first: paddock train"):
        load(tmp_path / "config.yaml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("seed: [", "is not YAML: .* Train again"),
        ("- seed", "holds no config. Train again"),
        ("seed: 0", "config.yaml"),
    ],
)
def test_a_file_that_is_no_stored_config_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        load(path)


def test_a_stored_config_with_a_key_of_another_version_is_refused(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(to_yaml(plain(config) | {"optimiser": 1}))
    with pytest.raises(ConfigError, match=r"optimiser .*config\.yaml"):
        load(path)


def test_a_folder_that_cannot_be_written_is_one_line(config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PaddockError, match="cannot write"):
        save(config, tmp_path / "file" / "config.yaml")
