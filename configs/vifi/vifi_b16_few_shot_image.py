"""ViFi-CLIP with image-level fusion, few shots of each class.

What: as vifi_b16_few_shot, frames fused as logits at test, each of them a
labelled image in training.
Whose: ViFi-CLIP (CVPR 2023), section 4.3 and Table 5.
Run: vlprompt eval few-shot configs/vifi/vifi_b16_few_shot_image.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: SSv2 11.2, HMDB-51 64.4, UCF-101 91.7 top-1 with 16 shots (ViFi T5).
Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/few_shot.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(lr=2e-6))
auto_scale_lr = dict(enable=False, base_batch_size=64)

model = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(type='FrameClassificationHead'),
)
