"""Recognizers as functions of pixels alone, which is what can be exported."""

from collections.abc import Sequence

from torch import Tensor, nn

from vlprompt.models.features import (
    TokenizedTexts,
    VideoTextFeatures,
    VisualFeatures,
    unit,
)
from vlprompt.models.recognizers.conditioning import prompts_last_layer
from vlprompt.models.text_ends import finish_texts
from vlprompt.models.token_poolers import split_statistics
from vlprompt.models.towers.last_layer import project, read_ends
from vlprompt.models.towers.layer import Layer

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
        self.ending, self.gives_tokens = None, False
        self.register_buffer('class_statistics', None)
        if self.compares_texts and prompts_last_layer(model.conditioner):
            self.ending = TextEnding(model)
        elif self.compares_texts:
            self._keep_texts(model, tokens)

    def _keep_texts(self, model: nn.Module, tokens: TokenizedTexts) -> None:
        prompts = model.make_prompts(tokens)['text']
        encoded = model.text_bank(tokens, prompts).detach().clone()
        texts = finish_texts(model.text_encoder, encoded, tokens)
        self.register_buffer('class_texts', texts)
        _, statistics = split_statistics(model.text_encoder, encoded)
        self.class_statistics = statistics
        self.gives_tokens = encoded.dim() == 3
        if self.gives_tokens:
            self.register_buffer('class_tokens', encoded)
            mask = tokens.mask(encoded.size(1))
            self.register_buffer('class_mask', mask)

    def forward(self, frames: Tensor) -> Tensor:
        """(B, T, 3, H, W) frames to (B, C) logits."""
        visual, video = self.encode(frames)
        features = VideoTextFeatures(
            video,
            self._text(visual),
            video_statistics=visual.statistics,
            text_statistics=self.class_statistics,
        )
        if self.gives_tokens:
            features = features._replace(
                text_tokens=self.class_tokens, text_mask=self.class_mask
            )
        return self.cls_head(features)

    def _text(self, visual: VisualFeatures) -> Tensor | None:
        """(C, E) texts, or (B, C, E) if they depend on the video."""
        if not self.compares_texts:
            return None
        if self.ending is not None:
            carried = visual.carried[self.conditioner.layer]
            context = self.backbone.embed_tokens(carried)
            return self.ending(self.conditioner, context)
        if self.conditioner is None:
            return self.class_texts
        return self.conditioner(self.class_texts, visual)


class TextEnding(nn.Module):
    """The text tower's last layer, and the class texts before it.

    Args:
        model: A ``VideoTextRecognizer`` in evaluation mode whose conditioner
            makes the prompts of that layer.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        encoder, tokens = model.text_encoder, model.text_bank.tokens()
        prompts = model.make_prompts(tokens)['text']
        self.block = encoder.text.transformer.resblocks[-1]
        self.inside = encoder.adapters[-1]
        self.ln_final = encoder.text.ln_final
        self.text_projection = encoder.text.text_projection
        self.tokens = tokens.share_before(prompts or ())
        states = model.text_bank(tokens, prompts).detach().clone()
        self.register_buffer('states', states)
        self.register_buffer('slots', tokens.slots)
        self.register_buffer('ends', tokens.ends.to(states.device))

    def forward(self, conditioner: nn.Module, context: Tensor) -> Tensor:
        """(B, M, E) context of the videos to (B, C, E) texts."""
        tokens = self.tokens._replace(slots=self.slots)
        prompts = conditioner(self.states, tokens, context)
        layer = Layer(self.block, inside=self.inside)
        out = read_ends(layer, self.states, self.ends, self.slots, prompts)
        return project(self.ln_final(out), self.text_projection)
