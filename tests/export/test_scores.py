"""Scores and thresholds go with the training that they belong to."""

from pathlib import Path

from paddock.core.files import write_json
from paddock.export.scores import chosen_postprocess, scores_on_test, validation_scores


def _write(output: Path, stage: str, run: str, metrics: dict[str, float]) -> None:
    write_json(output / stage / "run.json", {"local_id": run, "run_id": None, "experiment": "e"})
    write_json(output / stage / "metrics.json", metrics)


def test_scores_are_the_named_numbers_of_a_training(tmp_path: Path) -> None:
    _write(tmp_path, "train", "one", {"val/acc": 0.9, "best_epoch": 3, "steps": 12})

    assert validation_scores(tmp_path) == {"val/acc": 0.9}


def test_the_test_scores_of_this_training_are_found(tmp_path: Path) -> None:
    _write(tmp_path, "train", "one", {"val/acc": 0.9})
    _write(tmp_path, "eval", "one", {"test/acc": 0.8})

    assert scores_on_test(tmp_path) == {"test/acc": 0.8}


def test_the_test_scores_of_an_earlier_training_are_not_taken(tmp_path: Path) -> None:
    _write(tmp_path, "train", "two", {"val/acc": 0.9})
    _write(tmp_path, "eval", "one", {"test/acc": 0.8})

    assert scores_on_test(tmp_path) == {}


def test_a_training_that_was_not_scored_has_no_test_scores(tmp_path: Path) -> None:
    _write(tmp_path, "train", "one", {"val/acc": 0.9})

    assert scores_on_test(tmp_path) == {}


def test_the_thresholds_that_evaluation_chose_for_this_training_are_found(tmp_path: Path) -> None:
    _write(tmp_path, "train", "one", {"val/hmean": 0.9})
    _write(tmp_path, "eval", "one", {"test/hmean": 0.8})
    write_json(tmp_path / "eval" / "postprocess.json", {"thresh": 0.2})

    assert chosen_postprocess(tmp_path) == {"thresh": 0.2}


def test_the_thresholds_of_an_earlier_training_are_not_taken(tmp_path: Path) -> None:
    _write(tmp_path, "train", "two", {"val/hmean": 0.9})
    _write(tmp_path, "eval", "one", {"test/hmean": 0.8})
    write_json(tmp_path / "eval" / "postprocess.json", {"thresh": 0.2})

    assert chosen_postprocess(tmp_path) == {}


def test_without_an_evaluation_or_a_choice_the_config_keeps_its_thresholds(tmp_path: Path) -> None:
    _write(tmp_path, "train", "one", {"val/acc": 0.9})
    assert chosen_postprocess(tmp_path) == {}

    _write(tmp_path, "eval", "one", {"test/acc": 0.8})
    assert chosen_postprocess(tmp_path) == {}
