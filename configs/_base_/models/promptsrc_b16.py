"""PromptSRC: 4 + 4 prompts in the first 9 layers, beside the frozen CLIP."""

_base_ = ['clip_b16.py']

model = dict(
    texts=dict(template='[a photo of a] {}.'),
    prompts=dict(
        type='PromptLearner',
        text=dict(layers=range(9)),
        visual=dict(layers=range(9)),
    ),
    teacher=dict(
        texts=dict(
            type='ClassTexts',
            template='promptsrc60',
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
