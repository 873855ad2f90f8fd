"""ViLT-CLIP's base to novel schedule: 12 epochs at 4e-2, batch 64."""

_base_ = ['adamw_warmup_cosine.py']

train_cfg = dict(max_epochs=12)
optim_wrapper = dict(optimizer=dict(lr=4e-2))
auto_scale_lr = dict(enable=False, base_batch_size=64)
