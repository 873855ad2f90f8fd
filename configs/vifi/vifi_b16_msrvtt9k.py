"""ViFi-CLIP, text to video retrieval on MSR-VTT 9k.

What: both towers are fine-tuned, 16 frames; 124,323,841 trainable parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 10; epochs, batch and rate are ours.
Run: bash tools/dist_train.sh configs/vifi/vifi_b16_msrvtt9k.py 8
Published: 44.8 R@1, 72.4 R@5.  Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_b16.py',
    '../_base_/datasets/msrvtt9k_segments16.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(_delete_=True, type='CaptionTexts'),
    cls_head=dict(
        type='InBatchHead', alignment=dict(type='PairLoss'), label_smooth_eps=0
    ),
    data_preprocessor=dict(blending=None),
)
train_cfg = dict(max_epochs=10)
optim_wrapper = dict(optimizer=dict(lr=8e-6))
auto_scale_lr = dict(enable=False, base_batch_size=128)
