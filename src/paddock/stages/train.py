"""train: data/prepared + config -> outputs/<task>/train and one MLflow run. See dvc.yaml."""

import argparse
import shutil
from pathlib import Path

from paddock.config.schema import Config
from paddock.config.stored import save
from paddock.core.files import new_folder, write_json
from paddock.core.project import project_root
from paddock.engines.engine import Fitted, Session, open_engine
from paddock.engines.record import record_input, record_output
from paddock.tracking.provenance import run_name, training_tags
from paddock.tracking.run import open_run
from paddock.tracking.tracker import NullTracker
from paddock.training.claim import claimed


def run(config: Config, arguments: argparse.Namespace | None = None) -> None:
    """Train one model, on as many devices as ``hardware`` names; a killed training goes on where it stopped."""
    open_engine(config).launch(config.hardware, train, config)


def train(config: Config) -> Fitted:
    """Train one model into ``output_dir``/train, as one of the processes that do it together."""
    return record(config, open_engine(config).start(config))


def record(config: Config, session: Session, parent: str | None = None) -> Fitted:
    """Run a training that has passed its preflight, and keep what it did.

    Args:
        parent: the sweep that this training is a trial of.
    """
    scratch = project_root() / "scratch" / session.fingerprint[:16]
    if not session.is_first:
        return session.fit(NullTracker(session.fingerprint), scratch)
    with claimed(scratch):
        state = scratch / "run.json"
        with open_run(
            config.tracking, name=run_name(config), state=state, parent=parent, tags=training_tags(config)
        ) as tracker:
            record_input(config, session, tracker)
            fitted = session.fit(tracker, scratch)
            folder = Path(config.output_dir) / "train"
            with new_folder(folder) as draft:
                session.write_outputs(scratch, draft)
                save(config, draft / "config.yaml")
                write_json(draft / "metrics.json", fitted.metrics)
            record_output(config, fitted, folder, tracker)
        shutil.copyfile(state, folder / "run.json")
        write_json(Path(config.metrics_dir) / "train.json", fitted.metrics)
        shutil.rmtree(scratch)
    return fitted
