"""From a config of a run to one of plain values."""

from typing import Any

from mmengine.config import Config

from vlprompt.apis.config import has_our_recognizer
from vlprompt.datasets.lists.class_names import class_names_of
from vlprompt.errors import UserError

from .hub_model import CLASSES

OWN = 'vlprompt'
# What a run needs, and a model that is handed on does not.
LEFT_OUT = ('not_loaded', 'frozen_dtype')


def plain_config(config: Config) -> dict[str, Any]:
    """What others need of a config: the model and how videos are read.

    Lists of videos, paths of this machine and the schedule stay behind.

    Args:
        config: Of a run.

    Raises:
        UserError: If the model is not one of this library, or needs code
            that is not in it.
    """
    if not has_our_recognizer(config):
        kind = (config.get('model') or {}).get('type')
        raise UserError(
            f'a model {kind} cannot be pushed, a VideoTextRecognizer can'
        )
    imports = (config.get('custom_imports') or {}).get('imports') or ()
    imports = [imports] if isinstance(imports, str) else imports
    foreign = [n for n in imports if n.partition('.')[0] != OWN]
    if foreign:
        raise UserError(
            f'the config imports {", ".join(foreign)}: a pushed model is '
            'made of parts of this library alone, and no code goes with it'
        )
    dataset = (config.get('test_dataloader') or {}).get('dataset') or {}
    if 'pipeline' not in dataset:
        raise UserError('the config has no test_dataloader with a pipeline')
    model = {
        key: plain(value)
        for key, value in config.model.to_dict().items()
        if key not in LEFT_OUT
    }
    data = dict(type=CLASSES, pipeline=plain(list(dataset.pipeline)))
    if names := class_names_of(dataset):
        data['classes'] = list(names)
    data['test_mode'] = True
    return dict(
        default_scope=OWN,
        model=plain(model),
        test_dataloader=dict(dataset=data),
    )


def plain(value: Any) -> Any:
    """The same with lists for tuples and names for types."""
    if isinstance(value, dict):
        return {
            key: _type_name(inner) if key == 'type' else plain(inner)
            for key, inner in value.items()
            if key != '_scope_'
        }
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def _type_name(kind: Any) -> Any:
    if isinstance(kind, type):
        return kind.__name__
    return kind.rpartition('.')[2] if isinstance(kind, str) else kind
