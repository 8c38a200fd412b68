"""The keys that PaddleOCR 2.10 reads, section by section, and the keys of paddock's own schema.

A table, because PaddleOCR itself takes any key in silence. A name that maps to a table is a section, one that maps to a
type is a value of that type, ``object`` is anything. One table serves all algorithms: Backbone, Neck and Head hold the
union. A key that PaddleOCR reads and that is missing here belongs here, one of a transform into `known_transforms`.
"""

from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

from paddock.config.known_transforms import NUMBER, TRANSFORMS, Known, of_any_type
from paddock.config.schema import SECTIONS, Config

_GLOBAL: Known = {
    "use_gpu": bool,
    "epoch_num": int,
    "log_smooth_window": int,
    "print_batch_step": int,
    "save_model_dir": str,
    "save_epoch_step": int,
    "eval_batch_step": list | int,
    "eval_batch_epoch": int | None,
    "cal_metric_during_train": bool,
    "calc_epoch_interval": int,
    "pretrained_model": str | None,
    "checkpoints": str | None,
    "save_inference_dir": str | None,
    "character_dict_path": str | None,
    "max_text_length": int,
    "box_format": str,
    "infer_mode": bool,
    "use_space_char": bool,
    "distributed": bool,
    "seed": int | None,
    "use_amp": bool,
    "amp_level": str,
    "amp_dtype": str,
    "d2s_train_image_shape": list,
    **of_any_type(
        "algorithm amp_custom_black_list amp_custom_white_list character_type class_path debug "
        "export_with_pir image_shape infer_img infer_list label_list load_static_weights log_ranks loss_type "
        "model_name model_type print_mem_info profiler_options save_res_path scale_loss to_static total_epoch "
        "uniform_output_enabled use_dynamic_loss_scaling use_gcu use_metax_gpu use_mlu use_npu use_sync_bn "
        "use_visualdl use_xpu vdl_log_dir"
    ),
}

_OPTIMIZER: Known = {
    "name": str,
    "beta1": NUMBER,
    "beta2": NUMBER,
    "clip_norm": NUMBER | None,
    "clip_norm_global": NUMBER | None,
    "lr": {
        "name": str,
        "learning_rate": NUMBER,
        "warmup_epoch": NUMBER,
        "decay_epochs": list,
        "values": list,
        "end_lr": NUMBER,
        "power": NUMBER,
        **of_any_type(
            "anneal_strategy cycle epochs factor gamma last_epoch max_lr milestones min_lr start_lr step_size "
            "three_phase warmup_steps"
        ),
    },
    "regularizer": {"name": str, "factor": NUMBER, "coeff": NUMBER},
    **of_any_type(
        "epsilon group_lr grad_clip momentum multi_precision no_weight_decay_name one_dim_param_no_weight_decay rho "
        "weight_decay"
    ),
}

_NETWORK = (
    "algorithm checkpoints disable_se freeze_params in_channels model_type out_channels_list pretrained "
    "return_all_feats return_backbone_feats return_head_feats return_neck_feats use_student"
)

_BACKBONE = (
    "name arch attn_drop_rate block_types class_num conv_kernel_size counts dcn_stage depth depths det_model dims "
    "dp_rate drop_path_rate drop_rate dropout embed_dim embed_dims fp16 hidden_dim hidden_dims hidden_size image_size "
    "img_size in_chans in_channels input_channel input_size is_1x1 kernel last_conv_stride last_pool_kernel_size "
    "last_pool_type last_stage layers layers_num lk_size local_mixer lr_mult_list max_seq_len mixer mlp_ratio mode "
    "model_name model_type mult_scale net_type num_classes num_heads out_channels out_char_num out_features "
    "out_indices patch_merging patch_size patnet_mode prenorm pretrained qkv_bias qk_scale return_patterns roi scale "
    "stages_pattern strides sub_k sub_num stem_channels stem_ch text_rec theta_mode trans_layers type unit_list "
    "use_abs_pos use_lab use_res2net use_ssld use_sync_bn version width_mult window_size use_shortcut "
    "conv_mixer_kernel layer_types num_layers num_head d_model nhead dim_feedforward image_h"
)

_NECK = (
    "name conv_kernel depth dims dropout drop_rate encoder_type extra_levels fpn_mode hidden_dims hidden_size "
    "in_channels inner_channels input_channels intracl is_large kernel_list kernel_size mlp_ratio mode mult_scale "
    "num_heads out_channels out_channels_list prenorm qk_scale qkv_bias reduce_channel scale shortcut use_asf "
    "use_guide use_pan with_cab with_sab"
)

_HEAD = (
    "name H_first a_max add_bias attn_drop beam_size blank_idx d_emb d_model dec_dropout decoder decoder_depth "
    "decoder_layers dim_feedforward dropout dropout_rate embed_dim enc_bi_rnn enc_d_model enc_dim enc_drop_rnn "
    "enc_gru encoder_head_num encoder_hidden_dim end_idx fc_decay fix_bbox_reader_head fuse head_init_scale head_list "
    "head_num hidden_dim hidden_size ignore_index in_channels is_train k keep_threshold large_bbox_head lm_ph "
    "loc_reg_num loc_type local_mixer max_len max_seq_len max_text_length max_text_len max_text_lens method "
    "mid_channels mlp_ratio mode model_name nhead num_decoder_layers num_encoder_layers num_heads num_layer "
    "num_regressor_layers num_tags num_classes out_channels out_channels_list pad_idx padding_idx point_gather_mode "
    "pred_dropout qkv_bias rec_layer scale self_depth sharedhead_cls shape small_branch src_vocab_size start_idx "
    "start_token state_channels sub_k symbol_num textregion trans_loc use_attn use_guide use_mean_pool use_semantic "
    "vis_seq visual_dim nrtr_dim transforms_in_channels tcl_channels"
)

