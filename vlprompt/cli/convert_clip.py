"""Make a safetensors file of CLIP weights, once: ``openai_clip.py IN OUT``.

Reads what OpenAI published (TorchScript archives in half precision) and
state dicts of OpenAI's or open_clip's layout; writes float32 tensors under
OpenAI's names, and in the metadata the activation, if it is known.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from safetensors.torch import save_file

from vlprompt.cli.common import run_command
from vlprompt.errors import UserError
from vlprompt.models.clip.files import ClipFile, read_clip_file

ACTIVATIONS = ('quick_gelu', 'gelu')
OF_EVERY_CLIP = ('visual.proj', 'token_embedding.weight', 'logit_scale')


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description='Convert CLIP weights')
    parser.add_argument('source', metavar='IN', help='what was published')
    parser.add_argument('target', metavar='OUT', help='a .safetensors file')
    parser.add_argument(
        '--keep-dtype', action='store_true', help='in the stored precision'
    )
    parser.add_argument(
        '--activation',
        choices=ACTIVATIONS,
        help='what the weights were trained with, where the file does not '
        "tell; OpenAI's archives do",
    )
    return parser.parse_args(args)


def main(args: Sequence[str] | None = None) -> None:
    """Convert one file."""
    args = parse_args(args)
    if not args.target.endswith('.safetensors'):
        raise UserError(f'{args.target}: expected a name in .safetensors')
    source = read_clip_file(args.source)
    missing = [name for name in OF_EVERY_CLIP if name not in source.state_dict]
    if missing:
        raise UserError(f'{args.source} is no CLIP: it has no {missing[0]}')
    activation = _activation(source, args)
    tensors = {
        name: (tensor if args.keep_dtype else tensor.float()).contiguous()
        for name, tensor in source.state_dict.items()
    }
    Path(args.target).parent.mkdir(parents=True, exist_ok=True)
    metadata = {'activation': activation} if activation else {}
    save_file(tensors, args.target, metadata)
    print(
        f'{args.target}: {len(tensors)} tensors, activation '
        f'{activation or "unknown (give --activation if you know it)"}'
    )


def _activation(source: ClipFile, args: Namespace) -> str | None:
    known, given = source.activation, args.activation
    if known and given and known != given:
        raise UserError(
            f'{args.source} was trained with {known}, not with {given}'
        )
    return known or given


if __name__ == '__main__':
    run_command(main)
