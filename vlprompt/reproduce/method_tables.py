"""Tables of the other methods that have a config for a published setting."""

from .rows import (
    B2N,
    FEW,
    NO_CONFIG,
    retrieval,
    supervised,
    zero_shot,
)
from .tables import PaperTable, Run


def _k400(paper: str, source: str, *runs: Run, **not_here: str) -> PaperTable:
    return PaperTable(
        paper,
        'k400',
        'fully supervised',
        source,
        'fully_supervised',
        runs,
        not_here,
        ('validation', 'views', 'epoch'),
    )


def _zero_shot(
    paper: str, source: str, *runs: Run, why: tuple[str, ...], **not_here: str
) -> PaperTable:
    return PaperTable(
        paper,
        'zero-shot',
        'zero-shot',
        source,
        'zero_shot',
        runs,
        not_here,
        ('labels', 'k600', *why),
    )


def _base_to_novel(
    paper: str, source: str, run: Run, *why: str, **not_here: str
) -> PaperTable:
    return PaperTable(
        paper,
        'base-to-novel',
        'base to novel classes',
        source,
        'base_to_novel',
        (run,),
        not_here,
        ('labels', 'draws', *why),
    )


def _retrieval(
    paper: str, source: str, method: str, config: str
) -> PaperTable:
    return PaperTable(
        paper,
        'retrieval',
        'retrieval',
        source,
        'retrieval',
        (retrieval(method, config),),
        differences=('captions', 'epoch'),
    )


