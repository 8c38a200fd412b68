"""One trained recogniser as a package that paddleocr 3.x loads, and the proof that it is the trained one."""

from collections.abc import Sequence
from pathlib import Path

from paddle import nn

from paddock.config.schema import ExportConfig
from paddock.config.stored import DICTIONARY
from paddock.core.errors import ExportError
from paddock.core.files import write_text
from paddock.data.charset import Charset
from paddock.export.inference_yml import recognition_yml
from paddock.export.package import GRAPH_NAME
from paddock.export.recognition_parity import RecognitionParity, compare, gate
from paddock.export.recognizer import Recognizer
from paddock.export.spread import spread_samples
from paddock.export.static import save_static
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.decode import CTCLabelDecode
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.task import RecTask
from paddock.ocr.rec.transforms import image_shape as shape_of


def export_recognition(task: RecTask, network: nn.Layer, settings: ExportConfig, folder: Path) -> RecognitionParity:
    """Export a trained recogniser and compare it on pictures spread evenly over the validation split.

    Raises:
        ExportError: see `export_recognizer`.
        DatasetError: the validation labels are missing or damaged.
    """
    shape = shape_of(task.config.Eval["dataset"]["transforms"])
    lines = spread_samples(task.eval_loader("val"), settings.parity_samples)
    return export_recognizer(network, task.classes.charset, shape, lines, settings, folder)


def export_recognizer(
    network: nn.Layer,
    charset: Charset,
    image_shape: Sequence[int],
    lines: Sequence[TextLine],
    settings: ExportConfig,
    folder: Path,
) -> RecognitionParity:
    """Write static model, inference.yml and dictionary into ``folder``; then let PaddleOCR read ``lines`` with it.

    Args:
        network: trained; it is in evaluation mode afterwards.
        image_shape: channels, height, smallest width.
        lines: real validation pictures, with ``tensor`` filled in by validation's transforms.

    Raises:
        ExportError: paddleocr does not load the package, or reads something else than the network.
    """
    if not lines:
        raise ExportError("no validation picture is left to compare the exported model on. Run `paddock prepare`.")
    network.eval()
    channels, height, _ = image_shape
    save_static(network, folder, [None, channels, height, None])
    write_text(folder / f"{GRAPH_NAME}.yml", recognition_yml(settings.model_name, image_shape, charset.characters))
    write_text(folder / DICTIONARY, "".join(f"{character}\n" for character in charset.characters))
    deployed = Recognizer(folder, settings.model_name).read([line.image for line in lines])
    parity = compare(network, CTCLabelDecode(CTCClasses(charset)), lines, deployed)
    gate(parity, settings.tolerance)
    return parity
