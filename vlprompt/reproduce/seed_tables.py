"""The tables of ViLT-CLIP, ViFi-CLIP and Vita-CLIP.

Which config a number is of stands with the number, in
``vlprompt/protocols/published_numbers.csv``.
"""

from .rows import (
    B2N,
    CLIP,
    FEW,
    NO_CONFIG,
    NO_RECIPE,
    retrieval,
    supervised,
    zero_shot,
)
from .tables import PaperTable, Run
from .vifi_tables import VIFI

VILT = (
    PaperTable(
        'vilt',
        'table1',
        'few-shot',
        'ViLT T1',
        'few_shot',
        (Run('ViLT-CLIP', 'vilt/vilt_b16_few_shot', FEW),),
        {
            'Independent V-L Prompting': NO_RECIPE,
            'Multimodal V-L Prompting': NO_RECIPE,
        },
        ('labels', 'epoch', 'training'),
    ),
    PaperTable(
        'vilt',
        'table2',
        'Kinetics-400, fully supervised',
        'ViLT T2',
        'fully_supervised',
        (supervised('ViLT-CLIP B/16', 'vilt/vilt_b16_k400'),),
        differences=('validation', 'views', 'epoch'),
    ),
    PaperTable(
        'vilt',
        'table3',
        'zero-shot',
        'ViLT T3',
        'zero_shot',
        (zero_shot('ViLT-CLIP B/16', 'vilt/vilt_b16_k400_zs'),),
        differences=('labels', 'epoch', 'training'),
    ),
    PaperTable(
        'vilt',
        'table4',
        'base to novel classes',
        'ViLT T4',
        'base_to_novel',
        (Run('ViLT-CLIP', 'vilt/vilt_b16_b2n', B2N),),
        {
            'Independent V-L Prompting': NO_RECIPE,
            'Multimodal V-L Prompting': NO_RECIPE,
        },
        ('labels', 'validation', 'draws', 'epoch', 'printed'),
    ),
    PaperTable(
        'vilt',
        'table6',
        'ablation on Kinetics-400',
        'ViLT T6',
        'ablation',
        (
            Run('CLIP B/16 zero-shot', CLIP, 'fully-supervised'),
            supervised('+P_t (L=10)', 'vilt/vilt_b16_k400_pt'),
            supervised('+P_t+P_v (L=10)', 'vilt/vilt_b16_k400_pt_pv'),
            supervised('+MPL', 'vilt/vilt_b16_k400_pt_pv_mpl'),
            supervised('+Sg', 'vilt/vilt_b16_k400'),
        ),
        differences=('validation', 'views', 'views_unknown', 'epoch'),
    ),
    PaperTable(
        'vilt',
        'table7',
        'retrieval',
        'ViLT T7',
        'retrieval',
        (
            retrieval('CLIP4Clip-meanP', 'clip4clip/clip4clip_b32_retrieval'),
            retrieval('CLIP4Clip-meanP', 'clip4clip/clip4clip_b32_didemo'),
            retrieval('Multimodal V-L prompting', 'vilt/vilt_b16_retrieval'),
            retrieval('Multimodal V-L prompting', 'vilt/vilt_b16_didemo'),
        ),
        {
            'CLIP-straight': NO_CONFIG,
            'A5': NO_CONFIG,
            'Independent V-L prompting': NO_RECIPE,
        },
        ('captions', 'training', 'epoch'),
    ),
)
VITA = (
    PaperTable(
        'vita',
        'k400',
        'Kinetics-400, fully supervised',
        'MHoS-Adapter README',
        'fully_supervised',
        (supervised('Vita-CLIP-B/16', 'vita/vita_b16_k400'),),
        differences=('validation', 'quoted', 'epoch'),
    ),
    PaperTable(
        'vita',
        'zero-shot',
        'zero-shot',
        'FROSTER',
        'zero_shot',
        (zero_shot('Vita-CLIP', 'vita/vita_b16_k400_zs'),),
        {
            'AIM, text head': 'a table of its own, `aim zero-shot`',
            'ST-Adapter, text head': 'a table of its own, '
            '`st_adapter zero-shot`',
        },
        differences=('labels', 'k600', 'quoted', 'views_unknown', 'epoch'),
    ),
)
SEED_TABLES = (*VILT, *VIFI, *VITA)
# Published numbers of the three papers that no run gives, by source.
NOT_RUN = {
    'ViFi T6': 'costs, not accuracies: `vlprompt analyze complexity`',
    'ViFi T9': 'costs, not accuracies: `vlprompt analyze complexity`',
    'ViFi T11': 'clusters of embeddings: `vlprompt analyze tsne`',
}
