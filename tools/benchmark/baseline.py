"""CLIP for video the way the published implementations compute it.

Every class text has 77 tokens and is encoded again in each step and for each
view, prompts are tokens that pass every block whole, and the last block
computes all of them.  Written over open_clip's own modules; the learnable
parts are copies of a model's, so both sides give the same numbers.
"""

import copy
import re
from collections.abc import Sequence

import open_clip
import torch
import torch.nn.functional as F
from open_clip.tokenizer import SimpleTokenizer
from torch import Tensor, nn

LEARNT = re.compile(r'\[(\d+)\] ')  # of a template: '[10] {}.'


class Baseline(nn.Module):
    """The plain side of a model of ours: ViLT, VL prompting, ViFi, Vita.

    Args:
        model: The recognizer, with class names; its weights are copied.
        arch: ``clip.arch`` of its config.
        template: ``texts.template`` of its config.
        anchor_template: ``texts.anchor_template`` of its config.
        label_smooth: ``cls_head.label_smooth_eps`` of its config.
    """

    def __init__(
        self,
        model: nn.Module,
        arch: str | dict,
        template: str,
        anchor_template: str | None = None,
        label_smooth: float = 0.0,
    ) -> None:
        super().__init__()
        names, device = model.class_names, model.cls_head.logit_scale.device
        config = (
            open_clip.get_model_config(arch) if arch is str(arch) else arch
        )
        with torch.device('meta' if device.type == 'meta' else 'cpu'):
            clip = open_clip.CustomTextCLIP(**copy.deepcopy(dict(config)))
        self.visual, self.text = clip.visual, clip.text
        self.visual.load_state_dict(model.backbone.visual.state_dict())
        self.text.load_state_dict(model.text_encoder.text.state_dict())
        self.prompts = copy.deepcopy(model.prompts)
        self.adapters = copy.deepcopy(model.backbone.adapters)
        self.embeddings = copy.deepcopy(model.backbone.embeddings)
        self.logit_scale = copy.deepcopy(model.cls_head.logit_scale)
        learned = dict(named_learned(model))
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(name in learned)
        match = LEARNT.match(template)
        self.num_slots = int(match[1]) if match else 0
        template = LEARNT.sub('X ' * self.num_slots, template)
        self.register_buffer('ids', _tokenize(template, names), False)
        anchors = anchor_template and _tokenize(anchor_template, names)
        self.register_buffer('anchor_ids', anchors, False)
        self.anchors: Tensor | None = None
        self.label_smooth = label_smooth
        self.to(device)

    def loss(self, inputs: Tensor, labels: Tensor) -> Tensor:
        """(B, 1, 3, T, H, W) inputs and (B,) labels to a scalar."""
        text = self.encode_texts()
        logits = self.compare(self.encode_video(inputs), text)
        loss = F.cross_entropy(
            logits, labels, label_smoothing=self.label_smooth
        )
        if self.anchor_ids is None:
            return loss
        if self.anchors is None:  # as KgCoOp: once for the class list
            with torch.no_grad():
                none = [None] * len(self.text.transformer.resblocks)
                self.anchors = self._run_text(self.anchor_ids, none)
        cosine = F.cosine_similarity(text, self.anchors)
        return loss + 8.0 * (1 - cosine).mean()

    def predict(self, inputs: Tensor) -> Tensor:
        """(B, V, 3, T, H, W) inputs to (B, C) probabilities.

        Views come one after the other, each with all the texts.
        """
        scores = [
            self.compare(self.encode_video(v), self.encode_texts()).softmax(-1)
            for v in inputs.split(1, dim=1)
        ]
        return torch.stack(scores).mean(0)

    def compare(self, video: Tensor, text: Tensor) -> Tensor:
        """(B, E) videos and (C, E) texts to (B, C) logits."""
        video, text = F.normalize(video, dim=-1), F.normalize(text, dim=-1)
        return self.logit_scale.exp() * video @ text.mT

    def encode_texts(self) -> Tensor:
        """The (C, E) embeddings of the class texts."""
        return self._run_text(self.ids, self._make_prompts('text'))

    def encode_video(self, inputs: Tensor) -> Tensor:
        """(B, 1, 3, T, H, W) inputs to (B, E)."""
        visual, prompts = self.visual, self._make_prompts('visual')
        clips = inputs[:, 0].transpose(1, 2)
        videos, frames = clips.shape[:2]
        x = visual.conv1(clips.flatten(0, 1)).flatten(2).mT
        cls = visual.class_embedding.expand(len(x), 1, -1)
        x = torch.cat([cls, x], dim=1) + visual.positional_embedding
        own = x.size(1)
        for time in self.embeddings:
            x = x + time.vectors.repeat(videos, 1)[:, None]
        if prompts[0] is not None:
            x = torch.cat([x, prompts[0].expand(len(x), -1, -1)], dim=1)
        x = visual.ln_pre(x)
        for i, block in enumerate(visual.transformer.resblocks):
            if i > 0 and prompts[i] is not None:
                new = prompts[i].to(x.dtype).expand(len(x), -1, -1)
                x = torch.cat([x[:, :own], new], dim=1)
            if len(self.adapters[i]):
                x = _run_vita(block, x, self.adapters[i][0], frames)
            else:
                x = block(x)
        x = visual.ln_post(x[:, 0]) @ visual.proj
        return x.unflatten(0, (videos, frames)).mean(1)

    def _run_text(self, ids: Tensor, prompts: Sequence) -> Tensor:
        text, k = self.text, self.num_slots
        x = text.token_embedding(ids)
        for i, block in enumerate(text.transformer.resblocks):
            if prompts[i] is not None:
                new = prompts[i].to(x.dtype).expand(len(x), -1, -1)
                x = torch.cat([x[:, :1], new, x[:, 1 + k :]], dim=1)
            if i == 0:
                x = x + text.positional_embedding
            x = block(x, attn_mask=text.attn_mask)
        x = text.ln_final(x)
        ends = ids.argmax(dim=-1)
        x = x[torch.arange(len(x), device=x.device), ends]
        return x @ text.text_projection

    def _make_prompts(self, tower: str) -> Sequence:
        if self.prompts is None:
            return [None] * len(getattr(self, tower).transformer.resblocks)
        slots = torch.arange(self.num_slots, device=self.ids.device) + 1
        return self.prompts(slots.expand(len(self.ids), -1))[tower]


