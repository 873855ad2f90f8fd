"""A table of the toy world, to see that all works before it takes days."""

from .tables import PaperTable, Run

TOY_TABLES = (
    PaperTable(
        'toy',
        'table1',
        'zero-shot and base to novel, in the toy world',
        'toy world',
        'zero_shot',
        (
            Run('CLIP', 'clip/clip_toy', 'zero-shot', datasets=('toy',)),
            Run(
                'ViLT-CLIP',
                'vilt/vilt_toy',
                'base-to-novel',
                flags=('--seeds', '1'),
                datasets=('toy',),
            ),
            Run(
                'ViFi-CLIP, averaged',
                'vifi/vifi_swa_toy',
                'zero-shot',
                trained_by='vifi/vifi_swa_toy',
                with_clip=0.3,
                datasets=('toy',),
            ),
        ),
        differences=('toy',),
    ),
)
