"""The tables of ViFi-CLIP."""

from .rows import (
    B2N,
    CLIP,
    FEW,
    IMAGE,
    NO_CONFIG,
    NO_PRETRAINED,
    NO_TINY,
    OF_VIFI,
    TEXT,
    retrieval,
    second_stage,
    supervised,
    zero_shot,
)
from .tables import PaperTable, Run

VIFI = (
    PaperTable(
        'vifi',
        'table1',
        'zero-shot',
        'ViFi T1',
        'zero_shot',
        (
            Run('Vanilla CLIP', CLIP, 'zero-shot'),
            zero_shot('X-CLIP', 'xclip/xclip_b16_k400_zs'),
            zero_shot('A5', 'a5/a5_b16_k400'),
            zero_shot('CLIP image-FT', 'vifi/vifi_image_b16_k400_zs'),
            zero_shot('CLIP text-FT', 'vifi/vifi_text_b16_k400_zs'),
            zero_shot('ViFi-CLIP', 'vifi/vifi_b16_k400_zs'),
        ),
        {'ActionCLIP': NO_CONFIG},
        (*OF_VIFI, 'k600'),
    ),
    PaperTable(
        'vifi',
        'table2',
        'base to novel classes',
        'ViFi T2',
        'base_to_novel',
        (
            Run('Vanilla CLIP', CLIP, B2N),
            Run('CLIP image-FT', 'vifi/vifi_b16_b2n', B2N, options=IMAGE),
            Run('CLIP text-FT', 'vifi/vifi_b16_b2n', B2N, options=TEXT),
            Run('ViFi-CLIP', 'vifi/vifi_b16_b2n', B2N),
        ),
        dict.fromkeys(('ActionCLIP', 'X-CLIP', 'A5'), NO_CONFIG),
        ('labels', 'dropped', 'validation', 'draws'),
    ),
    PaperTable(
        'vifi',
        'table3',
        'few-shot',
        'ViFi T3',
        'few_shot',
        (
            Run('Vanilla CLIP', CLIP, FEW),
            Run('X-CLIP', 'xclip/xclip_b16_few_shot', FEW),
            Run('A5', 'a5/a5_b16_few_shot', FEW),
            Run('CLIP image-FT', 'vifi/vifi_b16_few_shot', FEW, options=IMAGE),
            Run('CLIP text-FT', 'vifi/vifi_b16_few_shot', FEW, options=TEXT),
            Run('ViFi-CLIP', 'vifi/vifi_b16_few_shot', FEW),
        ),
        {'ActionCLIP': NO_CONFIG},
        OF_VIFI,
    ),
    PaperTable(
        'vifi',
        'table4',
        'Kinetics-400, fully supervised',
        'ViFi T4',
        'fully_supervised',
        (
            supervised(
                'ActionCLIP-B/16', 'actionclip/actionclip_b16_k400_32f'
            ),
            supervised('X-CLIP-B/16', 'xclip/xclip_b16_k400_16f'),
            supervised('A6', 'a5/a6_b16_k400'),
            supervised('CLIP image-FT', 'vifi/vifi_image_b16_k400'),
            supervised('CLIP text-FT', 'vifi/vifi_text_b16_k400'),
            supervised('ViFi-CLIP', 'vifi/vifi_b16_k400'),
        ),
        differences=('validation', 'dropped', 'views', 'epoch'),
    ),
    PaperTable(
        'vifi',
        'table5',
        'fusion of frames, 16 shots',
        'ViFi T5',
        'fusion_ablation',
        (
            Run('Vanilla CLIP', CLIP, FEW),
            Run(
                'Decision-level fusion', 'vifi/vifi_b16_few_shot_decision', FEW
            ),
            Run('Image-level fusion', 'vifi/vifi_b16_few_shot_image', FEW),
            Run('Embedding fusion', 'vifi/vifi_b16_few_shot', FEW),
        ),
        {'Kinetics-400, "tiny"': NO_TINY},
        OF_VIFI,
    ),
    PaperTable(
        'vifi',
        'table7',
        'few-shot, after Kinetics-400 (P)',
        'ViFi T7',
        'few_shot',
        (
            second_stage(
                'ViFi VL prompting (K400 pre)', 'vifi/vlp_b16_few_shot', FEW
            ),
        ),
        {
            f'{name} (K400 pre)': NO_PRETRAINED
            for name in ('ActionCLIP', 'X-CLIP', 'A5')
        },
        OF_VIFI,
    ),
    PaperTable(
        'vifi',
        'table8',
        'base to novel classes, after Kinetics-400 (P)',
        'ViFi T8',
        'base_to_novel',
        (
            second_stage(
                'ViFi VL prompting (K400 pre)', 'vifi/vlp_b16_b2n', B2N
            ),
        ),
        {
            f'{name} (K400 pre)': NO_PRETRAINED
            for name in ('ActionCLIP', 'X-CLIP', 'A5')
        },
        ('labels', 'dropped', 'draws'),
    ),
    PaperTable(
        'vifi',
        'table10',
        'retrieval',
        'ViFi T10',
        'retrieval',
        (retrieval('ViFi-CLIP', 'vifi/vifi_b16_retrieval'),),
        differences=('captions', 'training', 'epoch'),
    ),
)
