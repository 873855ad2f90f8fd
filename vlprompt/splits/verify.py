"""All checks of a folder of splits."""

from argparse import Namespace

from vlprompt.errors import UserError

from .checks import ORDER, Check
from .folder import read_sidecar
from .inputs import Inputs
from .verify_draws import verify_draws
from .verify_halves import verify_halves
from .verify_zero_shot import verify_zero_shot

NAMES = (
    'train1_few_shot_16.txt, train_subset_150.txt, base_train.txt, '
    'fs_base_s1_train.txt or zero_shot_s1_labels.csv'
)


def verify(args: Namespace, inputs: Inputs) -> list[Check]:
    """Check the files of a folder whose names are known.

    Raises:
        UserError: If there is no such file.
    """
    if not args.splits.is_dir():
        raise UserError(f'no folder of splits at {args.splits}')
    sidecar = read_sidecar(args.splits)
    kinds = (verify_halves, verify_draws, verify_zero_shot)
    checks = [check for kind in kinds for check in kind(args, inputs, sidecar)]
    if args.any_order:
        checks = [check for check in checks if check.rule != ORDER]
    if not checks:
        raise UserError(
            f'{args.splits} has no file of a split, expected names such as '
            f'{NAMES}'
        )
    return checks
