"""inference.yml: what PaddleOCR's runtime is told."""

import yaml

from paddock.export.inference_yml import detection_yml, recognition_yml, table_yml


def test_the_file_names_model_shape_and_dictionary_as_paddleocr_reads_them() -> None:
    content = yaml.safe_load(recognition_yml("PP-OCRv3_mobile_rec", (3, 32, 176), ["A", "b"]))

    assert content["Global"]["model_name"] == "PP-OCRv3_mobile_rec"
    assert {"RecResizeImg": {"image_shape": [3, 32, 176]}} in content["PreProcess"]["transform_ops"]
    assert content["PostProcess"] == {"name": "CTCLabelDecode", "character_dict": ["A", "b"]}


def test_characters_that_mean_something_in_yaml_stay_characters() -> None:
    characters = [*"0123456789yYnN~=-:#!&*?|>%@`'\"\\{}[],. é中", "\u0085", "\u2028", "\ufeff", "\U0001f600"]

    content = yaml.safe_load(recognition_yml("PP-OCRv3_mobile_rec", (3, 32, 100), characters))

    assert content["PostProcess"]["character_dict"] == characters


def test_a_detectors_file_names_its_limit_normalisation_and_thresholds_as_paddleocr_reads_them() -> None:
    normalization = {"scale": "1./255.", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "order": "hwc"}
    postprocess = {"name": "DBPostProcess", "thresh": 0.2, "box_thresh": 0.5, "unclip_ratio": 1.8}

    content = yaml.safe_load(detection_yml("PP-OCRv4_mobile_det", 960, normalization, postprocess))

    assert content["Global"]["model_name"] == "PP-OCRv4_mobile_det"
    assert content["PreProcess"]["transform_ops"] == [
        {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
        {"DetResizeForTest": {"resize_long": 960}},
        {"NormalizeImage": normalization},
        {"ToCHWImage": None},
        {"KeepKeys": {"keep_keys": ["image"]}},
    ]
    assert content["PostProcess"] == postprocess


def test_a_table_models_file_names_its_operators_in_paddleocrs_order_and_its_tokens() -> None:
    tokens = ["<tr>", "<td", ' colspan="2"', ">", "</td>", "</tr>"]
    operators = {
        "PaddingTableImage": {"size": [488, 488]},
        "ResizeTableImage": {"max_len": 488},
        "NormalizeImage": {"mean": [0.5, 0.5, 0.5]},
        "TableBoxEncode": {"in_box_format": "xyxyxyxy", "out_box_format": "xyxyxyxy"},
        "TableLabelEncode": {"loc_reg_num": 8},
        "ToCHWImage": {},
    }

    content = yaml.safe_load(table_yml("SLANet", operators, True, tokens))

    assert content["PreProcess"]["transform_ops"] == [
        {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
        {"TableLabelEncode": {"loc_reg_num": 8, "merge_no_span_structure": True}},
        {"TableBoxEncode": {"in_box_format": "xyxyxyxy", "out_box_format": "xyxyxyxy"}},
        {"ResizeTableImage": {"max_len": 488}},
        {"NormalizeImage": {"mean": [0.5, 0.5, 0.5]}},
        {"PaddingTableImage": {"size": [488, 488]}},
        {"ToCHWImage": None},
        {"KeepKeys": {"keep_keys": ["image"]}},
    ]
    assert content["PostProcess"] == {
        "name": "TableLabelDecode",
        "merge_no_span_structure": True,
        "character_dict": tokens,
    }
