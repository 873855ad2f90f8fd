import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..builder import build_part
from ..features import LayerPrompts, VisualFeatures
from ..roles import TokenPooler
from .calls import Carried, run, wrap
from .layer import Layer, Queries
from .layer_parts import acts_inside, build_layer_parts
from .trunk import VisionTrunk, check_class_token, trunk_of


@MODELS.register_module()
class CLIPVisionTower(BaseModule):
    """CLIP's vision transformer, run layer by layer with prompts.

    A layer's prompts are context tokens.  They join the sequence only if
    the next layer has none of its own, and are then carried on until a layer
    that does, as in ViFi-CLIP and MaPLe.  The last layer computes the class
    token alone, where frames are made of nothing else.

    Args:
        visual: open_clip's ``VisionTransformer`` or ``TimmModel``; given by
            the recognizer.
        adapters: Configs of the modules around and inside each layer,
            outermost first; see :func:`build_layer_parts`.
        embeddings: Configs of what is added to the tokens before ``ln_pre``.
        project: Whether frames are projected into CLIP's joint space, E
            wide; if not, they are the class tokens after ``ln_post`` (AIM).
        patch_tokens: Whether the last layer computes the patch tokens too.
        token_pooler: Config of what makes statistics of all tokens of a
            clip, each embedded as the class tokens are.
        with_cp: Whether layers are recomputed in the backward pass; with
            ``'mlp'`` only their MLPs, which keeps more and computes less.
        compile: Whether layers run through ``torch.compile``: one layer is
            compiled, not the tower, since all others are alike.

    Raises:
        UserError: If ``with_cp`` is none of these, tokens are pooled that
            are not projected or of a tower whose frames are not its class
            tokens, or a part lacks the class token.
    """

    def __init__(
        self,
        visual: nn.Module,
        adapters: Sequence[dict] = (),
        embeddings: Sequence[dict] = (),
        project: bool = True,
        patch_tokens: bool = False,
        token_pooler: dict | None = None,
        with_cp: bool | str = False,
        compile: bool = False,
    ) -> None:
        super().__init__()
        if with_cp not in (True, False, 'mlp'):
            raise UserError(
                f"with_cp={with_cp!r}, expected True, False or 'mlp'"
            )
        self.visual = visual
        self._call = _compiled_call() if compile else _call
        trunk = self.trunk
        known = dict(
            width=trunk.width,
            mlp_width=trunk.blocks[0].mlp.c_fc.out_features,
            heads=trunk.heads,
            depth=len(trunk.blocks),
            num_patches=math.prod(trunk.grid_size),
        )
        self.adapters = build_layer_parts(adapters, **known)
        self.embeddings = nn.ModuleList(
            build_part(e, **known) for e in embeddings
        )
        self.project = project
        self.patch_tokens = patch_tokens
        if token_pooler is not None and not project:
            raise UserError('token_pooler needs project=True')
        self.token_pooler = build_part(
            token_pooler, TokenPooler, embed_dim=self.out_dim
        )
        self.with_cp = with_cp
        parts = [*self.embeddings, *chain.from_iterable(self.adapters)]
        check_class_token(trunk, [*parts, self.token_pooler])
        if self.token_pooler is not None and trunk.queries is None:
            raise UserError(
                'token_pooler embeds tokens as class tokens are, but the '
                'vision tower of this CLIP makes frames in another way'
            )

    @property
    def trunk(self) -> VisionTrunk:
        """The tower's parts under names that all towers share."""
        return trunk_of(self.visual)

    @property
    def out_dim(self) -> int:
        """Width of the frame embeddings."""
        return self.trunk.out_dim(self.project)

    @property
    def mixes_frames(self) -> bool:
        """Whether what a frame gives may depend on the others of its clip.

        CLIP's own layers and the prompts see one frame at a time.  What is
        put around or before the layers is taken to see several unless it
        has ``mixes_frames = False``.
        """
        if self.token_pooler is not None:
            return True
        parts = [*self.embeddings, *chain.from_iterable(self.adapters)]
        return any(getattr(part, 'mixes_frames', True) for part in parts)

    def forward(
        self, frames: Tensor, prompts: LayerPrompts | None = None
    ) -> VisualFeatures:
        """(B, T, 3, H, W) frames to (B, T, E) embeddings and the tokens.

        Args:
            frames: Normalised pixels.
            prompts: For each layer (K, D) or (B, T, K, D), or None.
        """
        trunk = self.trunk
        depth = len(trunk.blocks)
        prompts = [None] * depth if prompts is None else list(prompts)
        if prompts[0] is not None:
            prompts[0] = trunk.normalize(prompts[0])
        tokens = self.embed(frames)
        num_tokens = tokens.size(2)
        handed_on: list[Tensor | None] = [None]
        for i in range(depth):
            prompt, queries = prompts[i], None
            if prompt is not None:
                tokens = tokens[:, :, :num_tokens]
            if _survives(prompts, i):
                tokens = _append(tokens, prompt)
                prompt = None
            everything = self.patch_tokens or self.token_pooler
            if i == depth - 1 and not everything:
                queries = trunk.queries
            layer = partial(self._call, self._layer(i, trunk, handed_on[-1]))
            recompute = self.with_cp is True
            out = run(layer, tokens, prompt, queries, recompute)
            tokens, carried = out if isinstance(out, Carried) else (out, None)
            handed_on.append(carried)
        tokens = tokens[:, :, :num_tokens]
        pooled = trunk.pool(tokens.flatten(0, 1), self.project)
        frames = pooled.unflatten(0, tokens.shape[:2])
        features = VisualFeatures(frames, tokens, carried=(*handed_on[1:],))
        if self.token_pooler is None:
            return features
        embedded = self.embed_tokens(tokens.flatten(0, 1))
        embedded = embedded.unflatten(0, tokens.shape[:2])
        return features._replace(statistics=self.token_pooler(embedded))

    def embed_tokens(self, tokens: Tensor) -> Tensor:
        """(B, N, D) tokens after a layer to (B, N, E), as class tokens are."""
        # each as the class token of an image of its own
        alone = tokens.flatten(0, 1)[:, None]
        embedded = self.trunk.pool(alone, self.project)
        return embedded.unflatten(0, tokens.shape[:2])

    def _layer(
        self, i: int, trunk: VisionTrunk, carried: Tensor | None
    ) -> Callable:
        """Layer i with all that stands around it and acts inside it."""
        inside = [part for part in self.adapters[i] if acts_inside(part)]
        around = [part for part in self.adapters[i] if not acts_inside(part)]
        if around and getattr(around[-1], 'carries', False):
            around[-1] = partial(around[-1], carried=carried)
        layer = Layer(
            trunk.blocks[i],
            recompute_mlp=self.with_cp == 'mlp',
            inside=inside,
            rotation=trunk.rotation,
        )
        return wrap(layer, around)

    def embed(self, frames: Tensor) -> Tensor:
        """(B, T, 3, H, W) frames to (B, T, N, D) tokens after ``ln_pre``.

        The residual stream stays in the precision of the weights, also
        under autocast.

        Raises:
            UserError: If the frames do not have CLIP's resolution.
        """
        trunk = self.trunk
        if frames.shape[-2:] != torch.Size(trunk.image_size):
            raise UserError(
                f'frames of {tuple(frames.shape[-2:])} pixels given, this '
                f'CLIP takes {trunk.image_size}'
            )
        tokens = trunk.patches(frames.flatten(0, 1))
        tokens = tokens.unflatten(0, frames.shape[:2])
        for embedding in self.embeddings:
            tokens = embedding(tokens)
        return trunk.normalize(tokens)


def _call(
    layer: Callable,
    tokens: Tensor,
    context: Tensor | None,
    queries: Queries | None,
) -> Tensor | Carried:
    return layer(tokens, context=context, queries=queries)


def _compiled_call() -> Callable:
    """The call of any layer, compiled for each of its variants.

    They differ in gradients, context, queries and the size of the batch; after
    a training and its validations that is more than PyTorch's limit of 8,
    beyond which it would compile no more.
    """
    config = torch._dynamo.config
    config.recompile_limit = max(config.recompile_limit, 64)
    return torch.compile(_call)


def _survives(prompts: LayerPrompts, i: int) -> bool:
    """Whether the next layer reads what layer i makes of its prompts."""
    following = prompts[i + 1 : i + 2]
    return prompts[i] is not None and following == [None]


def _append(tokens: Tensor, prompt: Tensor) -> Tensor:
    prompt = prompt.to(tokens.dtype).expand(*tokens.shape[:2], -1, -1)
    return torch.cat([tokens, prompt], dim=2)
