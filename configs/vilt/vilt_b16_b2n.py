"""ViLT-CLIP, base to novel classes of HMDB-51.

What: 16 prompts in the first 10 of 12 layers, text leads in 6; 16 shots of
each base class, 32 frames, one view; 886,016 trainable parameters; 12
epochs, batch 64.
Whose: ViLT-CLIP (AAAI 2024), Table 4: means over three draws of the shots.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_hmdb51_b2n.py 8
The validation is the base accuracy, the test the novel one; the other draws
are train_dataloader.dataset.ann_file=.../fs_base_s2_train.txt and s3.
Published: 76.7 base, 57.5 novel, 65.7 HM.  Not measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/base_to_novel.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(texts=dict(template='[16] {}.'))
