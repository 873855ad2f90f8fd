"""TC-CLIP in the toy world.

What: both towers fine-tuned; 10 of 36 patches of each of 8 frames, merged to
16 tokens, are what all frames and the prompts of the texts attend to.
Whose: TC-CLIP (ECCV 2024).
Run: python tools/train.py configs/tc_clip/tc_clip_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(
        adapters=[dict(type='TemporalContext', num_tokens=16, max_merged=30)]
    ),
    text_encoder=dict(stop_before_last=True),
    texts=dict(template='[a video of a] {}.'),
    prompts=dict(
        type='PromptLearner', text=dict(type='DeepPrompts', layers=[0])
    ),
    conditioner=dict(type='VideoConditionalPrompts'),
    cls_head=dict(label_smooth_eps=0.1),
    trainable=[
        'backbone.*',
        'cls_head.logit_scale',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'prompts.*',
        'conditioner.*',
    ],
)
optim_wrapper = dict(
    optimizer=dict(lr=1e-4),
    paramwise_cfg=dict(
        custom_keys={
            'prompts': dict(lr_mult=10),
            'conditioner': dict(lr_mult=10),
        }
    ),
)
