"""VL prompting: independent prompts, 10 in all 12 layers of both towers.

The frozen CLIP is a fine-tuned one: ``clip.finetuned`` is the checkpoint of
the first stage (configs/vifi/vifi_b16_k400_zs.py).
"""

_base_ = ['clip_b16_mixup.py']

model = dict(
    clip=dict(finetuned='work_dirs/vifi_b16_k400_zs/epoch_10.pth'),
    texts=dict(template='[10] {}.'),
    prompts=dict(
        type='PromptLearner',
        text=dict(type='DeepPrompts', layers=range(12)),
        visual=dict(type='DeepPrompts', layers=range(12)),
    ),
    trainable=['prompts.*'],
)