METHOD_TABLES = (
    _zero_shot(
        'openvclip',
        'Open-VCLIP README',
        zero_shot('Open-VCLIP', 'openvclip/openvclip_b16_k400_zs'),
        zero_shot('Open-VCLIP-L/14', 'openvclip/openvclip_l14_k400_zs'),
        why=('averaging',),
    ),
    _base_to_novel(
        'openvclip',
        'FROSTER',
        Run('Open-VCLIP', 'openvclip/openvclip_b16_b2n', B2N),
        'averaging',
        'quoted',
    ),
    _zero_shot(
        'froster',
        'FROSTER README',
        zero_shot('FROSTER', 'froster/froster_b16_k400_zs'),
        why=('averaging',),
        **{'CLIP, 28 templates': NO_CONFIG},
    ),
    PaperTable(
        'froster',
        'names',
        'zero-shot, without sentences about the classes',
        'Open-MeDe',
        'zero_shot',
        (
            zero_shot(
                'FROSTER, no sentences', 'froster/froster_b16_k400_zs_names'
            ),
        ),
        {'Open-MeDe': NO_CONFIG},
        ('labels', 'k600', 'averaging', 'quoted'),
    ),
    _base_to_novel(
        'froster',
        'FROSTER README',
        Run('FROSTER', 'froster/froster_b16_b2n', B2N),
        'averaging',
    ),
    _zero_shot(
        'ost',
        'OST README',
        zero_shot('OST', 'ost/ost_b16_k400_zs', with_clip=0.2),
        why=('averaging', 'epoch'),
    ),
    PaperTable(
        'ost',
        'few-shot',
        'few-shot',
        'OST README',
        'few_shot',
        (Run('OST', 'ost/ost_b16_few_shot', FEW),),
        {'OST (K400 pre)': NO_CONFIG},
        ('labels', 'epoch'),
    ),
    _k400(
        'tc_clip',
        'TC-CLIP README',
        supervised('TC-CLIP', 'tc_clip/tc_clip_b16_k400'),
    ),
    _zero_shot(
        'tc_clip',
        'TC-CLIP README',
        zero_shot('TC-CLIP', 'tc_clip/tc_clip_b16_k400_zs', with_clip=0.3),
        why=('averaging', 'random_views', 'epoch'),
        **{'TC-CLIP, LLM text': NO_CONFIG},
    ),
    PaperTable(
        'tc_clip',
        'few-shot',
        'few-shot',
        'TC-CLIP README',
        'few_shot',
        (Run('TC-CLIP', 'tc_clip/tc_clip_b16_few_shot', FEW),),
        {'TC-CLIP (K400 pre)': NO_CONFIG},
        ('labels', 'test_chosen', 'random_views'),
    ),
    _base_to_novel(
        'tc_clip',
        'TC-CLIP README',
        Run('TC-CLIP', 'tc_clip/tc_clip_b16_b2n', B2N),
        'test_chosen',
        'random_views',
        **{
            'TC-CLIP, LLM text': NO_CONFIG,
            'TC-CLIP (K400 pre)': NO_CONFIG,
        },
    ),
    _zero_shot(
        't2l',
        'T2L README',
        zero_shot('T2L', 't2l/t2l_b16_k400_zs'),
        why=('test_chosen',),
    ),
    _base_to_novel(
        't2l', 'T2L README', Run('T2L', 't2l/t2l_b16_b2n', B2N), 'test_chosen'
    ),
    _k400(
        'mote',
        'MoTE README',
        supervised('MoTE-B/16', 'mote/mote_b16_k400'),
    ),
    _k400(
        'zeroi2v',
        'ZeroI2V README',
        supervised('ZeroI2V-B/16', 'zeroi2v/zeroi2v_b16_k400'),
        **{'ZeroI2V-L/14': NO_CONFIG},
    ),
    _k400(
        'st_adapter',
        'ST-Adapter README',
        supervised('ST-Adapter-B/16', 'st_adapter/st_adapter_b16_k400'),
        supervised(
            'ST-Adapter-B/16',
            'st_adapter/st_adapter_b16_ssv2',
            '--dataset',
            'ssv2',
        ),
    ),
    _zero_shot(
        'st_adapter',
        'FROSTER',
        zero_shot(
            'ST-Adapter, text head', 'st_adapter/st_adapter_text_b16_k400'
        ),
        why=('quoted', 'views_unknown', 'epoch'),
    ),
    _k400(
        'aim',
        'AIM README',
        supervised('AIM-B/16', 'aim/aim_b16_k400'),
        supervised('AIM-B/16', 'aim/aim_b16_k400_16f'),
        supervised('AIM-B/16', 'aim/aim_b16_k400_32f'),
    ),
    _zero_shot(
        'aim',
        'FROSTER',
        zero_shot('AIM, text head', 'aim/aim_text_b16_k400'),
        why=('quoted', 'views_unknown', 'epoch'),
    ),
    _k400(
        'xclip',
        'X-CLIP README',
        supervised('X-CLIP-B/16', 'xclip/xclip_b16_k400'),
    ),
    _k400(
        'actionclip',
        'ActionCLIP README',
        supervised('ActionCLIP-B/16', 'actionclip/actionclip_b16_k400'),
        supervised('ActionCLIP-B/16', 'actionclip/actionclip_b16_k400_16f'),
        supervised('ActionCLIP-B/16', 'actionclip/actionclip_b16_k400_32f'),
    ),
    _retrieval(
        'clip4clip',
        'CLIP4Clip',
        'CLIP4Clip-seqTransf',
        'clip4clip/clip4clip_b32_retrieval_transf',
    ),
    _retrieval('xpool', 'X-Pool', 'X-Pool-B/32', 'xpool/xpool_b32_retrieval'),
    _retrieval('tmass', 'T-MASS', 'T-MASS-B/32', 'tmass/tmass_b32_retrieval'),
)
# Configs with a published number that no row of a table is run with, and why.
NOT_A_ROW = {
    'vita/vita_b16_zs_class_only': 'a variation of `vita zero-shot`: which of '
    'the two the number is of is not said',
    **{
        f'bdc/bdc_b16_{name}': 'no table of BDC-CLIP is declared: '
        'configs/bdc/README.md has its steps'
        for name in ('k400_zs', 'few_shot', 'b2n')
    },
}
