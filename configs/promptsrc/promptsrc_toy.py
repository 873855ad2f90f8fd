"""PromptSRC in the toy world.

What: 4 prompts in the first 3 of 4 layers of both towers, started from "a
video of a" in the text; texts, videos and scores are held near those of the
frozen CLIP.
Whose: PromptSRC (ICCV 2023), with the mean over 8 frames.
Run: python tools/train.py configs/promptsrc/promptsrc_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

layers = range(3)
model = dict(
    texts=dict(template='[a video of a] {}.'),
    prompts=dict(
        type='PromptLearner',
        text=dict(layers=layers),
        visual=dict(layers=layers),
    ),
    teacher=dict(
        texts=dict(
            type='ClassTexts',
            template=['a video of a {}.', 'a clip of a {}.', 'a {}.'],
            ensemble='raw_embedding',
        )
    ),
    cls_head=dict(
        regularizers=dict(
            text_consistency=dict(type='TextConsistencyLoss'),
            video_consistency=dict(type='VideoConsistencyLoss'),
            logit_consistency=dict(type='LogitConsistencyLoss'),
        )
    ),
    trainable=['prompts.*'],
)
