"""The transforms that PaddleOCR 2.10 knows, and the settings of each; see `paddock.config.known_keys`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Union

Known = Mapping[str, Union["Known", "Transforms", type, UnionType]]


@dataclass(frozen=True)
class Transforms:
    """A list of one-key mappings, operator -> its arguments."""

    operators: Mapping[str, Known | None]
    """None where any argument goes."""


NUMBER = float
"""Accepts whole numbers, too."""


def of_any_type(words: str) -> dict[str, type]:
    """A table of these names, each of which may have any value."""
    return dict.fromkeys(words.split(), object)


_AUGMENT: Known = dict.fromkeys(
    ("tia_prob", "crop_prob", "reverse_prob", "noise_prob", "jitter_prob", "blur_prob", "hsv_aug_prob"), NUMBER
)

TRANSFORMS = Transforms(
    {
        "DecodeImage": of_any_type("img_mode channel_first ignore_orientation"),
        "CTCLabelEncode": of_any_type("max_text_length character_dict_path use_space_char lower"),
        "RecAug": _AUGMENT,
        "RecRotate180": {"prob": NUMBER},
        "BaseDataAugmentation": {key: NUMBER for key in _AUGMENT if key != "tia_prob"},
        "RecConAug": {"prob": NUMBER, "image_shape": list, "max_text_length": int, "ext_data_num": int},
        "RecResizeImg": {
            "image_shape": list,
            "infer_mode": bool,
            "eval_mode": bool,
            "padding": bool,
            "character_dict_path": object,
        },
        "KeepKeys": {"keep_keys": list},
        "DetLabelEncode": None,
        "IaaAugment": {"augmenter_args": list | None},
        "ColorJitter": dict.fromkeys(("brightness", "contrast", "saturation", "hue"), NUMBER),
        "EastRandomCropData": {"size": list, "max_tries": int, "keep_ratio": bool, "min_crop_side_ratio": NUMBER},
        "MakeBorderMap": {"shrink_ratio": NUMBER, "thresh_min": NUMBER, "thresh_max": NUMBER, "total_epoch": int},
        "MakeShrinkMap": {"shrink_ratio": NUMBER, "min_text_size": NUMBER, "total_epoch": int},
        "NormalizeImage": {"scale": str | NUMBER | None, "mean": list, "std": list, "order": str},
        "ToCHWImage": None,
        "DetResizeForTest": {
            "image_shape": list,
            "keep_ratio": bool,
            "limit_side_len": int,
            "limit_type": str,
            "resize_long": int,
            "max_side_limit": int,
            "input_shape": list,
        },
        "TableLabelEncode": {
            "max_text_length": int,
            "character_dict_path": str | None,
            "replace_empty_cell_token": bool,
            "merge_no_span_structure": bool,
            "learn_empty_box": bool,
            "loc_reg_num": int,
        },
        "TableBoxEncode": {"in_box_format": str, "out_box_format": str},
        "ResizeTableImage": {"max_len": int, "resize_bboxes": bool, "infer_mode": bool},
        "PaddingTableImage": {"size": list},
        **dict.fromkeys(
            of_any_type(
                "ABINetLabelEncode ABINetRecAug ABINetRecResizeImg AttnLabelEncode CANLabelEncode CPPDLabelEncode "
                "ClsResizeImg ClsLabelEncode CopyPaste CVRescale DRRGTargets E2ELabelEncodeTest E2ELabelEncodeTrain "
                "EASTProcessTrain FCENetTargets Fasttext GrayImageChannelFormat GrayRecResizeImg KieLabelEncode "
                "KieResize MakePseGt MultiLabelEncode MultiResize NRTRLabelEncode NRTRRecResizeImg PGProcessTrain "
                "PRENLabelEncode PRENResizeImg ParseQLabelEncode ParseQRecAug PolylineLabelEncode Pad RFLLabelEncode "
                "RFLRecResizeImg RandomCropFlip RandomCropImgMask RandomCropPolyInstance RandomRotateImgBox "
                "RandomRotatePolyInstances RandomScaling ReadImage ResizeNormalize RobustScannerRecResizeImg "
                "SARLabelEncode SARRecResizeImg SASTProcessTrain SEEDLabelEncode SPINLabelEncode SPINRecResizeImg "
                "SRLabelEncode SRNLabelEncode SRNRecResizeImg SRResize SVTRRecAug SVTRRecResizeImg SquareResizePad "
                "TableMasterLabelEncode VLLabelEncode VLRecResizeImg VQASerTokenChunk VQATokenLabelEncode VQATokenPad "
                "RandAugment SSLRotateResize Resize"
            )
        ),
    }
)
