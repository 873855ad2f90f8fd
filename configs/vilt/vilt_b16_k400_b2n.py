"""ViLT-CLIP, base to novel classes of Kinetics-400.

What: 16 prompts in the first 10 of 12 layers, text leads in 6; 16 shots of
each base class, 32 frames, one view; 886,016 trainable parameters; 12
epochs, batch 64.
Whose: ViLT-CLIP (AAAI 2024), Table 4: means over three draws of the shots.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_k400_b2n.py 8
The validation is the base accuracy, the test the novel one; the other draws
are train_dataloader.dataset.ann_file=.../fs_base_s2_train.txt and s3.
Published: 77.4 base, 63.0 novel, 69.5 HM.  Not measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16.py',
    '../_base_/datasets/kinetics400_base_to_novel.py',
    '../_base_/schedules/base_to_novel.py',
    '../_base_/default_runtime.py',
]

model = dict(texts=dict(template='[16] {}.'))
