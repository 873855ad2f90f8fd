"""What a part of a model must have to play its role.

Parts are told apart by what they can do: a class plays a role if it has the
role's members, whatever it inherits from.  Shapes: B videos (views folded
in), T frames, L tokens, K prompts, C classes, D width, E embedding.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor

from .features import TokenizedTexts, VideoTextFeatures, VisualFeatures


class Texts(Protocol):
    """Says which texts each video is compared with.

    Called with the samples of a batch, it gives their texts: those of all
    classes in the order of the labels (no ``targets``), or texts of this
    batch (``targets`` say what each of them belongs to).  It owns the
    tokenizer and learns nothing.

    Attributes:
        init_ids: For each learnable token of a text the id it starts from, or
            None for a random start.
        class_names: The class names, None until they are known or if texts
            do not come from classes.
        anchor_template: What makes the hand-crafted texts, if there are any.
        anchor_tokens: Those of the classes, if there are any.
    """

    init_ids: Sequence[int | None]
    class_names: tuple[str, ...] | None
    anchor_template: Callable | None
    anchor_tokens: TokenizedTexts | None

    def __call__(self, data_samples: list | None = None) -> TokenizedTexts:
        """Samples to texts."""

    def set_classes(self, names: Sequence[str]) -> None:
        """Take the class names of a data set, in the order of its labels."""

    def tokenize(self, texts: Sequence[str]) -> TokenizedTexts:
        """Any texts, each in all templates."""

    def combine(self, embeddings: Tensor) -> Tensor:
        """(R * C, E) of R templates to what the head compares."""


class Prompts(Protocol):
    """Owns the free prompt vectors of one tower.

    Called with the (C, K) places of the learnable tokens in the texts, None
    without texts, it gives an entry for each layer of the tower: (K, D)
    prompts, (C, K, D) if each class has its own, or None.

    Attributes:
        layers: The layers that get prompts of their own.
        num: Prompts of a layer, None if the texts decide.
    """

    layers: Sequence[int]
    num: int | None

    def __call__(self, slots: Tensor | None = None) -> list[Tensor | None]:
        """Places to prompts."""


class Adapter(Protocol):
    """Is called in place of a layer of the vision tower, which it calls.

    What it gives the layer as ``context`` are keys and values only.
    ``queries`` are the tokens that the caller will read; all if None.
    Nothing is kept between two calls.

    The last of a list of adapters may have ``carries = True``.  It is then
    called with ``carried=`` too, which is what it gave at the layer before,
    None at the first, and gives :class:`Carried`.

    One that reads the class token has ``needs_class_token = True``, as have
    poolers and conditioners: not every vision tower has that token.

    Attributes:
        inside_block: Whether it computes the block itself and so has to be
            the last of a list of adapters.
    """

    inside_block: bool

    def __call__(
        self,
        tokens: Tensor,
        layer: Callable,
        context: Tensor | None = None,
        queries: slice | Tensor | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to (B, T, Q, D) tokens."""


class InsidePart(Protocol):
    """Acts at places inside a layer, of either tower.

    It stands in a tower's list of adapters.  Several act one after the
    other, in the order of the list.  Shapes are (B, T, L, D); a text tower's
    B and L are rows of several texts.

    One that is linear in evaluation may have a method ``linear_maps()`` that
    gives all it does as :class:`LinearMaps`: then ``vlprompt export --merge``
    folds it into the matrices of the block.

    Attributes:
        acts_inside: True; tells these parts from adapters.
        tokenwise: Whether each token is dealt with by itself.  A text tower,
            which packs texts into rows, takes no others.
        places: Where :meth:`place` acts: ``'ln_1'`` (what the attention
            reads, the context's tokens too), ``'attention'`` (its output,
            before the residual), ``'between'`` (the residual stream after
            attention), ``'ln_2'`` (what the MLP reads), ``'mlp'`` (its
            output, before the residual).
        matrices: To the output of which matrices :meth:`delta` adds: ``'q'``,
            ``'k'``, ``'v'``, ``'out'``, ``'fc'``, ``'proj'``.
        shares: Whether :meth:`share` changes keys and values.
        attention_dropout: Share of the attention weights that is dropped
            now; 0 in evaluation.
    """

    acts_inside: bool
    tokenwise: bool
    places: Sequence[str]
    matrices: Sequence[str]
    shares: bool
    attention_dropout: float

    def place(self, name: str, tokens: Tensor) -> Tensor:
        """What the tokens become at a place."""

    def delta(self, name: str, x: Tensor) -> Tensor:
        """What is added to the output of a matrix for its input."""

    def share(self, x: Tensor) -> Tensor:
        """(B, T, L, D) keys, then values, to (B, T, M, D) for each frame.

        After their projection, before a context joins them.
        """

    def over_positions(
        self, num: int, device: torch.device
    ) -> Callable[[Tensor], 'InsidePart']:
        """What acts in a layer of a text tower, in one forward pass.

        The tower calls the result with the (R, S) places in their texts of
        the tokens that it computes: those that texts share, those in rows.
        Draw here what has to be the same for all texts.

        Args:
            num: Places that a text has.
            device: Where the tokens are.
        """


class Pooler(Protocol):
    """Makes a video of its frames.

    Attributes:
        keeps_frames: Whether the head gets (B, T, E) frames.
    """

    keeps_frames: bool

    def __call__(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to a (B, E) video."""


class TokenPooler(Protocol):
    """Makes statistics of all tokens of a clip or, with T = 1, of a text.

    Attributes:
        out_dim: F, how many they are.
    """

    out_dim: int

    def __call__(self, tokens: Tensor, places: Tensor | None = None) -> Tensor:
        """(B, T, L, E) embeddings of tokens to (B, F).

        Args:
            tokens: Padding of texts, too.
            places: (B,) where the token that stands for all is; the first
                if not given.
        """


class Conditioner(Protocol):
    """Makes the texts depend on the video they are compared with."""

    def __call__(self, text: Tensor, visual: VisualFeatures) -> Tensor:
        """(C, E) texts to (B, C, E) texts."""


class LastLayerPrompts(Protocol):
    """Makes the prompts of the text tower's last layer, for each video.

    It stands in the place of a conditioner and needs a text tower with
    ``stop_before_last=True``, a vision tower that carries.

    Attributes:
        prompts_last_layer: True; tells these parts from other conditioners.
        layer: The vision layer whose carried tokens it reads.
    """

    prompts_last_layer: bool
    layer: int

    def __call__(
        self, states: Tensor, tokens: TokenizedTexts, context: Tensor
    ) -> Tensor:
        """(C, 1, L, D) texts, (B, M, E) context to (B, C, K, D) prompts.

        C of the latter may be 1, if all texts share them.
        """


class Head(Protocol):
    """Compares, learns by it and predicts.

    Attributes:
        takes_frames: Whether it wants (B, T, E) frames of the pooler.
        compares_texts: Whether it needs texts.
    """

    takes_frames: bool
    compares_texts: bool

    def __call__(self, features: VideoTextFeatures) -> Tensor:
        """Features to (B, C) logits."""

    def set_num_classes(self, num: int) -> None:
        """Know how many classes the data set has."""

    def loss(self, feats: VideoTextFeatures, data_samples: list) -> dict:
        """Losses by name."""

    def predict(self, feats: VideoTextFeatures, data_samples: list) -> list:
        """The samples, with what their metric reads."""
