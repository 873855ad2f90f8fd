"""Training in the precision that the hardware is fast in."""

import logging

from mmengine.config import Config
from mmengine.device import get_device
from mmengine.logging import print_log

from vlprompt.errors import UserError
from vlprompt.hardware import WITHOUT_BF16, has_bf16

from .config import has_our_recognizer


def use_mixed_precision(config: Config) -> None:
    """Train in bf16 where the hardware has it.

    Elsewhere a GPU trains in fp16 with scaled loss, a processor in fp32, as
    it would have to emulate bf16.  What the config says of ``dtype`` or
    ``loss_scale`` stays.  The frozen weights of our recognizer are held in
    the same precision.
    """
    wrapper = config.get('optim_wrapper') or {}
    kind = wrapper.get('type', 'OptimWrapper')
    if kind not in ('OptimWrapper', 'AmpOptimWrapper'):
        raise UserError(f'--amp cannot be used with optim_wrapper {kind}')
    device = get_device()
    bf16 = has_bf16(device)
    if not bf16 and device == 'cpu' and 'dtype' not in wrapper:
        print_log(WITHOUT_BF16, logger='current', level=logging.WARNING)
        return
    wrapper['type'] = 'AmpOptimWrapper'
    wrapper.setdefault('dtype', 'bfloat16' if bf16 else 'float16')
    if wrapper['dtype'] == 'bfloat16':
        wrapper.setdefault('loss_scale', dict(enabled=False))
    else:
        wrapper.setdefault('loss_scale', 'dynamic')
    if has_our_recognizer(config):
        config.model.setdefault('frozen_dtype', wrapper['dtype'])
