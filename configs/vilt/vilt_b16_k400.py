"""ViLT-CLIP, fully supervised on Kinetics-400.

What: 10 prompts in the first 10 of 12 layers, text leads in 6; 16 frames;
849,152 trainable parameters of 150 M.
Whose: ViLT-CLIP (AAAI 2024), Tables 2 and 6.  The paper does not give the
prompts' number and depth together, batch, rate and epochs for this setting:
those are ours, after its few-shot setting and ViFi-CLIP.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_k400.py 8
Test: bash tools/dist_test.sh configs/vilt/vilt_b16_k400.py CHECKPOINT 8
Published: K-400 77.6 top-1, 94.5 top-5 with 16 frames, 4 x 3 views (ViLT T2);
K-400 77.63 top-1 (ViLT T6).  Not measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments16.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

auto_scale_lr = dict(enable=False, base_batch_size=256)
