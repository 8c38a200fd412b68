"""inference.yml: what PaddleOCR's runtime reads beside a model to prepare pictures and to decode scores.

The operators and keys are those that paddlex 3.7 accepts (paddlex/inference/models/text_recognition/predictor.py,
text_detection/predictor.py, table_structure_recognition/predictor.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

TABLE_OPERATORS = ("TableLabelEncode", "TableBoxEncode", "ResizeTableImage", "NormalizeImage", "PaddingTableImage")
"""What stands between DecodeImage and ToCHWImage for a table model, in this order."""


def recognition_yml(model_name: str, image_shape: Sequence[int], dictionary: Sequence[str]) -> str:
    """The file's text for a CTC recogniser.

    PaddleOCR's decoder puts CTC's blank before the dictionary and always a space behind it: that is the last class of
    a network trained with ``use_space_char``, and a class that the network does not have otherwise.

    Args:
        model_name: a recogniser that paddleocr 3.x has registered; it picks the predictor class.
        image_shape: channels, height, smallest width of the network's input.
        dictionary: characters in the order of the classes, without the blank and without the appended space.
    """
    resize = {"RecResizeImg": {"image_shape": [int(size) for size in image_shape]}}
    return _text(model_name, [resize], {"name": "CTCLabelDecode", "character_dict": list(dictionary)})


def detection_yml(
    model_name: str, limit_side_len: int, normalization: Mapping[str, Any], postprocess: Mapping[str, Any]
) -> str:
    """The file's text for a DB detector.

    Args:
        model_name: a detector that paddleocr 3.x has registered; it picks the predictor class and the rule of resizing.
        limit_side_len: pixels to which the longer side of a larger page is shrunk; PaddleOCR reads that as
            ``resize_long``, and nothing else, from this file.
        normalization: ``scale``, ``mean``, ``std`` and ``order`` of NormalizeImage.
        postprocess: PaddleOCR's section, ``name`` and thresholds.
    """
    operators: list[dict[str, Any]] = [
        {"DetResizeForTest": {"resize_long": int(limit_side_len)}},
        {"NormalizeImage": dict(normalization)},
        {"ToCHWImage": None},
    ]
    return _text(model_name, operators, postprocess)


def table_yml(
    model_name: str,
    operators: Mapping[str, Mapping[str, Any]],
    merge_no_span_structure: bool,
    dictionary: Sequence[str],
) -> str:
    """The file's text for SLANet.

    PaddleOCR's decoder puts the start before the dictionary and the end behind it.

    Args:
        model_name: a table model that paddleocr 3.x has registered; it picks the predictor class and the size by which
            boxes are multiplied: that of the picture for ``SLANet``, of the padded square for any other.
        operators: `TABLE_OPERATORS` as validation has them. PaddleOCR looks for ``merge_no_span_structure`` in the
            second operator of the file, which is TableLabelEncode.
        dictionary: structure tokens in the order of the classes, before any is merged.
    """
    listed: list[dict[str, Any]] = [{name: dict(operators[name])} for name in TABLE_OPERATORS]
    listed[0]["TableLabelEncode"]["merge_no_span_structure"] = merge_no_span_structure
    postprocess = {
        "name": "TableLabelDecode",
        "merge_no_span_structure": merge_no_span_structure,
        "character_dict": list(dictionary),
    }
    return _text(model_name, [*listed, {"ToCHWImage": None}], postprocess)


def _text(model_name: str, operators: Sequence[Mapping[str, Any]], postprocess: Mapping[str, Any]) -> str:
    decode = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
    content = {
        "Global": {"model_name": model_name},
        "PreProcess": {"transform_ops": [decode, *operators, {"KeepKeys": {"keep_keys": ["image"]}}]},
        "PostProcess": dict(postprocess),
    }
    return yaml.dump(content, Dumper=_QuotingDumper, allow_unicode=True, sort_keys=False)


class _QuotingDumper(yaml.SafeDumper):
    """Writes single characters in double quotes: PyYAML reads a bare U+0085 back as a space."""


def _character(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if len(text) == 1 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_QuotingDumper.add_representer(str, _character)
