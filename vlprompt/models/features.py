"""The small tuples that are passed between the parts of a model."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

LayerPrompts = Sequence[Tensor | None]  # of one tower, one entry per layer


class VisualFeatures(NamedTuple):
    """What a vision tower makes of a batch of clips.

    Attributes:
        frames: (B, T, E) projected frame embeddings, not normalised.
        tokens: (B, T, N, D) own tokens after the last layer, class token
            first; only that one (N = 1) unless the tower keeps the patches.
        mask: (B, T), true where a frame is real and not padding; None if
            all are.
        carried: For each layer what its adapter handed to the next, or None.
        statistics: (B, F) of all tokens, if the tower has a token pooler.
    """

    frames: Tensor
    tokens: Tensor
    mask: Tensor | None = None
    carried: Sequence[Tensor | None] = ()
    statistics: Tensor | None = None


class VideoTextFeatures(NamedTuple):
    """What heads and losses compare.

    Attributes:
        video: (B, E) pooled video embeddings, views folded into B, or
            (B, T, E) if the pooler keeps the frames.
        text: (C, E) text embeddings, (R * C, E) with R templates, (B, C, E)
            if they depend on the video, None without texts.
        anchors: (C, E) embeddings of the hand-crafted texts by the frozen
            CLIP, or None.
        targets: (C,) as in :class:`TokenizedTexts`.
        mask: (B, T) as in :class:`VisualFeatures`.
        text_tokens: (C, L, E) embeddings of all tokens of the texts, if the
            text tower gives them.
        text_mask: (C, L), true from a text's start to its end.
        frames: (B, T, E) embeddings of the frames, as the pooler got them.
        teacher: What the frozen CLIP makes of the same clips and texts, in
            training and if a part asks for it; its video are the (B, T, E)
            frames, its text is (C, E) or (R * C, E).
        video_statistics: (B, F) of all tokens of a video, if the vision
            tower has a token pooler.
        text_statistics: (C, F) or (R * C, F), if the text tower has one.
    """

    video: Tensor
    text: Tensor | None
    anchors: Tensor | None = None
    targets: Tensor | None = None
    mask: Tensor | None = None
    text_tokens: Tensor | None = None
    text_mask: Tensor | None = None
    frames: Tensor | None = None
    teacher: 'VideoTextFeatures | None' = None
    video_statistics: Tensor | None = None
    text_statistics: Tensor | None = None

    @classmethod
    def without_text(
        cls, video: Tensor, visual: VisualFeatures
    ) -> 'VideoTextFeatures':
        """Those of videos alone, as the pooler made them of frames."""
        return cls(
            video,
            None,
            mask=visual.mask,
            frames=visual.frames,
            video_statistics=visual.statistics,
        )

    def unit(self) -> 'VideoTextFeatures':
        """The same features, L2-normalised, in fp32 if they came in less."""
        return self._replace(
            video=unit(self.video),
            text=None if self.text is None else unit(self.text),
            anchors=None if self.anchors is None else unit(self.anchors),
        )

    def with_tokens(
        self, encoded: Tensor, tokens: 'TokenizedTexts'
    ) -> 'VideoTextFeatures':
        """The same features, and what a text tower tells of all tokens.

        That is (C, L, E) of them, or (C, F) statistics beside (C, E) texts.
        """
        if encoded.dim() == 2 and encoded.size(1) > self.text.size(-1):
            statistics = encoded[:, self.text.size(-1) :]
            return self._replace(text_statistics=statistics)
        if encoded.dim() != 3:
            return self
        mask = tokens.mask(encoded.size(1))
        return self._replace(text_tokens=encoded, text_mask=mask)

    def to(self, device: torch.device) -> 'VideoTextFeatures':
        """The same features on a device."""
        return VideoTextFeatures(
            *(part if part is None else part.to(device) for part in self)
        )


class TokenizedTexts(NamedTuple):
    """Token ids of C texts, cut after the longest of them.

    Attributes:
        ids: (C, L) token ids.
        slots: (C, K) places of the learnable tokens, ascending.
        ends: (C,) place of the token that is read, for CLIP the end of the
            text; always on the CPU, where the texts are laid out.
        shared: How many leading tokens are the same in all texts.
        shared_slots: How many of the K slots lie among them.
        targets: (C,) what each text belongs to: its class or, of a caption,
            the place of its sample in the batch.  None for the texts of all
            classes in the order of the labels.  R * C texts that are R of
            each of C have C targets.
        first_slot: No slot lies before this place.
        host_ids: The ids on the CPU, always.
        drawn: (C,) places of these texts among all that the classes have,
            if they were drawn for this step; None if these are all.
    """

    ids: Tensor
    slots: Tensor
    ends: Tensor
    shared: int
    shared_slots: int
    targets: Tensor | None = None
    first_slot: int = 0
    host_ids: Tensor | None = None
    drawn: Tensor | None = None

    @classmethod
    def from_ids(
        cls,
        ids: Tensor,
        slots: Tensor | None = None,
        ends: Tensor | None = None,
    ) -> 'TokenizedTexts':
        """(C, L) ids and (C, K) slots to texts cut after the longest one.

        Where no ``ends`` are given, each text is read at its largest id,
        which is CLIP's end-of-text token.
        """
        ends = ids.argmax(dim=-1).cpu() if ends is None else ends
        # Under a causal mask what stands after the end changes nothing, and
        # a tower without one fills its texts up.
        ids = ids[:, : int(ends.max()) + 1]
        if slots is None:
            slots = ids.new_zeros(len(ids), 0)
        # Two texts agree at a place if both have the same token there or
        # both their k-th slot, which all texts fill alike: slots are marked
        # by negative ids, one for each k.
        marked = ids.scatter(1, slots, -1 - _order(slots))
        differs = (marked != marked[:1]).any(dim=0)
        shared = int(differs.int().argmax()) if differs.any() else len(ids[0])
        # Each text keeps a token of its own, the one that is read.
        shared = min(shared, int(ends.min()))
        shared_slots = int((slots[0] < shared).sum())
        first = int(slots.min()) if slots.numel() else 0
        return cls(
            ids,
            slots,
            ends,
            shared,
            shared_slots,
            first_slot=first,
            host_ids=ids.cpu(),
        )

    def to(self, device: torch.device) -> 'TokenizedTexts':
        """The same texts on a device, all but the ``ends`` and host ids."""
        return self._replace(
            ids=self.ids.to(device, non_blocking=True),
            slots=self.slots.to(device, non_blocking=True),
            targets=None
            if self.targets is None
            else self.targets.to(device, non_blocking=True),
        )

    def share_before(self, prompts: LayerPrompts) -> 'TokenizedTexts':
        """The same texts, which share nothing from a class's own prompt on.

        Args:
            prompts: For each layer (K, D) or (C, K, D), or None.
        """
        if all(p is None or p.dim() == 2 for p in prompts):
            return self
        shared = min(self.shared, self.first_slot)
        return self._replace(shared=shared, shared_slots=0)

    def remainders(self) -> list[int]:
        """How many tokens each text has after what all share."""
        return (self.ends + 1 - self.shared).tolist()

    def lengthen(self, size: int) -> 'TokenizedTexts':
        """The same texts with padding up to a size."""
        more = size - self.ids.size(1)
        return self._replace(ids=F.pad(self.ids, (0, max(0, more))))

    def mask(self, size: int) -> Tensor:
        """(C, L) for L tokens each, true up to the end of a text."""
        ends = self.ends.to(self.ids.device)
        return torch.arange(size, device=ends.device) <= ends[:, None]

    def pick(self, index: Tensor) -> 'TokenizedTexts':
        """The texts at (S,) places of the list, given on the CPU."""
        return self._replace(
            ids=self.ids[index],
            slots=self.slots[index],
            ends=self.ends[index],
            host_ids=None if self.host_ids is None else self.host_ids[index],
        )


def unit(x: Tensor) -> Tensor:
    """(..., E) L2-normalised along E, in fp32 if it came in less."""
    dtype = torch.promote_types(x.dtype, torch.float32)
    return F.normalize(x.to(dtype), dim=-1)


def _order(slots: Tensor) -> Tensor:
    """(C, K) slots to the number of each slot in its text."""
    return slots.new_ones(slots.shape).cumsum(dim=1)