_ARCHITECTURE: Known = {
    "model_type": str,
    "algorithm": str,
    "Transform": of_any_type(
        "name F in_channels loc_lr model_name num_fiducial tps_inputsize tps_outputsize tps_margins stn_activation"
    ),
    "Backbone": {
        **of_any_type(_BACKBONE),
        "name": str,
        "in_channels": int,
        "model_name": str,
        "scale": NUMBER,
        "disable_se": bool,
        "layers": int | list,
        "dcn_stage": list | None,
    },
    "Neck": {**of_any_type(_NECK), "name": str, "out_channels": int, "hidden_size": int, "encoder_type": str},
    "Head": {
        **of_any_type(_HEAD),
        "name": str,
        "k": NUMBER,
        "fc_decay": NUMBER,
        "max_text_length": int,
        "loc_reg_num": int,
    },
    "Models": object,
    **of_any_type(_NETWORK),
}

_LOSS: Known = {
    "name": str,
    "balance_loss": bool,
    "main_loss_type": str,
    "alpha": NUMBER,
    "beta": NUMBER,
    "ohem_ratio": NUMBER,
    "structure_weight": NUMBER,
    "loc_weight": NUMBER,
    "loc_loss": str,
    "attention_weight": NUMBER,
    **of_any_type(
        "box_loss_weight branch_list center_alpha dis_mask end eps feat_dim fourier_degree gamma has_iou_loss "
        "ignore_index ignore_label iou_loss_weight key label_smoothing lambda_cell lambda_sim "
        "loc_loss_weight loss_config loss_config_list loss_weight max_iter mode num_cell_class "
        "num_classes ohem only_pos_neg pad_num reduction sideline sideline_ratio smoothing start "
        "tcl_bs use_focal_loss use_kl_loss max_text_length max_text_length_plus with_all vocab_size sep_ratio weight"
    ),
}

_POST_PROCESS: Known = {
    "name": str,
    "thresh": NUMBER,
    "box_thresh": NUMBER,
    "max_candidates": int,
    "unclip_ratio": NUMBER,
    "use_dilation": bool,
    "score_mode": str,
    "box_type": str,
    "merge_no_span_structure": bool,
    **of_any_type(
        "algorithm cell_merge character_dict_path character_type class_path cover_thresh decode_type fourier_degree "
        "gamma ignore_label img_scale infer_mode is_output_polygon key label_list max_text_length "
        "min_area min_bbox_side_ratio min_kernel_area mode model_name multi_head nms_thr "
        "num_recon_pts point_gather_mode rm_sep rec_vocab scale scales score_thresh text_max_text_length "
        "tcl_map_thresh use_polygon use_space_char valid_set expand_scale alpha beta"
    ),
}

_METRIC: Known = {
    "name": str,
    "main_indicator": str,
    "is_filter": bool,
    "ignore_space": bool,
    "compute_bbox_metric": bool,
    "loc_reg_num": int,
    "box_format": str,
    "del_thead_tbody": bool,
    **of_any_type("base_metric_name gt_mat_dir key mode structure_only topk cal_blue_score"),
}

_DATASET: Known = {
    "name": str,
    "data_dir": str,
    "label_file_list": list | str,
    "label_file_path": list | str,
    "ratio_list": list | float,
    "delimiter": str,
    "transforms": TRANSFORMS,
    "ext_op_transform_idx": int,
    **of_any_type("data_format ds_width max_text_length mode order padding version"),
}

_LOADER: Known = {
    "shuffle": bool,
    "drop_last": bool,
    "batch_size_per_card": int,
    "num_workers": int,
    "use_shared_memory": bool,
    **of_any_type("collate_fn max_ratio min_ratio"),
}

_READER: Known = {
    "dataset": _DATASET,
    "loader": _LOADER,
    "sampler": of_any_type(
        "name divided_factor first_bs fix_bs is_training max_bs max_w min_bs ratio_wh scales ds_width"
    ),
}

PADDLEOCR: Known = {
    "Global": _GLOBAL,
    "Architecture": _ARCHITECTURE,
    "Loss": _LOSS,
    "Optimizer": _OPTIMIZER,
    "PostProcess": _POST_PROCESS,
    "Metric": _METRIC,
    "Train": _READER,
    "Eval": _READER,
}
"""What may stand in a PaddleOCR config."""


def _of_dataclass(kind: Any) -> dict[str, Any]:
    """Field -> table for a nested dataclass; OmegaConf checks the types of the rest."""
    hints = get_type_hints(kind)
    named = [item.name for item in fields(kind) if item.name not in SECTIONS]
    return {name: _of_dataclass(hints[name]) if is_dataclass(hints[name]) else object for name in named}


KNOWN: Known = {**PADDLEOCR, **_of_dataclass(Config)}
"""What may stand in a composed paddock config."""
