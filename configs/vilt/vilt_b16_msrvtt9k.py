"""ViLT-CLIP, text to video retrieval on MSR-VTT 9k.

What: 6 prompts in all 12 layers, text leads in 6; 16 frames, captions in
pairs with their videos, no scenario loss; 833,792 trainable parameters.
Whose: ViLT-CLIP (AAAI 2024), Tables 5 and 7; epochs, batch and rate are ours.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_msrvtt9k.py 8
Published: 44.8 R@1, 72.1 R@5, 13.6 mean rank.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/msrvtt9k_segments16.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(_delete_=True, type='CaptionTexts', template='[6] {}'),
    prompts=dict(type='ViLTPrompts', depth=12, split=6),
    cls_head=dict(type='InBatchHead', alignment=dict(type='PairLoss')),
    trainable=['prompts.*'],
)
train_cfg = dict(max_epochs=10)
auto_scale_lr = dict(enable=False, base_batch_size=128)
