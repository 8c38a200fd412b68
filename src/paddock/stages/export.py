"""export: outputs/<task>/train -> outputs/<task>/export, compared with PaddleOCR, registered. See dvc.yaml."""

import argparse
from dataclasses import replace
from pathlib import Path

from paddock.config.schema import Config, Store
from paddock.config.stored import load
from paddock.core.files import new_folder, read_json, write_json
from paddock.data.prepared import PreparedRec
from paddock.engines.engine import open_engine
from paddock.engines.native import trained_network
from paddock.export.exporters import EXPORTERS
from paddock.export.package import DICTIONARY, Identity, write_identity
from paddock.export.parity import Parity
from paddock.ocr.tasks import open_task
from paddock.serving.registered import PYFUNC_MODEL, requirements
from paddock.tracking.registry import register_package
from paddock.tracking.run import open_run, read_state
from paddock.tracking.sweep import store_run_id
