"""The public data sets: their lists, classes and folders.

The configs of ``configs/_base_/datasets`` say the same, which a test checks;
the protocols put what is here into the configs they are given.
"""

from vlprompt.errors import UserError, docs_url, suggest

from .data_facts import CaptionData, ProtocolData, Split

SEEDS = (1, 2, 3)  # draws of base classes that there are lists of


def _action_set(title: str, name: str, test: str, **changes) -> ProtocolData:
    """HMDB-51, UCF101, SSv2 or Kinetics-400, with ViFi-CLIP's splits."""
    folder = 'splits/base2novel'
    fields = dict(
        root=name,
        published=name,
        full=Split(test, name),
        few_shot='splits/train1_few_shot_{shots}.txt',
        base_train=f'{folder}/fs_base_s{{seed}}_train.txt',
        base=Split(f'{folder}/base_val.txt', f'{name}_base'),
        novel=Split(f'{folder}/novel_val.txt', f'{name}_novel'),
    )
    return ProtocolData(title, **{**fields, **changes})


def _three_lists(name: str) -> dict[str, Split]:
    return {f'val{i}': Split(f'splits/val{i}.txt', name) for i in (1, 2, 3)}


def _toy(classes: str, lists: str) -> Split:
    return Split(f'{lists}.txt', f'{{root}}/{classes}_labels.csv')


DATA_SETS = {
    'kinetics400': _action_set(
        'K-400',
        'kinetics400',
        'val.txt',
        videos='',
        published='k400',
        train=Split('train.txt', 'kinetics400'),
        few_shot='',
    ),
    'hmdb51': _action_set(
        'HMDB-51',
        'hmdb51',
        'splits/val1.txt',
        zero_shot=_three_lists('hmdb51'),
    ),
    'ucf101': _action_set(
        'UCF-101',
        'ucf101',
        'splits/val1.txt',
        zero_shot=_three_lists('ucf101'),
    ),
    'ssv2': _action_set(
        'SSv2',
        'ssv2',
        'splits/validation.txt',
        train=Split('train.txt', 'ssv2'),
        zero_shot={'validation': Split('splits/validation.txt', 'ssv2')},
    ),
    'kinetics600': ProtocolData(
        'K-600',
        'kinetics600',
        published='k600',
        videos='',
        zero_shot={
            f'split{i}': Split(
                f'splits/ZS_split{i}_K600_eval.txt',
                f'kinetics600_zero_shot_{i}',
            )
            for i in (1, 2, 3)
        },
    ),
    'toy': ProtocolData(
        'Toy',
        'toy',
        full=_toy('all', 'all_val'),
        train=_toy('all', 'all_train'),
        zero_shot={
            f'val{i}': _toy('novel', f'novel_val{i}') for i in (1, 2, 3)
        },
        few_shot='all_train_few_shot_{shots}.txt',
        shots=(2, 4, 8),
        base_train='fs_base_s{seed}_train.txt',
        base=_toy('base', 'base_val'),
        novel=_toy('novel', 'novel_val'),
    ),
}
SHORT = {'k400': 'kinetics400', 'k600': 'kinetics600'}

CAPTION_SETS = {
    **{
        f'msrvtt{size}': CaptionData(
            'MSR-VTT',
            'msrvtt',
            'msrvtt',
            train=f'train_{size}.json',
            test='test_JSFUSION.json',  # 1k-A
            val=None,
        )
        for size in ('9k', '7k')
    },
    'msvd': CaptionData('MSVD', 'msvd', 'msvd'),
    'lsmdc': CaptionData('LSMDC', 'lsmdc', 'lsmdc'),
    # Of its videos only the beginning is shown to models.
    'didemo': CaptionData('DiDeMo', 'didemo', 'didemo', own_config=True),
}


def find_data_set(name: str) -> ProtocolData:
    """A data set by its name, or from a file that describes one.

    Args:
        name: ``'hmdb51'``, or a Python file that sets the fields of
            :class:`ProtocolData`, each split a pair of list and classes.

    Raises:
        UserError: If there is neither, or the file has other names in it.
    """
    if name.endswith('.py'):
        from .own_data_set import read_data_set  # which takes longer

        return read_data_set(name)
    name = SHORT.get(name, name)
    if name not in DATA_SETS:
        raise UserError(
            f'no data set {name!r}{suggest(name, DATA_SETS)}: expected one '
            f'of {", ".join(DATA_SETS)}, or a .py file that describes yours '
            f'({docs_url("protocols#a-data-set-of-your-own")})'
        )
    return DATA_SETS[name]


def find_caption_data(name: str) -> CaptionData:
    """A data set of captions by its name.

    Raises:
        UserError: If there is none of this name.
    """
    if name not in CAPTION_SETS:
        raise UserError(
            f'no captions of {name!r}{suggest(name, CAPTION_SETS)}: expected '
            f'one of {", ".join(CAPTION_SETS)}; a config of your own is '
            'tested on its own data without --datasets'
        )
    return CAPTION_SETS[name]
