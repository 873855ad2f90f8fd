from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures, unit
from ..layers.expert_blocks import ExpertBlock
from ..layers.temporal import check_frames, masked_mean
from .similarity_head import SimilarityHead, no_autocast

TEMPERATURES = (0.6, 1.2, 2.4, 4.8, 9.6)
# in the order of the released code, whose draws they then are
DRAWN = (*(-t for t in TEMPERATURES[::-1]), *TEMPERATURES, float('inf'))


@MODELS.register_module()
class MoTEHead(SimilarityHead):
    """MoTE: a transformer of temporal experts over the frames of CLIP.

    It adds to the frames what its blocks make of them.  In training each
    block takes one expert, drawn at random (later ones more often), and
    again, for a second classification loss, experts merged with weights of a
    temperature that is drawn.  The square of what the second pass adds is
    kept small: it is its distance from CLIP's frames.

    In evaluation the experts are merged with equal weights, and what the
    blocks add counts less the less the classes resemble those of the
    training: by ``exp(-(1 - s) / 0.05)``, where ``s`` is the mean, over the
    five classes nearest to the video, of their greatest cosine with the five
    supervised classes nearest to it.  Needs an ``IdentityPooler``.

    Args:
        embed_dim: Width of the embeddings, E.
        text: CLIP's text tower, which has as many heads as the blocks; given
            by the recognizer, not kept.
        num_layers: Blocks.
        num_experts: Experts of each.
        num_positions: Frames at most.
        merged_weight: Weight of the second classification loss.
        distance_weight: Weight of the mean squared distance.
        num_supervised: Classes that are trained, whose text features the
            head remembers; None to add all in evaluation too.
        nearest: How many classes are nearest.
        modulation: The 0.05.
        kwargs: Of :class:`SimilarityHead`, without ``fusion``.  The
            published test has ``test_temperature=1``.
    """

    takes_frames = True

    def __init__(
        self,
        embed_dim: int,
        text: nn.Module | None = None,
        num_layers: int = 4,
        num_experts: int = 4,
        num_positions: int = 77,
        merged_weight: float = 0.5,
        distance_weight: float = 0.1,
        num_supervised: int | None = None,
        nearest: int = 5,
        modulation: float = 0.05,
        **kwargs,
    ) -> None:
        super().__init__(embed_dim=embed_dim, **kwargs)
        heads = max(1, embed_dim // 64) if text is None else text.heads
        self.positions = nn.Parameter(
            0.02 * torch.randn(num_positions, embed_dim)
        )
        self.blocks = nn.ModuleList(
            ExpertBlock(embed_dim, heads, num_experts)
            for _ in range(num_layers)
        )
        self.num_experts = num_experts
        self.merged_weight = merged_weight
        self.distance_weight = distance_weight
        self.nearest = nearest
        self.modulation = modulation
        # zeros until the first training step
        size = (num_supervised or 0, embed_dim)
        self.register_buffer(
            'supervised', torch.zeros(size), persistent=bool(num_supervised)
        )

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, T, E) frames and (C, E) texts to (B, C) logits."""
        return self._over_templates(self.similarities(features), features)

    def similarities(self, features: VideoTextFeatures) -> Tensor:
        """(B, T, E) frames and (M, E) texts to (B, M) scaled cosines."""
        if self.training:
            added = self.add(features, self.draw_experts())
        else:
            added = self.add(features, self.equal_shares())
            added = self.relatedness(features)[:, None, None] * added
        return self._compare(features, added)

    def loss(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> dict[str, Tensor]:
        """Both classification losses, the distance, and regularizers."""
        self._remember(feats)
        losses = super().loss(feats, data_samples, **kwargs)
        added = self.add(feats, self.draw_merged_shares())
        samples = self._restrict(feats, data_samples)
        logits = self._over_templates(self._compare(feats, added), feats)
        merged = self.loss_by_feat(logits, samples)['loss_cls']
        square = added.float() if added.dtype.itemsize < 4 else added
        distance = masked_mean(square.square(), feats.mask).mean()
        return {
            **losses,
            'loss_merged': self.merged_weight * merged,
            'loss_distance': self.distance_weight * distance,
        }

    def add(
        self, features: VideoTextFeatures, shares: Sequence[Tensor]
    ) -> Tensor:
        """(B, T, E) frames to what is added to them, (B, T, E).

        Args:
            features: Whose video are the frames.
            shares: (N,) shares of the experts in each block.

        Raises:
            UserError: If there are more frames than positions.
        """
        frames = features.video
        check_frames(frames.size(1), len(self.positions), 'MoTEHead')
        positions = self.positions[: frames.size(1)]
        tokens = frames + positions.to(frames.dtype)
        for block, share in zip(self.blocks, shares, strict=True):
            tokens = block(tokens, share, features.mask)
        return tokens

    def draw_experts(self) -> list[Tensor]:
        """One expert for each block: later ones more often."""
        odds = torch.arange(1.0, self.num_experts + 1).softmax(dim=0)
        drawn = [torch.multinomial(odds, 1) for _ in self.blocks]
        every = torch.arange(self.num_experts)
        return [(every == expert).float() for expert in drawn]

    def draw_merged_shares(self) -> list[Tensor]:
        """Shares of the experts in each block, of a temperature each."""
        drawn = [torch.randint(len(DRAWN), (1,)) for _ in self.blocks]
        number = torch.arange(
            1.0, self.num_experts + 1, dtype=self.positions.dtype
        )
        return [(number / DRAWN[i]).softmax(dim=0) for i in drawn]

    def equal_shares(self) -> list[Tensor]:
        """The same share for each expert of each block."""
        share = torch.full((self.num_experts,), 1 / self.num_experts)
        return [share.to(self.positions) for _ in self.blocks]

    def relatedness(self, features: VideoTextFeatures) -> Tensor:
        """(B,) how much what the blocks add counts, 1 for known classes."""
        frames = features.video
        if not len(self.supervised):
            return frames.new_ones(len(frames))
        with no_autocast(features):
            video = unit(masked_mean(frames, features.mask))
            classes = unit(features.text)
            supervised = self.supervised.to(classes)
            # (B, C, E) and (B, S, E) of the few classes nearest to a video
            own, known = (
                table[(video @ table.T).topk(min(self.nearest, len(table)))[1]]
                for table in (classes, supervised)
            )
            related = (own @ known.mT).amax(dim=2).mean(dim=1)
            factor = torch.exp((related - 1) / self.modulation)
            # not trained yet: no class is known, and nothing to be weighed
            return torch.where(supervised.any(), factor, 1.0)

    @torch.no_grad()
    def merge_experts(self) -> None:
        """Become what evaluation computes: one expert, the mean of all."""
        for block in self.blocks:
            block.merge()
        self.num_experts = 1

    def _compare(self, features: VideoTextFeatures, added: Tensor) -> Tensor:
        """Frames and what is added to them, (B, T, E), to (B, M) cosines."""
        video = masked_mean(features.video + added, features.mask)
        with no_autocast(features):
            return super().similarities(features._replace(video=video))

    @torch.no_grad()
    def _remember(self, feats: VideoTextFeatures) -> None:
        """Keep the text features of the classes that are trained."""
        if not len(self.supervised):
            return
        if feats.targets is not None or len(feats.text) != len(
            self.supervised
        ):
            raise UserError(
                f'{len(feats.text)} texts for a head that remembers '
                f'{len(self.supervised)} classes: set cls_head.num_supervised '
                "to the number of classes, with texts=dict(type='ClassTexts')"
                ' of one text or embedding for each'
            )
        self.supervised.copy_(unit(feats.text))
