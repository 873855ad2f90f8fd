"""ViLT-CLIP's few-shot schedule: 30 epochs at 8e-3, batch 64."""

_base_ = ['adamw_warmup_cosine.py']

train_cfg = dict(val_interval=10)
auto_scale_lr = dict(enable=False, base_batch_size=64)
