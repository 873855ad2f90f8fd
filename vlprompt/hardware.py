"""What the processor and the GPU can do."""

import platform

import torch

from vlprompt.errors import UserError
from vlprompt.torch_messages import no_gpu_line

# What PyTorch calls them: x86 with AVX-512 and with AMX, and ARM.
BF16_INSTRUCTIONS = ('avx512_bf16', 'amx_bf16', 'bf16')
WITHOUT_BF16 = (
    'mixed precision: this processor has no bf16 instructions and would be '
    'about 8 times slower in bf16: running in fp32'
)


def check_device(device: str | torch.device | None) -> None:
    """Refuse a GPU that is not visible, before anything is loaded for it.

    Args:
        device: ``'cuda:1'``, ...; None for whatever there is.

    Raises:
        UserError: If there is no such device.
    """
    if device is None:
        return
    try:
        device = torch.device(device)
    except RuntimeError as error:
        raise UserError(
            f'device {device!r}, expected such as "cpu", "cuda" or "cuda:1"'
        ) from error
    if device.type != 'cuda':
        return
    number = torch.cuda.device_count()
    if not torch.cuda.is_available() or number == 0:
        raise UserError(f'{device}: {no_gpu_line()}')
    if (device.index or 0) >= number:
        gpus = f'{number} GPU{"s" * (number > 1)}'
        raise UserError(f'{device}: {gpus} visible, counted from 0')


def has_bf16(device: str | torch.device) -> bool:
    """Whether bf16 is computed by the hardware rather than emulated.

    Args:
        device: ``'cpu'``, ``'cuda'``, ``'cuda:1'``, ...
    """
    kind = torch.device(device).type
    if kind == 'cuda':
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if kind == 'cpu':
        return bool(bf16_instructions())
    return True  # accelerators that MMEngine supports


def bf16_instructions() -> list[str]:
    """The bf16 instructions that the processor has and PyTorch uses."""
    # oneDNN alone says yes to x86 processors that emulate bf16 (not to ARM
    # ones), the processor alone where ONEDNN_MAX_CPU_ISA forbids its use.
    if not torch.backends.mkldnn.is_available():
        return []
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return []
    if hasattr(torch.cpu, 'get_capabilities'):
        known = torch.cpu.get_capabilities()
    else:  # older PyTorch
        known = dict(
            avx512_bf16=torch.cpu._is_avx512_bf16_supported(),
            amx_bf16=torch.cpu._is_amx_tile_supported(),
            bf16=platform.machine().lower() in ('aarch64', 'arm64'),
        )
    return [name for name in BF16_INSTRUCTIONS if known.get(name)]
