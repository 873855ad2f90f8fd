"""Which lists and classes a protocol takes from each data set."""

import dataclasses
from pathlib import Path
from typing import NamedTuple

from mmengine.config import Config

from vlprompt.errors import UserError, docs_url, suggest


class Split(NamedTuple):
    """A list of videos below the data set's folder, and its class list."""

    ann_file: str
    classes: str


@dataclasses.dataclass(frozen=True)
class ProtocolData:
    """One data set, as the protocols use it.

    Args:
        title: Its name in tables.
        published: Its name in ``vlprompt/protocols/published_numbers.csv``.
        root: Its folder below the data root.
        videos: The folder of its videos, below that.
        full: All classes: the list that is tested, and trained models too.
        zero_shot: Names and lists of the zero-shot splits.
        few_shot: The training list with ``{shots}`` in its name.
        shots: The shots there are lists for.
        base_train: The training list of base classes with ``{seed}``.
        base: Base classes, to be tested.
        novel: Novel classes, to be tested.
    """

    title: str
    root: str
    published: str = ''
    videos: str = 'videos'
    full: Split | None = None
    zero_shot: dict[str, Split] = dataclasses.field(default_factory=dict)
    few_shot: str = ''
    shots: tuple[int, ...] = (2, 4, 8, 16)
    base_train: str = ''
    base: Split | None = None
    novel: Split | None = None


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


def find_data_set(name: str) -> ProtocolData:
    """A data set by its name, or from a file that describes one.

    Args:
        name: ``'hmdb51'``, or a Python file that sets the fields of
            :class:`ProtocolData`, each split a pair of list and classes.

    Raises:
        UserError: If there is neither, or the file has other names in it.
    """
    if name.endswith('.py'):
        return _read(name)
    name = SHORT.get(name, name)
    if name not in DATA_SETS:
        raise UserError(
            f'no data set {name!r}{suggest(name, DATA_SETS)}: expected one '
            f'of {", ".join(DATA_SETS)}, or a .py file that describes yours '
            f'({docs_url("protocols#a-data-set-of-your-own")})'
        )
    return DATA_SETS[name]


def _read(path: str) -> ProtocolData:
    if not Path(path).is_file():
        raise UserError(f'no description of a data set at {path}')
    values = Config.fromfile(path).to_dict()
    known = {field.name for field in dataclasses.fields(ProtocolData)}
    for key in values:
        if key not in known:
            raise UserError(
                f'{path}: nobody takes {key!r}{suggest(key, known)}; expected '
                f'{", ".join(sorted(known))}'
            )
    missing = [key for key in ('title', 'root') if key not in values]
    if missing:
        raise UserError(f'{path} does not say {" and ".join(missing)}')
    for key in ('full', 'base', 'novel'):
        if key in values:
            values[key] = _pair(path, key, values[key])
    values['zero_shot'] = {
        split: _pair(path, f'zero_shot {split}', pair)
        for split, pair in values.get('zero_shot', {}).items()
    }
    return ProtocolData(**values)


def _pair(path: str, key: str, value: object) -> Split:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise UserError(
            f'{path}: {key} is {value!r}, expected (list of videos, classes)'
        )
    return Split(*value)


def point_at(
    loader: Config,
    data: ProtocolData,
    split: Split,
    data_root: str,
    order: str,
) -> None:
    """Let a loader read a split; changed in place.

    Args:
        loader: A config's data loader.
        data: The data set.
        split: Its list and classes.
        data_root: The folder that data sets are below.
        order: Of the class names of HMDB-51, see ``load_class_names``.
    """
    root = Path(data_root, data.root)
    dataset = loader.dataset
    dataset.ann_file = str(root / split.ann_file)
    dataset.classes = split.classes.format(root=root)
    dataset.data_prefix = dict(video=str(root / data.videos))
    dataset.pop('order', None)
    if order != 'official' and 'hmdb51' in split.classes:
        dataset.order = order
