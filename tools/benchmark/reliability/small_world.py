"""A world so small that trainings of it take a second."""

from pathlib import Path

from .clips import Clip, write

NUM_VIDEOS = 8
CLASSES = ('running', 'jumping', 'riding a bike', 'folding paper')
EPOCHS = 5
# Of a config: the model, and the transforms of its videos.
MODEL_AND_TRANSFORMS = """\
model = dict(
    type='VideoTextRecognizer',
    clip=dict(
        arch=dict(
            embed_dim=16,
            quick_gelu=True,
            vision_cfg=dict(
                image_size=32, patch_size=16, width=32, layers=2,
                head_width=16),
            text_cfg=dict(
                context_length=77, vocab_size=49408, width=16, heads=2,
                layers=2))),
    backbone=dict(type='CLIPVisionTower'),
    texts=dict(type='ClassTexts', template='[2] {{}}.'),
    prompts=dict(type='ViLTPrompts', depth=2, split=1),
    cls_head=dict(type='SimilarityHead', average_clips='prob'),
    trainable=['prompts.*'],
    data_preprocessor=dict(
        type='ActionDataPreprocessor', format_shape='NCTHW',
        mean=[127.0] * 3, std=[60.0] * 3))
decode = [dict(type='VideoInit'),
          dict(type='SampleFrames', clip_len=2, frame_interval=2, num_clips=1),
          dict(type='VideoDecode'),
          dict(type='Resize', scale=(32, 32), keep_ratio=False)]
pack = [dict(type='FormatShape', input_format='NCTHW'),
        dict(type='PackActionInputs')]
"""
HEAD = """\
default_scope = 'vlprompt'
custom_imports = dict(
    imports=['vlprompt', 'tools.benchmark.reliability.faulty_transforms'],
    allow_failed_imports=False,
)
"""
REST = """\
dataset = dict(
    type='VideoClassDataset', ann_file='{root}/all.txt',
    classes='{root}/classes.csv', data_prefix=dict(video='{root}/videos'))
train_dataloader = dict(
    batch_size=2, num_workers={workers},
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        **dataset, pipeline={fault} + decode + [dict(type='Flip')] + pack))
val_dataloader = dict(
    batch_size=2, num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, test_mode=True, pipeline=decode + pack))
test_dataloader = val_dataloader
val_evaluator = dict(type='CountedAccMetric')
test_evaluator = val_evaluator
train_cfg = dict(
    type='EpochBasedTrainLoop', max_epochs={epochs}, val_interval=2)
randomness = dict(seed=1)  # of the CLIP as well
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
default_hooks = dict(
    checkpoint=dict(type='CheckpointHook', interval=1, max_keep_ckpts=2))
optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='AdamW', lr=0.1))
custom_hooks = [dict(type='ClassNamesHook'), dict(type='EpochSeedHook')]
"""
CONFIG = HEAD + MODEL_AND_TRANSFORMS + REST
# In front of the transforms of training, in a process of its own
FAULTS = {
    'config': [],
    **{
        name.lower(): [dict(type=name, video=f'{NUM_VIDEOS - 2}.mp4')]
        for name in ('Slow', 'Exiting', 'Killed')
    },
}
DATA_SET = """\
title = 'Small'
root = '{root}'
published = 'hmdb51'
base_train = '{root}/base_{{seed}}.txt'
base = ('{root}/base_1.txt', '{root}/base.csv')
novel = ('{root}/novel.txt', '{root}/novel.csv')
"""


def make_world(root: Path) -> None:
    """Write videos, lists, the data set ``small.py``, and configs.

    Those are ``config.py``, and one for each of ``FAULTS``.
    """
    (root / 'videos').mkdir(parents=True, exist_ok=True)
    names = []
    for i in range(NUM_VIDEOS):
        clip = Clip('.mp4', 'mpeg4', frames=12 + i)
        names.append(write(root / 'videos' / str(i), clip).name)
    half = len(CLASSES) // 2
    for name, classes in (
        ('classes', CLASSES),
        ('base', CLASSES[:half]),
        ('novel', CLASSES[half:]),
    ):
        rows = ['id,name', *(f'{i},{c}' for i, c in enumerate(classes))]
        (root / f'{name}.csv').write_text('\n'.join(rows))
    for name, many, videos in (
        ('all', len(CLASSES), names),
        ('base_1', half, names[:4]),
        ('novel', half, names[4:]),
    ):
        lines = [f'{video} {i % many}' for i, video in enumerate(videos)]
        (root / f'{name}.txt').write_text('\n'.join(lines))
    for name, fault in FAULTS.items():
        text = CONFIG.format(
            root=root, epochs=EPOCHS, fault=fault, workers=len(fault)
        )
        (root / f'{name}.py').write_text(text)
    (root / 'small.py').write_text(DATA_SET.format(root=root))
