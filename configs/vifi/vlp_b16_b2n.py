"""VL prompting, base to novel classes.

What: stage 2: 16 prompts in the first 9 layers of both towers on top of
vifi_b16_k400_zs; 11 epochs, batch 64; 184,320 trainable parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 8.
Run: vlprompt eval base-to-novel configs/vifi/vlp_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: HMDB-51 77.1 base, 54.9 novel, 64.1 HM; UCF-101 95.9 base, 74.1
novel, 83.6 HM; SSv2 15.8 base, 11.5 novel, 13.3 HM (ViFi T8).  Not measured
here.
"""

_base_ = [
    '../_base_/models/vlp_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

layers = range(9)
model = dict(
    texts=dict(template='[16] {}.'),
    prompts=dict(text=dict(layers=layers), visual=dict(layers=layers)),
)
train_cfg = dict(max_epochs=11)
optim_wrapper = dict(optimizer=dict(lr=4e-2))
auto_scale_lr = dict(enable=False, base_batch_size=64)
