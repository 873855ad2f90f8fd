"""The header of a safetensors file: where its tensors lie."""

import json
from pathlib import Path

from vlprompt.errors import UserError

AGAIN = 'copy or download it again'


def check_header(path: Path, size: int) -> None:
    """Find out whether a file is as long as its header says.

    Whether tensors overlap and fit their shapes, safetensors checks itself.

    Args:
        path: The file.
        size: Its bytes.

    Raises:
        UserError: If it is cut off, or its header is no header.
    """
    with open(path, 'rb') as file:
        length = int.from_bytes(file.read(8), 'little')
        if 8 + length > size:
            raise UserError(
                f'{path} is cut off or damaged: its header should have '
                f'{length:,} bytes, the whole file has {size:,}: {AGAIN}'
            )
        text = file.read(length)
    try:
        header = json.loads(text)
        ends = [
            int(entry['data_offsets'][1])
            for name, entry in header.items()
            if name != '__metadata__'
        ]
    except Exception as error:  # any JSON at all may stand there
        raise UserError(
            f'{path} is damaged, its header cannot be read: {AGAIN}'
        ) from error
    expected = 8 + length + max(ends, default=0)
    if size < expected:
        raise UserError(
            f'{path} is cut off: it has {size:,} of {expected:,} bytes: '
            f'{AGAIN}'
        )
