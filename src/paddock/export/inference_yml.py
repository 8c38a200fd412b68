"""inference.yml: what PaddleOCR's runtime reads beside a model to prepare pictures and to decode scores.

The operators and keys are those that paddlex 3.7 accepts (paddlex/inference/models/text_recognition/predictor.py).
"""

from collections.abc import Sequence
from typing import Any

import yaml


def recognition_yml(model_name: str, image_shape: Sequence[int], dictionary: Sequence[str]) -> str:
    """The file's text for a CTC recogniser.

    PaddleOCR's decoder puts CTC's blank before the dictionary and always a space behind it: that is the last class of
    a network trained with ``use_space_char``, and a class that the network does not have otherwise.

    Args:
        model_name: a recogniser that paddleocr 3.x has registered; it picks the predictor class.
        image_shape: channels, height, smallest width of the network's input.
        dictionary: characters in the order of the classes, without the blank and without the appended space.
    """
    content: dict[str, Any] = {
        "Global": {"model_name": model_name},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"RecResizeImg": {"image_shape": [int(size) for size in image_shape]}},
                {"KeepKeys": {"keep_keys": ["image"]}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": list(dictionary)},
    }
    return yaml.dump(content, Dumper=_QuotingDumper, allow_unicode=True, sort_keys=False)


class _QuotingDumper(yaml.SafeDumper):
    """Writes single characters in double quotes: PyYAML reads a bare U+0085 back as a space."""


def _character(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if len(text) == 1 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_QuotingDumper.add_representer(str, _character)
