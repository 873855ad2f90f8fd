"""ViLT-CLIP, base to novel classes of UCF101.

What: 16 prompts in the first 10 of 12 layers, text leads in 6; 16 shots of
each base class, 32 frames, one view; 886,016 trainable parameters; 12
epochs, batch 64.
Whose: ViLT-CLIP (AAAI 2024), Table 4: means over three draws of the shots.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_ucf101_b2n.py 8
The validation is the base accuracy, the test the novel one; the other draws
are train_dataloader.dataset.ann_file=.../fs_base_s2_train.txt and s3.
Published: 95.2 base, 70.5 novel, 81.0 HM.  Not measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16.py',
    '../_base_/datasets/ucf101_base_to_novel.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(texts=dict(template='[16] {}.'))
train_cfg = dict(max_epochs=12)
optim_wrapper = dict(optimizer=dict(lr=4e-2))
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=5,
        total=12,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=64)
