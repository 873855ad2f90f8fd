"""When the texts of a model are encoded, and by which process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError

from .combined_texts import combine_texts
from .distributed import encode_sharded
from .features import LayerPrompts, TokenizedTexts, unit
from .roles import Texts
from .shared_features import SharedFeatures
from .text_ends import finish_texts
from .token_poolers import split_statistics


class TextBank:
    """A model's text features, computed no more often than they change.

    The texts of a batch (labels, captions) are encoded with it.  Those of a
    class list are the same for every batch, and are encoded

    * once, while nothing that they depend on is learned: in evaluation, and
      in training with a frozen text side;
    * else once an update: batches whose gradients add up share them, and
      the texts drawn for it, if some are;
    * in training by all processes together, each its share of the classes.

    Args:
        texts: What videos are compared with, if with texts.
        encoder: The text tower.
        prompts: The model's :class:`PromptLearner`, if it has one.

    Attributes:
        is_last_micro_batch: Whether an update follows the next batch;
            ``SharedTextHook`` sets it.

    Raises:
        UserError: If texts have anchors, and the tower is trained.
    """

    def __init__(
        self,
        texts: Texts | None,
        encoder: nn.Module | None,
        prompts: nn.Module | None,
    ) -> None:
        self.texts = texts
        self.encoder = encoder
        self.prompts = prompts
        self.is_last_micro_batch = True
        self.restart()
        if texts is not None and texts.anchor_template:
            _check_frozen(encoder)

    def clear(self) -> None:
        """Forget what was computed: other classes, another mode, device.

        An update that was begun goes on: a validation may come between.
        """
        self._cached: dict[str, Tensor] = {}

    def restart(self) -> None:
        """Forget what was computed or begun: there are other weights."""
        self.clear()
        self._shared: SharedFeatures | None = None
        self._drawn: TokenizedTexts | None = None

    @contextmanager
    def interrupted(self) -> Iterator[None]:
        """Encode for a batch that is none of the update, at other weights.

        Its texts are those of the update, which goes on after the ``with``
        statement.
        """
        kept = self._shared, self.is_last_micro_batch
        self._drawn = None if self._shared is None else self._shared.tokens
        self._shared, self.is_last_micro_batch = None, True
        try:
            yield
        finally:
            self._drawn = None
            self._shared, self.is_last_micro_batch = kept

    def tokens(
        self, data_samples: list | None = None
    ) -> TokenizedTexts | None:
        """The texts that a batch is compared with, where the tower is."""
        if self.texts is None:
            return None
        shared = self._shared
        drawn = self._drawn if shared is None else shared.tokens
        if drawn is not None and self.texts.training:
            return drawn  # an update compares with one draw
        return self._on_device(self.texts(data_samples))

    def __call__(
        self, tokens: TokenizedTexts, prompts: LayerPrompts | None
    ) -> Tensor:
        """C texts, R templates each, to (C, E) or (R * C, E) features.

        They are (C, L, E) if the text tower gives all tokens.

        Args:
            tokens: Of :meth:`tokens`.
            prompts: Those of the text tower, made for this batch.

        Raises:
            UserError: If the class names change before an update.
        """
        if tokens.targets is not None:  # the next batch has other texts
            return self.encoder(tokens, prompts)
        if tokens.drawn is not None and not self._learns(prompts):
            return self._encode_drawn(tokens.drawn, prompts)
        if self._is_lasting() and 'text' in self._cached:
            return self._cached['text']
        if self.encoder.training and torch.is_grad_enabled():
            return self._encode_once_an_update(tokens, prompts)
        return self._encode(tokens, prompts)

    def encode(
        self, texts: Sequence[str], make_prompts: Callable[..., dict]
    ) -> Tensor:
        """(C, E) features of any texts, of which nothing is kept.

        Args:
            texts: What the template is put around.  Several templates give
                the mean of their unit features.
            make_prompts: Tokens to the prompts of both towers.

        Raises:
            UserError: If the model compares with no texts.
        """
        if self.texts is None:
            raise UserError('this model has no text tower: it embeds no texts')
        tokens = self._on_device(self.texts.tokenize(texts))
        encoded = self.encoder(tokens, make_prompts(tokens)['text'])
        features = finish_texts(self.encoder, encoded, tokens)
        if len(features) == len(texts):
            return features
        return unit(features).unflatten(0, (-1, len(texts))).mean(dim=0)

    def anchors(self) -> Tensor | None:
        """(C, E) features of the hand-crafted texts, if there are any."""
        tokens = self.texts.anchor_tokens
        if tokens is None:
            return None
        if self._is_lasting() and 'anchors' in self._cached:
            return self._cached['anchors']
        encoded = self.encoder(self._on_device(tokens))
        return self._keep(
            'anchors', finish_texts(self.encoder, encoded, tokens)
        )

    def _encode(
        self, tokens: TokenizedTexts, prompts: LayerPrompts | None
    ) -> Tensor:
        # In evaluation one process may run a batch more than the others,
        # which would wait for their share for ever.
        if self.encoder.training:
            features = encode_sharded(self.encoder, tokens, prompts)
        else:
            features = self.encoder(tokens, prompts)
        return self._keep('text', self._combine(features))

    def _encode_drawn(
        self, places: Tensor, prompts: LayerPrompts | None
    ) -> Tensor:
        """Texts drawn for this step, from all that the classes have."""
        if 'drawn' not in self._cached:
            everything = self._on_device(self.texts.tokens)
            with torch.no_grad():
                self._cached['drawn'] = encode_sharded(
                    self.encoder, everything, prompts
                )
        return self._combine(self._cached['drawn'][places])

    def _combine(self, features: Tensor) -> Tensor:
        """Texts of a class to one; embeddings and statistics apart."""
        parts = split_statistics(self.encoder, features)
        own = [combine_texts(self.texts, p) for p in parts if p is not None]
        return torch.cat(own, dim=-1)

    def _learns(self, prompts: LayerPrompts | None) -> bool:
        parts = [*self.encoder.parameters(), *(prompts or ())]
        return any(p is not None and p.requires_grad for p in parts)

    def _encode_once_an_update(
        self, tokens: TokenizedTexts, prompts: LayerPrompts | None
    ) -> Tensor:
        """Features whose gradient is that of all batches of an update.

        All batches but the last get a copy without a history, which collects
        their gradients; the last one gets the features themselves, and its
        backward pass adds what was collected.  As that is the pass in which
        ``DistributedDataParallel`` averages gradients, it averages all.
        """
        if self._shared is None:
            if not self.is_last_micro_batch and self.prompts is not None:
                # The graph has to outlive the backward pass of this batch,
                # so it must not share nodes with the batch's own prompts.
                prompts = self.prompts(tokens.slots)['text']
            features = self._encode(tokens, prompts)
            if self.is_last_micro_batch or not features.requires_grad:
                return features
            copy = features.detach().requires_grad_()
            self._shared = SharedFeatures(
                self.texts.class_names, tokens, features, copy
            )
        if self._shared.class_names != self.texts.class_names:
            raise UserError('the class names changed before an update')
        if not self.is_last_micro_batch:
            return self._shared.copy
        shared, self._shared = self._shared, None
        return shared.with_gradients()

    def _is_lasting(self) -> bool:
        """Whether frozen features stay as they are until ``clear()``.

        Not where someone evaluates with gradients or trains without them:
        what is computed then has a graph, or lacks one.
        """
        return torch.is_grad_enabled() == self.encoder.training

    def _keep(self, name: str, features: Tensor) -> Tensor:
        if self._is_lasting() and not features.requires_grad:
            self._cached[name] = features
        return features

    def _on_device(self, tokens: TokenizedTexts) -> TokenizedTexts:
        return tokens.to(next(self.encoder.parameters()).device)


def _check_frozen(encoder: nn.Module) -> None:
    for name, p in encoder.named_parameters():
        if p.requires_grad:
            raise UserError(
                'an anchor_template needs a frozen text encoder, but '
                f'model.trainable matches text_encoder.{name}'
            )
