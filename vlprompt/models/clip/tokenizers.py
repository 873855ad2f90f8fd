"""The tokenizer that belongs to a text tower."""

from functools import cache
from typing import Any

from open_clip.tokenizer import SimpleTokenizer
from open_clip.transformer import TextTransformer

from vlprompt.errors import UserError

from .hub_tokenizer import HubTokenizer

Tokenizer = SimpleTokenizer | HubTokenizer
STAND_IN = 'stand-in'


def tokenizer_of(
    text: TextTransformer, config: dict[str, Any], given: str | None = None
) -> Tokenizer:
    """What makes ids of texts for a tower.

    Args:
        text: The tower.
        config: open_clip's ``text_cfg`` of it.
        given: Where a tokenizer of Hugging Face is, if not at the name that
            the config has: a folder, or another name.  :data:`STAND_IN` for
            CLIP's own, whatever the tower has, where only the number of
            tokens matters.

    Raises:
        UserError: If one is given for a tower that has CLIP's own.
    """
    name = config.get('hf_tokenizer_name')
    fills = text.pool_type == 'last'
    if given == STAND_IN:
        return _clips_own(text.context_length, fills)
    if not name and given:
        raise UserError(
            f"tokenizer={given!r}: the texts of this CLIP have CLIP's own "
            'tokenizer, which needs no files; leave it out'
        )
    if not name:
        return _clips_own(text.context_length, fills)
    return HubTokenizer(
        given or name,
        text.context_length,
        fills=fills,
        end_id=text.eos_id if text.pool_type == 'eos' else None,
        **(config.get('tokenizer_kwargs') or {}),
    )


@cache
def _clips_own(length: int, fills: bool) -> SimpleTokenizer:
    """Shared: it needs 30 MB and takes longer to build than a tiny CLIP."""
    tokenizer = SimpleTokenizer(context_length=length)
    tokenizer.pad_token_id = 0 if fills else None
    return tokenizer
