"""One trained table model as a package that paddleocr 3.x loads, and the proof that it is the trained one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from paddle import nn

from paddock.config.schema import ExportConfig
from paddock.config.stored import DICTIONARY
from paddock.core.errors import ConfigError, ExportError
from paddock.core.files import write_text
from paddock.export.inference_yml import TABLE_OPERATORS, table_yml
from paddock.export.package import GRAPH_NAME
from paddock.export.spread import spread_samples
from paddock.export.static import save_static
from paddock.export.table_parity import TableParity, compare, gate
from paddock.export.table_recognizer import TableRecognizer
from paddock.ocr.table.decode import TableLabelDecode
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.task import TableTask
from paddock.ocr.table.tokens import TableClasses


def export_table(task: TableTask, network: nn.Layer, settings: ExportConfig, folder: Path) -> TableParity:
    """Export a trained table model and compare it on pictures spread evenly over the validation split.

    Raises:
        ConfigError: validation does not prepare pictures as paddleocr does.
        ExportError: see `export_table_model`.
        DatasetError: the validation labels are missing or damaged.
    """
    pictures = spread_samples(task.eval_loader("val"), settings.parity_samples)
    transforms = task.config.Eval["dataset"]["transforms"]
    return export_table_model(network, task.classes, transforms, pictures, settings, folder)


def export_table_model(
    network: nn.Layer,
    classes: TableClasses,
    transforms: Sequence[Mapping[str, Any]],
    pictures: Sequence[TablePicture],
    settings: ExportConfig,
    folder: Path,
) -> TableParity:
    """Write static model, inference.yml and dictionary into ``folder``; then let PaddleOCR read ``pictures`` with it.

    Args:
        network: trained; it is in evaluation mode afterwards.
        transforms: how validation prepares pictures.
        pictures: real validation pictures, with ``tensor`` filled in by these transforms.

    Raises:
        ConfigError: a transform that paddleocr needs is missing.
        ExportError: paddleocr does not load the package, or reads something else than the network.
    """
    operators = _operators(transforms)
    if not pictures:
        raise ExportError("no validation picture is left to compare the exported model on. Run `paddock prepare`.")
    network.eval()
    save_static(network, folder, [None, *pictures[0].values.shape])
    yml = table_yml(settings.model_name, operators, classes.merge_no_span_structure, classes.tokens)
    write_text(folder / f"{GRAPH_NAME}.yml", yml)
    write_text(folder / DICTIONARY, classes.file_text())
    deployed = TableRecognizer(folder, settings.model_name).read([picture.image for picture in pictures])
    parity = compare(network, TableLabelDecode(classes), pictures, deployed)
    gate(parity, settings.tolerance, settings.min_same_boxes)
    return parity


def _operators(transforms: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    operators = {name: given or {} for entry in transforms for name, given in entry.items()}
    if missing := [name for name in TABLE_OPERATORS if name not in operators]:
        raise ConfigError(
            f"Eval.dataset.transforms: there is no {missing[0]}, without which paddleocr 3.x runs no table model. Add "
            "it, so that validation sees what deployment sees."
        )
    return operators
