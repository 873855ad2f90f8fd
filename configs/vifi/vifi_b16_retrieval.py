"""ViFi-CLIP, text to video retrieval.

What: both towers are fine-tuned, 16 frames; 124,323,841 trainable
parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 10; epochs, batch and rate are ours.
Run: vlprompt train configs/vifi/vifi_b16_retrieval.py
The config is MSR-VTT 9k; vlprompt eval retrieval, with the same config,
--train and --datasets msrvtt9k msvd lsmdc, runs it on others as well.
Published: MSR-VTT 44.8 R@1, 72.4 R@5 (ViFi T10).  Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_b16_retrieval.py',
    '../_base_/datasets/msrvtt9k.py',
    '../_base_/pipelines/caption_segments16.py',
    '../_base_/schedules/retrieval.py',
    '../_base_/retrieval_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

optim_wrapper = dict(optimizer=dict(lr=8e-6))
