"""The file of the small CLIP: as it is shipped, and as configs load it.

Most of a CLIP this small is the table of its word embeddings, and captions
of the toy world use a few dozen of its 49408 rows.  The shipped file has
those rows alone, and everything in half precision; the others are drawn
again from a seed.
"""

import json
from pathlib import Path

import torch
from open_clip import SimpleTokenizer
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from vlprompt.whole_files import write_bytes

from .captions import ALTERNATIVES, OPENINGS
from .pretrain import initial_words

WORDS = 'text.token_embedding.weight'
ROWS = 'text.token_embedding.rows'
METADATA = {'activation': 'quick_gelu'}


def used_rows(tokenizer: SimpleTokenizer) -> list[int]:
    """The ids of all tokens that a caption of a still picture can have."""
    words = ['a thing', *OPENINGS, *(w for fact in ALTERNATIVES for w in fact)]
    tokens = {token for text in words for token in tokenizer.encode(text)}
    return sorted({*tokens, *tokenizer.all_special_ids})


def pack(state_dict: dict[str, Tensor], seed: int, path: Path) -> None:
    """Write weights in half precision, without the rows that are unused.

    Args:
        state_dict: Of open_clip's ``CustomTextCLIP``.
        seed: Of the word embeddings before training.
        path: The file, of some 3.4 MB.
    """
    rows = torch.tensor(used_rows(SimpleTokenizer()))
    tensors = {name: tensor.half() for name, tensor in state_dict.items()}
    shape = list(tensors[WORDS].shape)
    tensors[WORDS] = tensors[WORDS][rows].contiguous()
    tensors[ROWS] = rows
    # One entry, as several are written in any order, and change the digest.
    words = dict(shape=shape, seed=seed)
    _save(tensors, path, {'words': json.dumps(words)})


def unpack(path: Path) -> dict[str, Tensor]:
    """Read a packed file; returns all weights in fp32."""
    with safe_open(path, 'pt') as file:
        words = json.loads(file.metadata()['words'])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    table = initial_words(tuple(words['shape']), words['seed'])
    table[tensors.pop(ROWS)] = tensors[WORDS].float()
    return {name: t.float() for name, t in tensors.items()} | {WORDS: table}


def expand(packed: Path, path: Path) -> None:
    """Turn a packed file into one that any config can name."""
    _save(unpack(packed), path, METADATA)


def _save(tensors: dict[str, Tensor], path: Path, metadata: dict) -> None:
    """Write a file that is whole or not there."""
    write_bytes(path, save(tensors, metadata))
