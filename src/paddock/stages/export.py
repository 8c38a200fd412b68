"""export: outputs/<task>/train -> outputs/<task>/export, held against PaddleOCR, then registered. See dvc.yaml."""

import argparse
from pathlib import Path

from paddock.config.schema import Config, Store
from paddock.config.stored import load_trained
from paddock.core.files import new_folder, read_json, write_json
from paddock.engines.engine import open_engine
from paddock.export.package import Identity, write_identity
from paddock.export.scores import scores_on_test, validation_scores
from paddock.serving.registered import register
from paddock.tracking.run import open_run, read_state


def run(config: Config, arguments: argparse.Namespace | None = None) -> None:
    """Package the best checkpoint; only a package that reads as the trained model does is kept and registered."""
    output = Path(config.output_dir)
    trained, folder = output / "train", output / "export"
    stored = load_trained(trained)
    scores = validation_scores(output)
    state = read_state(trained / "run.json")
    open_engine(stored)
    with new_folder(folder) as draft:
        parity = _package(config, stored, scores, trained, draft)
    write_json(Path(config.metrics_dir) / "export.json", parity)
    with open_run(config.tracking, name=stored.model_name, continues=state) as tracker:
        tracker.metrics(parity, int(read_json(trained / "metrics.json")["steps"]))
    print("\n".join(f"{name:<34}{value:.3g}" for name, value in parity.items()))
    print(f"written to {folder}")
    if config.tracking.store is Store.off:
        print("not registered, because tracking is off")
    else:
        register(folder, config.registry, config.tracking, state.local_id, scores | scores_on_test(output) | parity)


def _package(config: Config, stored: Config, scores: dict[str, float], trained: Path, draft: Path) -> dict[str, float]:
    # Late: when Paddle is imported, it reads the number of threads that open_engine has set.
    from paddock.engines.native import trained_network  # noqa: PLC0415
    from paddock.export.exporters import EXPORTERS  # noqa: PLC0415
    from paddock.ocr.tasks import open_task  # noqa: PLC0415

    task = open_task(stored)
    network = trained_network(task, stored, trained / "best_accuracy.pdparams")
    parity = EXPORTERS[stored.task](task, network, config.export, draft)
    identity = Identity(
        model=stored.model_name,
        paddleocr_config=stored.paddleocr_config,
        task=stored.task,
        dataset=stored.dataset.name,
        dataset_digest=next(data.digest for data in task.datasets() if data.context == "train"),
        seed=stored.seed,
        deployed_as=config.export.model_name,
        metrics=scores,
    )
    write_identity(draft, identity)
    return parity.metrics()
