"""PromptSRC for video, base to novel classes.

What: 4 prompts in the first 9 layers of both towers, started from "a photo of
a" in the text, held near the frozen CLIP; 16 shots of each base class, 32
frames; 20 epochs, batch 4; 46,080 trainable parameters.
Whose: PromptSRC (ICCV 2023), with the mean over the frames.
Run: vlprompt eval base-to-novel configs/promptsrc/promptsrc_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: nothing on videos.  Not measured here.
"""

_base_ = [
    '../_base_/models/promptsrc_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/promptsrc.py',
    '../_base_/promptsrc_runtime.py',
]

train_dataloader = dict(
    batch_size=4, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
