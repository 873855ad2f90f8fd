"""CLIP-LoRA, base to novel classes.

What: rank 2 on q, k and v of all layers of both towers, the logit scale fixed;
16 shots of each base class, 8 frames, one view; 50 epochs, batch 32; 184,320
trainable parameters.
Whose: CLIP-LoRA (CVPRW 2024), which adapts to images; this protocol, the
epochs, frames, augmentation and views are ours.
Run: vlprompt eval base-to-novel configs/lora/clip_lora_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: nothing on videos.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_lora_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments8_one_view.py',
    '../_base_/schedules/clip_lora.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
