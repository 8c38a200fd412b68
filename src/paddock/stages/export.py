"""export: outputs/<task>/{train,eval} -> outputs/<task>/export, held against PaddleOCR, registered. See dvc.yaml."""

import argparse
from dataclasses import replace
from pathlib import Path

from paddock.config.schema import Config, Store
from paddock.config.stored import load_trained
from paddock.core.files import new_folder, read_json, write_json
from paddock.engines.engine import open_engine
from paddock.export.package import Identity, write_identity
from paddock.export.scores import chosen_postprocess, scores_on_test, validation_scores
from paddock.serving.registered import register
from paddock.tracking.run import open_run, read_state


def run(config: Config, arguments: argparse.Namespace | None = None) -> None:
    """Package the best checkpoint; only a package that reads as the trained model does is kept and registered."""
    output = Path(config.output_dir)
    trained, folder = output / "train", output / "export"
    stored = load_trained(trained)
    stored = replace(stored, PostProcess={**stored.PostProcess, **chosen_postprocess(output)})
    scores = validation_scores(output)
    state = read_state(trained / "run.json")
    with new_folder(folder) as draft:
        exported = open_engine(stored).export(stored, trained / "best_accuracy.pdparams", config.export, draft)
        write_identity(draft, _identity(stored, config.export.model_name, exported.dataset_digest, scores))
    parity = exported.parity
    write_json(Path(config.metrics_dir) / "export.json", parity)
    with open_run(config.tracking, name=stored.model_name, continues=state) as tracker:
        tracker.metrics(parity, int(read_json(trained / "metrics.json")["steps"]))
    print("\n".join(f"{name:<34}{value:.3g}" for name, value in parity.items()))
    print(f"written to {folder}")
    if config.tracking.store is Store.off:
        print("not registered, because tracking is off")
    else:
        register(folder, config.registry, config.tracking, state.local_id, scores | scores_on_test(output) | parity)


def _identity(stored: Config, deployed_as: str, dataset_digest: str, scores: dict[str, float]) -> Identity:
    return Identity(
        model=stored.model_name,
        paddleocr_config=stored.paddleocr_config,
        task=stored.task,
        dataset=stored.dataset.name,
        dataset_digest=dataset_digest,
        seed=stored.seed,
        deployed_as=deployed_as,
        metrics=scores,
    )
