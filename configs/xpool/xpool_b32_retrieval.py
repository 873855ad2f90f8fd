"""X-Pool, text to video retrieval.

What: ViT-B/32, 12 frames, which each caption pools for itself; both towers
are fine-tuned, 5 epochs, batch 32; 152,593,665 trainable parameters.
Whose: X-Pool (CVPR 2022).
Run: vlprompt train configs/xpool/xpool_b32_retrieval.py
The config is MSR-VTT 9k; vlprompt eval retrieval, with the same config,
--train and --datasets msrvtt9k msvd lsmdc, runs it on others as well.
Published: MSR-VTT 46.9 R@1 (X-Pool).  Not measured here.
"""

_base_ = [
    '../_base_/models/xpool_b32.py',
    '../_base_/datasets/msrvtt9k.py',
    '../_base_/pipelines/caption_segments12.py',
    '../_base_/schedules/xpool.py',
    '../_base_/clip4clip_runtime.py',
]

train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
