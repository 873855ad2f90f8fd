"""Recognizers as functions of pixels alone, which is what can be exported."""

from collections.abc import Sequence

from torch import Tensor, nn

from vlprompt.models.features import VideoTextFeatures, VisualFeatures, unit
from vlprompt.models.text_bank import at_ends

INPUT = 'frames'


class Program(nn.Module):
    """The vision tower and the pooler, with the prompts they are shown.

    Args:
        model: A ``VideoTextRecognizer`` in evaluation mode.
        prompts: Those of its vision tower, for each layer.

    Attributes:
        output: What its result is called.
    """

    output: str

    def __init__(
        self, model: nn.Module, prompts: Sequence[Tensor | None] | None
    ) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.pooler = model.pooler
        self._prompts: list[str | None] | None = None
        if prompts is not None:
            self._prompts = [*map(self._keep, range(len(prompts)), prompts)]

    def _keep(self, layer: int, prompt: Tensor | None) -> str | None:
        """Make a constant; torch.export miscounts buffers that are None."""
        if prompt is None:
            return None
        self.register_buffer(f'prompt_{layer}', prompt.detach().clone())
        return f'prompt_{layer}'

    def encode(self, frames: Tensor) -> tuple[VisualFeatures, Tensor]:
        """(B, T, 3, H, W) frames to their features and the pooled videos."""
        prompts = None
        if self._prompts is not None:
            prompts = [n and getattr(self, n) for n in self._prompts]
        visual = self.backbone(frames, prompts)
        return visual, self.pooler(visual)


class Embedder(Program):
    """(B, T, 3, H, W) normalised frames to (B, E) unit embeddings.

    As ``VideoEmbedder`` gives them for one view.
    """

    output = 'embedding'

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model, model.make_prompts(None)['visual'])

    def forward(self, frames: Tensor) -> Tensor:
        """(B, T, 3, H, W) frames to (B, E) embeddings."""
        video = unit(self.encode(frames)[1])
        if video.dim() == 3:  # the head would fuse the frames
            video = video.mean(dim=1)
        return unit(video)


class Classifier(Program):
    """(B, T, 3, H, W) normalised frames to (B, C) logits.

    The texts of the C classes are a constant, and so is all that was made
    of their template; the text tower stays behind.

    Args:
        model: A ``VideoTextRecognizer`` in evaluation mode that has been
            told its classes.
    """

    output = 'logits'

    def __init__(self, model: nn.Module) -> None:
        tokens = model.text_bank.tokens()
        super().__init__(model, model.make_prompts(tokens)['visual'])
        self.conditioner = model.conditioner
        self.cls_head = model.cls_head
        self.compares_texts = tokens is not None
        self.gives_tokens = False
        if self.compares_texts:
            prompts = model.make_prompts(tokens)['text']
            encoded = model.text_bank(tokens, prompts).detach().clone()
            self.register_buffer('class_texts', at_ends(encoded, tokens))
            self.gives_tokens = encoded.dim() == 3
        if self.gives_tokens:
            self.register_buffer('class_tokens', encoded)
            mask = tokens.mask(encoded.size(1))
            self.register_buffer('class_mask', mask)

    def forward(self, frames: Tensor) -> Tensor:
        """(B, T, 3, H, W) frames to (B, C) logits."""
        visual, video = self.encode(frames)
        text = self.class_texts if self.compares_texts else None
        if self.compares_texts and self.conditioner is not None:
            text = self.conditioner(text, visual)
        features = VideoTextFeatures(video, text)
        if self.gives_tokens:
            features = features._replace(
                text_tokens=self.class_tokens, text_mask=self.class_mask
            )
        return self.cls_head(features)