def named_learned(model: nn.Module) -> list[tuple[str, nn.Parameter]]:
    """What a model learns, by its name in a :class:`Baseline`."""
    parts = re.compile(r'^(backbone|text_encoder|cls_head)\.')
    return [
        (parts.sub('', name), parameter)
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    ]


def _tokenize(template: str, names: Sequence[str]) -> Tensor:
    """Class names to (C, 77) ids, padded with zeros."""
    return SimpleTokenizer()([template.format(name) for name in names])


def _run_vita(
    block: nn.Module, x: Tensor, tokens: nn.Module, frames: int
) -> Tensor:
    """Vita-CLIP: (B * T, L, D) tokens through a block and its own tokens."""
    made = tokens.cls_proj(x[:, 0].unflatten(0, (-1, frames)))
    normed = tokens.summary_ln(made)
    told, _ = tokens.summary_attn(normed, normed, normed, need_weights=False)
    summary = (made + told).flatten(0, 1)[:, None]
    local = (tokens.local_prompts + made).repeat_interleave(frames, dim=0)
    shared = tokens.global_prompts.expand(len(x), -1, -1)
    # [class | T local | G global | patches | summary]
    x = torch.cat([x[:, :1], local, shared, x[:, 1:], summary], dim=1)
    x = x + block.attention(block.ln_1(x))
    x = torch.cat([x[:, :1], x[:, 1 + frames : -1]], dim=1)
    x = x + block.mlp(block.ln_2(x))
    return torch.cat([x[:, :1], x[:, 1 + shared.size(1) :]], dim=1)
