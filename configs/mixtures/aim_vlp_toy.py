"""AIM with independent prompts in both towers.

What: adapters in the vision tower, 8 prompts in all layers of both.
Whose: nobody: a mixture of registered parts.
Run: python tools/train.py configs/mixtures/aim_vlp_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['../aim/aim_text_toy.py']

model = dict(
    texts=dict(template='[8] {}.'),
    prompts=dict(type='PromptLearner', text=dict(), visual=dict()),
    trainable=['backbone.adapters.*', 'backbone.embeddings.*', 'prompts.*'],
)
