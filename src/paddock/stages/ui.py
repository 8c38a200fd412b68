"""ui: MLflow's pages on the project's store, until Ctrl-C."""

import argparse
import signal
from types import FrameType

from paddock.config.schema import Config
from paddock.tracking import server
from paddock.tracking import store as stores


def run(config: Config, arguments: argparse.Namespace | None) -> None:
    """Serve the store in the folder ``mlruns/``, or say where the configured server is."""
    store = stores.locate(config.tracking)
    if store.uri.startswith("http"):
        print(f"{store.name.rstrip('/')}/#/experiments?workflowType=machine_learning")
        return
    port = arguments.port if arguments else 5000
    signal.signal(signal.SIGTERM, _interrupt)  # else a killed `paddock ui` would leave the server behind
    with server.serve(store, port) as process:
        print(f"MLflow: {server.link(port)}  (Ctrl-C ends it)", flush=True)
        try:
            process.wait()
        except KeyboardInterrupt:
            print("\nMLflow ends", flush=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
