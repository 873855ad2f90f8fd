"""Whether weights are those of an architecture, and what to say if not."""

from collections.abc import Mapping

from torch import Tensor, nn

from vlprompt.errors import UserError

from .arch import likely_name
from .names import to_open_clip, to_openai
from .positions import check_positions

SHOWN = 3


def match(
    model: nn.Module,
    weights: Mapping[str, Tensor],
    arch: str | dict,
    path: str,
    resize: str | None = None,
) -> dict[str, Tensor]:
    """Weights of a file as a state dict of open_clip's ``CustomTextCLIP``.

    Position embeddings of another image size stay as they are if they are
    to be resized.

    Args:
        model: The model.
        weights: By name, OpenAI's or open_clip's.
        arch: What the model was made from, for errors.
        path: Where the weights come from, for errors.
        resize: How position embeddings are to be resized, if they are.

    Raises:
        UserError: If any are missing, left over or misshapen.
    """
    expected = model.state_dict()
    given = {to_open_clip(name): t for name, t in weights.items()}
    name = arch if isinstance(arch, str) else 'the given arch'
    _check_names(expected, given, f'{path} does not hold weights of {name}')
    _check_shapes(model, expected, given, name, path, resize)
    for key, tensor in given.items():
        if not tensor.is_floating_point():
            raise UserError(
                f'{path} has {key} as {tensor.dtype}, expected floating '
                'point: quantised weights are not read'
            )
    return {key: t.to(expected[key].dtype) for key, t in given.items()}


def _check_names(
    expected: Mapping[str, Tensor], given: Mapping[str, Tensor], what: str
) -> None:
    problems = dict(
        missing=[key for key in expected if key not in given],
        unknown=[key for key in given if key not in expected],
    )
    found = [
        f'{len(keys)} {kind} ({", ".join(keys[:SHOWN])})'
        for kind, keys in problems.items()
        if keys
    ]
    if not found:
        return
    if any(key.startswith('vision_model.') for key in given):
        raise UserError(
            f"{what} under its names: they are Hugging Face's, which "
            '`vlprompt convert huggingface` reads'
        )
    raise UserError(f'{what}: {", ".join(found)}{_looks_like(given)}')


def _check_shapes(
    model: nn.Module,
    expected: Mapping[str, Tensor],
    given: Mapping[str, Tensor],
    name: str,
    path: str,
    resize: str | None,
) -> None:
    wrong = [k for k in expected if expected[k].shape != given[k].shape]
    others = [k for k in wrong if k != 'visual.positional_embedding']
    if others:
        key = others[0]
        text = key == 'text.positional_embedding'
        if text and expected[key].size(1) == given[key].size(1):
            raise UserError(
                f'{path} has a text context of {len(given[key])} tokens, '
                f'{name} one of {len(expected[key])}: they are not resized, '
                'give context_length in text_cfg of an arch dict'
            )
        raise UserError(
            f'{path} does not hold weights of {name}: {len(wrong)} misshapen '
            f'({key} {tuple(given[key].shape)}, expected '
            f'{tuple(expected[key].shape)}){_looks_like(given)}'
        )
    if wrong:
        check_positions(given[wrong[0]], model.visual.grid_size, path, resize)


def _looks_like(given: Mapping[str, Tensor]) -> str:
    found = likely_name({to_openai(k): t for k, t in given.items()})
    return f'; it looks like {found}' if found else ''
