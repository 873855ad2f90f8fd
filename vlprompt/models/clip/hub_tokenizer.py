"""Tokenizers of Hugging Face, as templates use CLIP's own."""

from functools import cached_property
from typing import Any

from vlprompt.errors import UserError
from vlprompt.missing_packages import missing_package_line
from vlprompt.system_messages import system_line


class HubTokenizer:
    """A tokenizer of Hugging Face with the members of CLIP's.

    It is loaded when the first text comes: a model can be built, counted and
    trained without texts where it cannot be had.

    Args:
        name: Of a repository on the Hub, or a folder.
        context_length: Tokens of a text at most.
        fills: Whether texts are filled up with padding, which the text
            tower reads: SigLIP's.
        end_id: The id of the end-of-text token, where the tower looks for
            it (MetaCLIP 2).
        options: Of open_clip's ``HFTokenizer``.

    Attributes:
        context_length: See above.
    """

    def __init__(
        self,
        name: str,
        context_length: int,
        fills: bool = False,
        end_id: int | None = None,
        **options: Any,
    ) -> None:
        self.name = name
        self.context_length = context_length
        self.fills = fills
        self.end_id = end_id
        self.options = options

    def encode(self, text: str) -> list[int]:
        """Text to ids, without those of its start and end."""
        hub = self._hub
        return hub.tokenizer(
            hub.clean_fn(text), add_special_tokens=False, verbose=False
        ).input_ids

    @property
    def sot_token_id(self) -> int | None:
        """The id before every text; None if there is none."""
        return self._around[0]

    @property
    def eot_token_id(self) -> int:
        """The id after every text."""
        return self._around[1]

    @property
    def pad_token_id(self) -> int | None:
        """What texts are filled up with; None if they are not."""
        return self._hub.tokenizer.pad_token_id if self.fills else None

    @property
    def all_special_ids(self) -> list[int]:
        """Ids that no words have; unknown words have theirs."""
        tokenizer = self._hub.tokenizer
        unknown = tokenizer.unk_token_id
        return [i for i in tokenizer.all_special_ids if i != unknown]

    @property
    def decoder(self) -> dict[int, str]:
        """The special tokens by their ids."""
        convert = self._hub.tokenizer.convert_ids_to_tokens
        return {i: convert(i) for i in self.all_special_ids}

    @cached_property
    def _hub(self) -> Any:
        """open_clip's ``HFTokenizer``.

        Raises:
            UserError: If transformers is missing, or the tokenizer.
        """
        from open_clip.tokenizer import HFTokenizer

        try:
            return HFTokenizer(
                self.name, context_length=self.context_length, **self.options
            )
        except ImportError as error:
            raise UserError(
                f'the texts of this CLIP have the tokenizer {self.name}: '
                f'{missing_package_line(error)}'
            ) from error
        except Exception as error:
            # transformers and the Hub raise whatever comes to their mind
            reason = system_line(error) or str(error).splitlines()[0]
            raise UserError(
                f'cannot load the tokenizer {self.name} ({reason}): fetch it '
                'where there is a network and give its folder as '
                "clip=dict(tokenizer='<folder>')"
            ) from error

    @cached_property
    def _around(self) -> tuple[int | None, int]:
        """The ids before and after every text.

        Raises:
            UserError: If it puts more around a text, or ends it otherwise
                than the text tower expects.
        """
        words = self.encode('a')
        ids = self._hub.tokenizer('a', verbose=False).input_ids
        start = next(
            (i for i in range(len(ids)) if ids[i : i + len(words)] == words), 0
        )
        before, after = ids[:start], ids[start + len(words) :]
        if len(before) > 1 or len(after) != 1:
            raise UserError(
                f'the tokenizer {self.name} puts {before} before a text and '
                f'{after} after it, expected at most one id before and one '
                'after'
            )
        end = 0 if self.options.get('strip_sep_token') else after[0]
        if self.end_id not in (None, end):
            raise UserError(
                f'the tokenizer {self.name} ends texts with {end}, but the '
                f'text tower of this CLIP looks for {self.end_id}'
            )
        return (before[0] if before else None), end
