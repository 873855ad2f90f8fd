"""10 epochs of ViFi-CLIP's schedule, batch 128; our choice."""

_base_ = ['adamw_warmup_cosine.py']

train_cfg = dict(max_epochs=10)
auto_scale_lr = dict(enable=False, base_batch_size=128)
