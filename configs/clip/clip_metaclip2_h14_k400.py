"""Vanilla MetaCLIP 2 on Kinetics-400: ViT-H-14-worldwide-quickgelu.

What: nothing is learned: the bare class name, in any of many languages, mean
over 32 frames, one view.
Whose: MetaCLIP 2 (2025).
Needs: pip install 'vlprompt[tokenizers]', and the tokenizer of XLM-V, which is
fetched from the Hub or given as model.clip.tokenizer=FOLDER.
Run: python tools/test.py configs/clip/clip_metaclip2_h14_k400.py none
Published: nothing with this protocol.  Not measured here.
"""

_base_ = ['clip_b16_k400.py']

model = dict(
    clip=dict(
        arch='ViT-H-14-worldwide-quickgelu',
        pretrained='metaclip2_worldwide',
    )
)
