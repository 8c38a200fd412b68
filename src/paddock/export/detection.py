"""One trained detector as a package that paddleocr 3.x loads, and the proof that it is the trained one."""

from dataclasses import asdict
from pathlib import Path

from paddle import nn

from paddock.config.schema import ExportConfig
from paddock.core.errors import ExportError
from paddock.core.files import write_text
from paddock.export.detection_parity import DetectionParity, compare, gate
from paddock.export.detector import Detector
from paddock.export.inference_yml import detection_yml
from paddock.export.package import GRAPH_NAME
from paddock.export.spread import spread_samples
from paddock.export.static import save_static
from paddock.ocr.det.task import DetTask


def export_detection(task: DetTask, network: nn.Layer, settings: ExportConfig, folder: Path) -> DetectionParity:
    """Write static model and inference.yml into ``folder``; then let PaddleOCR look at validation pages with it.

    Raises:
        ExportError: paddleocr does not load the package, or finds something else than the network.
        ConfigError: validation resizes pages in a way that paddleocr does not know.
        DatasetError: the validation labels are missing or damaged.
    """
    loader = task.eval_loader("val")
    pages = spread_samples(loader, settings.parity_samples)
    if not pages:
        raise ExportError("no validation page is left to compare the exported model on. Run `paddock prepare`.")
    network.eval()
    save_static(network, folder, [None, 3, None, None])
    write_text(folder / f"{GRAPH_NAME}.yml", _inference_yml(task, settings.model_name))
    deployed = Detector(folder, settings.model_name).find([page.image for page in pages])
    parity = compare(network, task.postprocess, task.metric, pages, deployed)
    gate(parity, settings.tolerance, settings.min_same_boxes)
    return parity


def _inference_yml(task: DetTask, model_name: str) -> str:
    operators = {name: given for entry in task.config.Eval["dataset"]["transforms"] for name, given in entry.items()}
    return detection_yml(
        model_name,
        limit_side_len=int(task.resize.limit_side_len or 0),
        normalization=operators["NormalizeImage"],
        postprocess={"name": "DBPostProcess", **asdict(task.postprocess)},
    )
