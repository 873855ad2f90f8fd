"""Whether the state of an optimizer in a checkpoint fits, and its settings."""

from typing import Any, NamedTuple

from mmengine.optim import OptimWrapper

from vlprompt.errors import UserError

# What schedules change, or what belongs to the parameters themselves.
NOT_SETTINGS = ('params', 'lr', 'momentum')
ADVICE = 'to begin anew with its weights, use load_from without --resume'


class Change(NamedTuple):
    """A setting of an optimizer that a config has changed."""

    name: str
    before: Any
    now: Any

    def __str__(self) -> str:
        """Words for a message."""
        return f'{self.name} is {self.now}, was {self.before}'


def check_optimizer(wrapper: OptimWrapper, state: dict[str, Any]) -> None:
    """Refuse the state of an optimizer of other parameters.

    Args:
        wrapper: As the config makes it.
        state: Of a checkpoint.

    Raises:
        UserError: If it is of other parameters or another optimizer.
    """
    groups = wrapper.optimizer.param_groups
    sizes = [len(group['params']) for group in groups]
    given = [len(group['params']) for group in state['param_groups']]
    if sizes != given:
        raise UserError(
            f"the checkpoint's optimizer has {_groups(given)}, that of the "
            f'config {_groups(sizes)}: trainable or paramwise_cfg has '
            f'changed; {ADVICE}'
        )
    _check_kind(wrapper, state['param_groups'][0])
    parameters = [p for group in groups for p in group['params']]
    numbers = [n for group in state['param_groups'] for n in group['params']]
    for parameter, number in zip(parameters, numbers, strict=True):
        for value in state['state'].get(number, {}).values():
            dims = getattr(value, 'dim', int)()
            if dims == parameter.dim() > 0 and value.shape != parameter.shape:
                raise UserError(
                    f"the checkpoint's optimizer has a parameter of shape "
                    f'{tuple(value.shape)} where the config has '
                    f'{tuple(parameter.shape)}; {ADVICE}'
                )


def changed_settings(
    wrapper: OptimWrapper, state: dict[str, Any]
) -> list[Change]:
    """The settings that the config has changed, each once."""
    changes = {}
    pairs = zip(
        wrapper.optimizer.param_groups, state['param_groups'], strict=True
    )
    for now, before in pairs:
        scheduled = [name for name in now if f'initial_{name}' in before]
        for name, value in now.items():
            told = name not in (*NOT_SETTINGS, *scheduled)
            if told and name in before and before[name] != value:
                change = Change(name, before[name], value)
                changes.setdefault(name, change)
        if 'initial_lr' not in before and before['lr'] != now['lr']:
            changes.setdefault('lr', Change('lr', before['lr'], now['lr']))
    return list(changes.values())


def take_settings(wrapper: OptimWrapper, state: dict[str, Any]) -> None:
    """Put the settings of the config into the state of a checkpoint."""
    pairs = zip(
        wrapper.optimizer.param_groups, state['param_groups'], strict=True
    )
    for now, before in pairs:
        before.update({k: v for k, v in now.items() if k != 'params'})
    if getattr(wrapper, 'base_param_settings', None) is not None:
        state['base_param_settings'] = wrapper.base_param_settings


def drop_useless_scaler(state: dict[str, Any]) -> None:
    """Begin with a new loss scale where the checkpoint has none."""
    if not state.get('loss_scaler', True):
        del state['loss_scaler']


def _check_kind(wrapper: OptimWrapper, given: dict[str, Any]) -> None:
    own = set(wrapper.optimizer.param_groups[0])
    more, less = sorted(set(given) - own), sorted(own - set(given))
    others = [name for name in more if not name.startswith('initial_')]
    if others and less:  # a version of PyTorch alone adds some
        raise UserError(
            'the checkpoint is of another optimizer than '
            f'{type(wrapper.optimizer).__name__}: it has {", ".join(others)} '
            f'and lacks {", ".join(less)}; {ADVICE}'
        )


def _groups(sizes: list[int]) -> str:
    words = ', '.join(map(str, sizes[:4])) + (', ...' * (len(sizes) > 4))
    groups = 'group' if len(sizes) == 1 else 'groups'
    return f'{len(sizes)} {groups} of {words} parameters'
