"""Published checkpoints become models of ours, weight by weight."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import published
import published_bdc
import published_distillation
import published_lora
import published_ost
import published_retrieval
import published_sharing
import published_tc_clip
import published_temporal
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.registry import DefaultScope
from published import ARCH, CLASSES, FRAMES, SCALE, TEXT, VISUAL
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from vlprompt import converters
from vlprompt.cli.convert import main
from vlprompt.errors import UserError
from vlprompt.models import load_clip
from vlprompt.models.clip.arch import infer_arch
from vlprompt.registry import MODELS
from vlprompt.utils import register_all_modules

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT.parent / 'shared/goldens/vificlip_vl.pt'
NAMES = ('archery', 'riding a bike', 'tai chi')
RELEASES = {
    **published.RELEASES,
    **published_bdc.RELEASES,
    **published_distillation.RELEASES,
    **published_ost.RELEASES,
    **published_retrieval.RELEASES,
    **published_sharing.RELEASES,
    **published_lora.RELEASES,
    **published_tc_clip.RELEASES,
    **published_temporal.RELEASES,
}
# Their towers have no projection, and there are no texts.
WITHOUT_TEXT = ('aim', 'zeroi2v', 'st-adapter')
KINDS = {
    'vifi': published.vifi_prompts,
    'vita': published.vita,
    'xclip': published.xclip,
    'tc-clip': published_tc_clip.tc_clip,
    'actionclip': published.actionclip,
    'mmaction-actionclip': published.mmaction,
    'a5': published.a5,
    'aim': published.aim,
    'bdc': published_bdc.bdc,
    'st-adapter': published_temporal.st_adapter,
    't2l': published_temporal.t2l,
    'mote': published_temporal.mote,
    'zeroi2v': published_sharing.zeroi2v,
    'clip4clip': lambda: published.clip4clip('tightTransf'),
    'clip-lora': published_lora.clip_lora_model,
    'promptsrc': published_distillation.promptsrc,
    'xpool': published_retrieval.xpool,
    'tmass': published_retrieval.tmass,
    'wti': published_retrieval.wti,
    'maple': published.maple,
    'huggingface': published.huggingface,
}


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Run in an empty folder and leave no default scope behind."""
    monkeypatch.chdir(tmp_path)
    scopes = dict(DefaultScope._instance_dict)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield tmp_path
    torch.set_num_threads(threads)
    DefaultScope._instance_dict.clear()
    DefaultScope._instance_dict.update(scopes)
    empty(tmp_path)


def empty(folder: Path) -> None:
    """Take away files of some megabytes."""
    for file in folder.rglob('*'):
        if file.is_file() and file.stat().st_size > 2**20:
            file.unlink()


@pytest.fixture(scope='session')
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file of the CLIP that checkpoints are trained on."""
    path = tmp_path_factory.mktemp('base') / 'clip.safetensors'
    save_file(published.base_clip(), path)
    return str(path)


def clip_flag(release: published.Release, base: str) -> list[str]:
    """``--clip`` where it is needed."""
    return ['--clip', base] if release.base else []


def load(out: str, config: str) -> tuple[nn.Module, Config]:
    """The model of a written config with the written checkpoint."""
    config = Config.fromfile(config)
    model = MODELS.build(config.model)
    checkpoint = torch.load(out, weights_only=True)
    model.load_state_dict(checkpoint['state_dict'])
    return model.eval(), config


def at(config: Config, path: str):
    """What a config has at a dotted path, None if nothing."""
    for key in path.split('.'):
        if config is None:
            return None
        config = config[int(key)] if key.isdigit() else config.get(key)
    return config


def run(model: nn.Module, release: published.Release) -> None:
    """Class scores of random frames, or features of them and captions."""
    torch.manual_seed(0)
    inputs = torch.randn(2, 1, 3, FRAMES, 32, 32)
    samples = [
        ActionDataSample(metainfo=dict(text=NAMES[i])).set_gt_label(i)
        for i in range(2)
    ]
    if release.kind == 'ost':
        model.texts.levels = [{name: ['one', 'two'] for name in NAMES}] * 2
    if release.kind in ('bdc', 'froster'):
        model.texts.descriptions = {name: ['one', name] for name in NAMES}
    if not release.captions:
        model.set_classes(NAMES)
    with torch.no_grad():
        results = model.predict(inputs, samples)
    for result in results:
        if release.captions:
            shape = (FRAMES, 64) if model.pooler.keeps_frames else (64,)
            assert result.video_feature.shape == shape
            assert result.text_feature.isfinite().all()
        else:
            assert result.pred_score.shape == (CLASSES,)
            assert result.pred_score.isfinite().all()
            assert result.pred_score.sum().item() == pytest.approx(1)
    if not release.captions:
        first, second = (r.pred_score for r in results)
        assert not torch.equal(first, second)


def same(ours: dict, expected: dict, but: tuple[str, ...] = ()) -> None:
    """Exactly the expected tensors, but for some names, in float32."""
    assert set(ours) - set(but) == set(expected)
    wrong = [
        name
        for name, tensor in expected.items()
        if not torch.equal(ours[name].detach(), tensor.float())
    ]
    assert not wrong
    assert {t.dtype for t in ours.values()} == {torch.float32}


class Converted(NamedTuple):
    """A release, and what the command has made of it."""

    release: published.Release
    written: list[str]
    model: nn.Module
    config: Config
    clip_file: str


@pytest.fixture(scope='module', params=RELEASES)
def converted(
    request: pytest.FixtureRequest,
    base: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Converted]:
    """Each release, converted by the command and built from its files."""
    release = RELEASES[request.param]()
    folder = tmp_path_factory.mktemp('release')
    torch.save(release.content, folder / 'published.pth')
    out = folder / 'new/ours.pth'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultScope, '_instance_dict', {})
        main(
            [release.kind, str(folder / 'published.pth'), str(out)]
            + clip_flag(release, base)
        )
        model, config = load(str(out), str(out.with_suffix('.py')))
    written = sorted(os.listdir(out.parent))
    clip_file = str(out.with_suffix('.clip.safetensors'))
    yield Converted(release, written, model, config, clip_file)
    empty(folder)


class TestEveryRelease:
    """Of each project and each of its variants."""

    def test_every_tensor_arrives_where_it_belongs(self, converted):
        """All parameters but the logit scale, see below."""
        ours = dict(converted.model.named_parameters())
        expected = dict(converted.release.expected)
        assert (SCALE in ours) == (SCALE in expected)
        ours.pop(SCALE, None)
        expected.pop(SCALE, None)
        bare = converted.release.kind in WITHOUT_TEXT
        same(ours, expected, but=(VISUAL + 'proj',) if bare else ())

    def test_the_logit_scale_is_the_published_one(self, converted):
        expected = converted.release.expected.get(SCALE)
        if expected is not None:
            found = converted.model.cls_head.logit_scale.item()
            assert found == pytest.approx(expected.item())

    def test_the_config_says_what_the_shapes_say(self, converted):
        release, cfg = converted.release, converted.config.model
        for path, number in release.numbers.items():
            assert (path, at(cfg, path)) == (path, number)
        if release.kind not in WITHOUT_TEXT:
            assert at(cfg, 'clip.arch').to_dict() == ARCH
        assert at(cfg, 'clip.arch.vision_cfg') == ARCH['vision_cfg']
        assert at(cfg, 'clip.pretrained') == converted.clip_file

    def test_what_was_trained_is_trained(self, converted):
        learned = converted.release.learned
        if learned:
            for name, p in converted.model.named_parameters():
                assert (name, p.requires_grad) == (
                    name,
                    name.startswith(learned),
                )

    def test_the_model_runs(self, converted):
        run(converted.model, converted.release)

    def test_three_files_are_written(self, converted):
        assert converted.written == [
            'ours.clip.safetensors',
            'ours.pth',
            'ours.py',
        ]


def test_vita_clip_of_text_prompts_alone():
    """All three kinds of tokens can be switched off."""
    release = published.vita(local=False, summary=False, num_global=0)
    torch.save(release.content, 'a.pth')
    main(['vita', 'a.pth', 'out.pth'])
    model, config = load('out.pth', 'out.py')
    same(dict(model.named_parameters()), release.expected)
    run(model, release)


@pytest.mark.parametrize('suffix', ['.bin', '.safetensors'])
def test_clip_of_hugging_face(suffix):
    release = published.huggingface()
    if suffix == '.bin':
        torch.save(release.content, 'model.bin')
    else:
        save_file(
            {k: v.contiguous() for k, v in release.state.items()},
            'model.safetensors',
        )
    main(['huggingface', f'model{suffix}', 'clip.safetensors'])
    same(load_file('clip.safetensors'), release.expected)
    clip = load_clip(ARCH, 'clip.safetensors')
    assert torch.equal(
        clip.visual.proj, release.expected['visual.proj'].float()
    )


def test_clip_of_openai():
    make = published.Maker(20, half=True)
    state, _ = published.openai(make)
    torch.save({**state, **published.BUFFERS}, 'ViT.pt')
    main(['openai', 'ViT.pt', 'clip.safetensors'])
    same(load_file('clip.safetensors'), state)


@pytest.mark.parametrize(
    'prefix',
    ['', 'module.', '_orig_mod.', '_orig_mod.module.', 'module._orig_mod.'],
)
@pytest.mark.parametrize('kind', ['vita', 'xclip', 'clip4clip'])
def test_prefixes_of_training_are_taken_off(kind, prefix):
    release = KINDS[kind]()
    plain = converters.convert(kind, release.state)
    state = published.under(prefix, release.state)
    content = state if kind == 'clip4clip' else dict(model=state, epoch=3)
    wrapped = converters.convert(kind, content)
    for ours, theirs in (
        (wrapped.clip, plain.clip),
        (wrapped.parts, plain.parts),
    ):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert wrapped.model == plain.model


@pytest.mark.parametrize('legacy', [False, True])
def test_the_old_format_of_pytorch(legacy):
    release = published.clip4clip('seqLSTM')
    name = 'pytorch_model.bin.3'
    torch.save(
        release.content, name, _use_new_zipfile_serialization=not legacy
    )
    content = converters.read('clip4clip', name)
    assert content.keys() == release.state.keys()
    for key, tensor in release.state.items():
        assert torch.equal(content[key], tensor)
        assert content[key].dtype == tensor.dtype


def test_given_config_keeps_all_but_its_model():
    release = published.clip4clip()
    torch.save(release.content, 'a.bin')
    Path('base.py').write_text(
        "default_scope = 'vlprompt'\n"
        "model = dict(type='Other', texts=dict(type='Old'),\n"
        "    data_preprocessor=dict(type='ActionDataPreprocessor',\n"
        "        mean=[1.0] * 3, std=[2.0] * 3, format_shape='NCTHW'))\n"
        'train_cfg = dict(max_epochs=3)\n'
    )
    main(['clip4clip', 'a.bin', 'a.pth', '--config', 'base.py'])
    model, config = load('a.pth', 'a.py')
    assert config.train_cfg.max_epochs == 3
    assert config.model.type == 'VideoTextRecognizer'
    assert config.model.texts.type == 'CaptionTexts'
    assert model.data_preprocessor.mean.flatten().tolist() == [1.0] * 3


PUBLISHED_CLIPS = {
    'ViT-B-16-quickgelu': (768, 16, 224, 12, 512, 512),
    'ViT-B-32-quickgelu': (768, 32, 224, 12, 512, 512),
    'ViT-L-14-quickgelu': (1024, 14, 224, 24, 768, 768),
    'ViT-L-14-336-quickgelu': (1024, 14, 336, 24, 768, 768),
}


@pytest.mark.parametrize('name', PUBLISHED_CLIPS)
def test_clips_that_openai_published_are_called_by_name(name):
    width, patch, size, layers, text_width, embed = PUBLISHED_CLIPS[name]
    empty = torch.empty(1, device='meta')
    shapes = {
        'visual.conv1.weight': (width, 3, patch, patch),
        'visual.proj': (width, embed),
        'visual.positional_embedding': ((size // patch) ** 2 + 1, width),
        'token_embedding.weight': (49408, text_width),
        'positional_embedding': (77, text_width),
        'text_projection': (text_width, embed),
    }
    clip = {key: empty.expand(1).new_empty(s) for key, s in shapes.items()}
    for tower, num in (('visual.transformer', layers), ('transformer', 12)):
        for i in range(num):
            clip[f'{tower}.resblocks.{i}.attn.in_proj_weight'] = empty
    assert infer_arch(clip) == name
    del clip['transformer.resblocks.11.attn.in_proj_weight']
    arch = infer_arch(clip)
    assert arch['text_cfg'] == dict(
        context_length=77,
        vocab_size=49408,
        width=text_width,
        heads=text_width // 64,
        layers=11,
    )
    assert arch['vision_cfg']['patch_size'] == patch
    assert arch['vision_cfg']['image_size'] == size
    assert arch['embed_dim'] == embed


def small(tensors: dict) -> dict:
    """The same with a table of words that takes no room in a file."""
    name = next(
        (n for n in tensors if n.endswith('token_embedding.weight')), ''
    )
    if not name:
        return dict(tensors)
    return {**tensors, name: torch.zeros(1, 64).expand(49408, 64)}


def refusal(*args: str) -> str:
    """The message of a conversion that is refused and writes no OUT."""
    out = Path(args[2])
    with pytest.raises(UserError) as caught:
        main(args)
    assert not out.exists()
    assert not out.with_suffix('.py').exists()
    return str(caught.value)


LEFTOVERS = {
    'vifi': ('prompt_learner.gate', 'image_encoder.gate', 'gate.weight'),
    'vita': ('visual.blocks.0.gate', 'textual.gate', 'prompt_learner.gate'),
    'tc-clip': ('prompt_learner.gate', 'gate.weight'),
    'xclip': ('mit.gate', 'prompts_generator.gate', 'visual.gate'),
    'actionclip': ('fusion.gate', 'visual.gate'),
    'mmaction-actionclip': ('adapter.gate', 'clip.gate'),
    'a5': ('gate.weight', 'temporalModelling.gate'),
    'aim': ('cls_head.gate', 'backbone.gate'),
    'st-adapter': ('gate.weight', 'fc.gate', 'ln_pre.gate.weight'),
    'mote': ('fusion.gate', 'gate.weight'),
    't2l': ('gate.weight', 'visual.transformer.gate', 'visual.gate'),
    'zeroi2v': ('cls_head.gate', 'backbone.gate'),
    'clip4clip': ('cross.gate', 'gate.weight'),
    'clip-lora': ('gate.weight', 'visual.transformer.gate'),
    'xpool': ('pool_frames.gate', 'clip.gate'),
    'tmass': ('stochastic.gate', 'pool_frames.gate'),
    'wti': ('text_weight_fc.gate.0', 'clip.gate'),
    'maple': ('prompt_learner.gate', 'text_encoder.gate'),
    'promptsrc': ('prompt_learner.gate', 'text_encoder.gate'),
    'huggingface': ('vision_model.gate', 'gate'),
}


@pytest.mark.parametrize(
    ('kind', 'left'),
    [(kind, left) for kind, keys in LEFTOVERS.items() for left in keys],
)
def test_a_tensor_that_nobody_knows_is_named(kind, left, base):
    release = KINDS[kind]()
    state = {**small(release.state), left: torch.ones(3)}
    place = {'vifi': 'model', 'vita': 'model', 'xclip': 'model'}
    content = {place.get(kind, 'state_dict'): state}
    if kind in ('actionclip', 'mote'):
        content = dict(model_state_dict=state)
    if kind in ('clip4clip', 'wti'):
        content = state
    torch.save(content, 'a.pth')
    suffix = '.safetensors' if kind == 'huggingface' else '.pth'
    message = refusal(kind, 'a.pth', f'out{suffix}', *clip_flag(release, base))
    assert 'gate' in message


MISSING = {
    'vifi': (
        'prompt_learner.ctx',
        'image_encoder.VPT',
        'image_encoder.transformer.resblocks.1.VPT_shallow',
    ),
    'vita': (
        'logit_scale',
        'visual.pos_embed',
        'visual.cls_token',
        'visual.proj',
        'visual.patch_embed.proj.weight',
        'visual.blocks.1.attn.k_proj.bias',
        'visual.blocks.1.norm2.weight',
        'visual.blocks.2.local_prompts',
        'visual.blocks.0.cls_proj.weight',
        'visual.blocks.1.summary_ln.bias',
        'visual.blocks.1.summary_attn_layer.q_proj.weight',
        'visual.blocks.1.summary_attn_layer.out_proj.bias',
        'textual.positional_embedding',
        'textual.token_embedding.weight',
    ),
    'bdc': (
        'logit_scale_clip',
        'logits_scale_vision',
        'vision_norm.bias',
        'text_norm.weight',
        'vision_reduce.weight',
        'text_reduce.weight',
        'vision_q_proj.weight',
        'vision_k_proj.weight',
        'vision_bdc_head.bias',
        'image_encoder.proj',
        'text_encoder.ln_final.weight',
    ),
    'xclip': (
        'logit_scale',
        'positional_embedding',
        'token_embedding.weight',
        'visual.conv1.weight',
        'visual.positional_embedding',
        'visual.proj',
        'visual.transformer.resblocks.1.ln_1.weight',
        'visual.transformer.resblocks.1.message_fc.bias',
        'mit.positional_embedding',
        'mit.resblocks.0.mlp.c_fc.weight',
        'prompts_generator.alpha',
        'prompts_generator.decoder.1.cross_attn.proj.bias',
        'prompts_visual_proj',
    ),
    'tc-clip': (
        'logit_scale',
        'image_encoder.transformer.resblocks.1.attn.k_proj.bias',
        'image_encoder.transformer.resblocks.2.attn.local_global_bias_table',
        'text_encoder.prompt_generation_layer.0.ln_1_kv.bias',
        'text_encoder.prompt_generation_layer.0.attn.in_proj_weight',
        'prompt_learner.ctx',
        'text_encoder.ln_final.weight',
    ),
    'actionclip': (
        'fusion.frame_position_embeddings.weight',
        'fusion.transformer.resblocks.1.ln_2.bias',
        'visual.positional_embedding',
    ),
    'mmaction-actionclip': (
        'adapter.frame_position_embeddings.weight',
        'adapter.transformer.resblocks.1.attn.in_proj_weight',
        'clip.visual.conv1.weight',
    ),
    'a5': (
        'embedding.weight',
        'temporalEmbedding.weight',
        'temporalModelling.resblocks.0.ln_1.weight',
        'clipmodel.text_projection',
    ),
    'aim': (
        'backbone.temporal_embedding',
        'backbone.transformer.resblocks.0.T_Adapter.D_fc1.weight',
        'backbone.transformer.resblocks.1.T_Adapter.D_fc1.weight',
        'backbone.transformer.resblocks.2.S_Adapter.D_fc2.bias',
        'backbone.positional_embedding',
        'backbone.conv1.weight',
        'cls_head.fc_cls.weight',
        'cls_head.fc_cls.bias',
    ),
    'st-adapter': (
        'fc.bias',
        'conv1.weight',
        'transformer.resblocks.1.ln_1.bias',
        'transformer.resblocks.0.adapter_pre_mlp.fc1.weight',
        'transformer.resblocks.1.adapter_pre_mlp.conv.bias',
    ),
    'mote': (
        'logit_scale',
        'visual.positional_embedding',
        'fusion.spe_cls_feature',
        'fusion.frame_position_embeddings.weight',
        'fusion.transformer.resblocks.1.ln_1.weight',
        'fusion.transformer.resblocks.1.attn.in_proj_bias',
        'fusion.transformer.resblocks.0.mlp.fc_up.1.weight',
        'fusion.transformer.resblocks.1.mlp.fc_dn.2.bias',
    ),
    't2l': (
        'visual.transformer.resblocks.0.Adapter.D_fc1.weight',
        'visual.transformer.resblocks.1.Adapter.D_fc2.bias',
        'transformer.resblocks.0.Adapter.D_fc1.weight',
        'transformer.resblocks.1.Adapter.D_fc1.bias',
        'ln_final.weight',
    ),
    'zeroi2v': (
        'backbone.temporal_embedding',
        'backbone.transformer.resblocks.0.T_Adapter_in.D_fc1.weight',
        'backbone.transformer.resblocks.2.MLP_Adapter_out.D_fc2.bias',
        'backbone.transformer.resblocks.1.ln_2.weight',
        'backbone.class_embedding',
        'backbone.conv1.weight',
        'cls_head.fc_cls.weight',
        'cls_head.fc_cls.bias',
    ),
    'clip4clip': (
        'cross.embeddings.position_embeddings.weight',
        'cross.pooler.dense.weight',
        'similarity_dense.bias',
        'clip.ln_final.weight',
    ),
    'clip-lora': (
        'visual.transformer.resblocks.0.attn.q_proj.w_lora_A',
        'visual.transformer.resblocks.1.attn.v_proj.w_lora_B',
        'visual.transformer.resblocks.2.attn.k_proj.weight',
        'transformer.resblocks.1.attn.q_proj.bias',
        'transformer.resblocks.0.attn.proj.weight',
        'visual.positional_embedding',
    ),
    'xpool': (
        'pool_frames.cross_attn.v_proj.bias',
        'pool_frames.linear_proj.weight',
        'pool_frames.layer_norm2.weight',
        'clip.logit_scale',
        'clip.text_projection.weight',
        'clip.vision_model.encoder.layers.1.mlp.fc1.bias',
    ),
    'tmass': (
        'stochastic.std_branch.linear_proj.weight',
        'stochastic.std_branch.linear_proj.bias',
        'pool_frames.layer_norm1.bias',
    ),
    'wti': (
        'text_weight_fc.0.weight',
        'video_weight_fc.2.bias',
        'frame_position_embeddings.weight',
        'transformerClip.resblocks.1.ln_2.bias',
        'clip.text_projection',
    ),
    'maple': (
        'prompt_learner.ctx',
        'prompt_learner.proj.weight',
        'prompt_learner.compound_prompts_text.0',
        'prompt_learner.compound_prompt_projections.0.bias',
    ),
    'huggingface': (
        'visual_projection.weight',
        'text_projection.weight',
        'vision_model.embeddings.position_embedding.weight',
        'text_model.encoder.layers.1.self_attn.q_proj.weight',
        'text_model.encoder.layers.1.mlp.fc1.bias',
        'text_model.final_layer_norm.weight',
        'logit_scale',
    ),
}


def convert_and_build(kind: str, state: dict, base: dict | None) -> None:
    """All that the command does before it writes OUT."""
    conversion = converters.convert(kind, state, base)
    converters.save_clip(conversion.clip, 'clip.safetensors')
    converters.build(conversion, 'clip.safetensors')


@pytest.mark.parametrize(
    ('kind', 'gone'),
    [(kind, gone) for kind, keys in MISSING.items() for gone in keys],
)
def test_a_tensor_that_is_missing_is_a_users_error(kind, gone, base):
    release = KINDS[kind]()
    state = small(release.state)
    del state[gone]
    given = small(load_file(base)) if release.base else None
    if kind == 'huggingface':
        torch.save(state, 'a.bin')
        refusal(kind, 'a.bin', 'clip.safetensors')
        return
    with pytest.raises(UserError):
        convert_and_build(kind, state, given)


@pytest.mark.parametrize(
    'gone',
    [
        'image_encoder.proj',
        'text_encoder.ln_final.weight',
        'image_encoder.transformer.resblocks.1.ln_1.bias',
        'logit_scale',
    ],
)
@pytest.mark.parametrize('kind', ['vifi', 'maple'])
def test_what_a_tower_lacks_is_not_taken_from_another_clip(kind, gone, base):
    """Of what ``--clip`` gives only the word embeddings are wanted."""
    make = dict(vifi=published.vifi, maple=published.maple)[kind]
    state = make().state
    del state[gone]
    with pytest.raises(UserError):
        converters.convert(kind, state, small(load_file(base)))


@pytest.mark.parametrize('given', KINDS)
def test_a_file_of_another_kind_is_a_users_error(given):
    """The towers of a CLIP alone fit several kinds; these have more."""
    release = KINDS[given]()
    base = small(published.base_clip())
    crashes = {}
    for kind in KINDS:
        # PromptSRC's prompts are in ViFi-CLIP's layout, and are the same.
        if kind == given or (given, kind) == ('vifi', 'promptsrc'):
            continue
        try:
            convert_and_build(kind, small(release.state), base)
            crashes[kind] = 'taken'
        except UserError:
            pass
        except Exception as error:
            crashes[kind] = repr(error)
    assert not crashes


def test_actionclips_fusion_has_the_heads_of_the_text_tower():
    """Its width is that of the embeddings, which may be another."""
    state = published.actionclip().state
    state['ln_final.weight'] = torch.zeros(2 * published.WIDTH)
    model = converters.convert('actionclip', state).model
    assert model['pooler']['heads'] == 2


@pytest.mark.parametrize(
    ('kind', 'make'),
    [
        ('clip4clip', lambda: published.clip4clip('seqTransf')),
        ('wti', published_retrieval.wti),
    ],
)
def test_blocks_over_frames_have_the_heads_of_the_text_tower(kind, make):
    """CLIP4Clip and DRL take them from its width, as ActionCLIP does."""
    state = dict(make().state)
    state['clip.ln_final.weight'] = torch.zeros(2 * published.WIDTH)
    model = converters.convert(kind, state).model
    assert model['pooler']['heads'] == 2


def test_an_unknown_kind_is_refused():
    with pytest.raises(UserError, match='coop'):
        converters.convert('coop', published.vifi().state)


@pytest.mark.parametrize(
    'name',
    [
        'vifi fine-tuned',
        'vifi with prompts in both towers',
        'maple',
        'tc-clip',
    ],
)
def test_word_embeddings_have_to_be_given(name):
    release = RELEASES[name]()
    torch.save(release.content, 'a.pth')
    message = refusal(release.kind, 'a.pth', 'out.pth')
    assert 'word embeddings' in message
    assert '--clip' in message


def test_prompts_without_towers_need_a_clip():
    torch.save(published.maple(towers=False).content, 'a.pth')
    assert '--clip' in refusal('maple', 'a.pth', 'out.pth')


def test_clip_that_is_no_file(base):
    torch.save(published.vifi().content, 'a.pth')
    message = refusal('vifi', 'a.pth', 'out.pth', '--clip', 'gone.pt')
    assert 'gone.pt' in message


@pytest.mark.parametrize(
    ('kind', 'out', 'suffix'),
    [
        ('clip4clip', 'out.bin', '.pth'),
        ('clip4clip', 'out.safetensors', '.pth'),
        ('huggingface', 'out.pth', '.safetensors'),
        ('openai', 'out.pth', '.safetensors'),
    ],
)
def test_names_of_the_wrong_suffix_are_refused(kind, out, suffix):
    state = small(published.huggingface().state)
    if kind != 'huggingface':
        prefix = 'clip.' if kind == 'clip4clip' else ''
        state, _ = published.openai(published.Maker())
        state = published.under(prefix, small(state))
    torch.save(state, 'a.bin')
    message = refusal(kind, 'a.bin', out)
    assert out in message
    assert suffix in message


@pytest.mark.parametrize('reason', ['suffix', 'leftover', 'missing'])
def test_a_conversion_that_fails_leaves_nothing_beside_out(reason, base):
    state, out = published.clip4clip('seqTransf').state, 'new/out.pth'
    if reason == 'suffix':
        out = 'new/out.bin'
    elif reason == 'leftover':
        state['clip.visual.transformer.resblocks.0.gate'] = torch.ones(3)
    else:
        del state['transformerClip.resblocks.0.ln_1.bias']
    torch.save(small(state), 'a.bin')
    refusal('clip4clip', 'a.bin', out)
    assert not Path('new').exists() or os.listdir('new') == []


def test_a_conversion_that_fails_keeps_what_an_earlier_one_wrote():
    state = small(published.clip4clip('seqTransf').state)
    torch.save(state, 'a.bin')
    main(['clip4clip', 'a.bin', 'out.pth'])
    files = ('out.pth', 'out.py', 'out.clip.safetensors')
    before = {name: Path(name).read_bytes() for name in files}
    del state['transformerClip.resblocks.0.ln_1.bias']
    state['clip.visual.proj'] = state['clip.visual.proj'] + 1
    torch.save(state, 'b.bin')
    with pytest.raises(UserError):
        main(['clip4clip', 'b.bin', 'out.pth'])
    changed = [n for n in files if Path(n).read_bytes() != before[n]]
    assert not changed


@pytest.fixture(scope='session')
def whole_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small checkpoint of a kind that does not matter, in all formats."""
    folder = tmp_path_factory.mktemp('whole')
    state = {f'clip.a{i}': torch.ones(100) for i in range(9)}
    torch.save(state, folder / 'new.pth')
    torch.save(state, folder / 'old.pth', _use_new_zipfile_serialization=False)
    save_file(state, folder / 'safe.safetensors')
    return folder


@pytest.mark.parametrize('name', ['new.pth', 'old.pth', 'safe.safetensors'])
@pytest.mark.parametrize('share', [0, 0.01, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_a_users_error(whole_file, name, share):
    data = (whole_file / name).read_bytes()
    Path(name).write_bytes(data[: int(share * len(data))])
    assert name in refusal('clip4clip', name, 'out.pth')


@pytest.mark.parametrize('byte', [0, 29])
def test_a_damaged_directory_is_a_users_error(whole_file, byte):
    """Of a zip archive, which is what PyTorch writes."""
    data = bytearray((whole_file / 'new.pth').read_bytes())
    data[data.index(b'PK\x01\x02') + byte] ^= 0x55
    Path('new.pth').write_bytes(data)
    assert 'new.pth' in refusal('clip4clip', 'new.pth', 'out.pth')


@pytest.mark.parametrize(
    'data',
    [
        b'version https://git-lfs.github.com/spec/v1\noid sha256:12\n',
        b'<!DOCTYPE html><html></html>',
        b'Not Found',
        b'{"message": "Not Found"}',
        b'\x00' * 64,
        b'\xff' * 64,
        b'PK\x03\x04' + b'\x00' * 64,
        b'\x80\x02}q\x00.',
        b'\x80\x02h\x05.',
        b'',
    ],
)
def test_a_file_of_something_else_is_a_users_error(data):
    Path('a.pth').write_bytes(data)
    assert 'a.pth' in refusal('clip4clip', 'a.pth', 'out.pth')


def test_a_file_that_does_not_exist_is_a_users_error():
    assert 'gone.pth' in refusal('vita', 'gone.pth', 'out.pth')


def test_a_file_without_weights_is_a_users_error():
    torch.save(dict(epoch=3, model={}), 'a.pth')
    refusal('vita', 'a.pth', 'out.pth')
    torch.save([torch.ones(2)], 'a.pth')
    assert 'a.pth' in refusal('vita', 'a.pth', 'out.pth')


@pytest.mark.parametrize('kind', ['vifi', 'clip4clip', 'huggingface'])
def test_archives_of_torchscript_are_for_openai(kind):
    torch.jit.script(nn.Linear(2, 2)).save('ViT-B-16.pt')
    suffix = 'safetensors' if kind == 'huggingface' else 'pth'
    message = refusal(kind, 'ViT-B-16.pt', f'out.{suffix}')
    assert 'TorchScript' in message
    assert 'openai' in message


class Call:
    """Calls something when it is unpickled."""

    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


class CallState(dict):
    """Does so as the state of a dict that is made anew."""

    def __reduce__(self):
        call = Call(open, 'state', 'w')
        return dict, (), call, iter([call]), iter([('a', call)])


def _config_node():
    """A nested config of a class that nobody can import later."""
    module = ModuleType('yacs_of_long_ago')

    class CfgNode(dict):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.__dict__['__immutable__'] = True

        def __getattr__(self, name):
            return self[name]

    CfgNode.__module__ = module.__name__
    CfgNode.__qualname__ = 'CfgNode'
    module.CfgNode = CfgNode
    sys.modules[module.__name__] = module
    return CfgNode(DATA=CfgNode(ROOT='data', SIZES=[1, 2]), LR=8e-6)


@pytest.mark.parametrize('zipped', [True, False])
def test_nothing_in_a_checkpoint_is_run(zipped):
    release = published.clip4clip()
    evil = [
        Call(os.system, 'touch system'),
        Call(open, 'open', 'w'),
        Call(eval, "open('eval', 'w')"),
        Call(exec, "open('exec', 'w')"),
        Call(getattr, Path('getattr'), 'touch'),
        Call(torch.load, 'torch'),
        Call(torch.save, {}, 'save'),
        CallState(),
    ]
    content = dict(
        state_dict=small(release.state),
        config=Call(os.system, 'touch config'),
        args=evil,
        nested={'a': {'b': (Call(open, 'nested', 'w'),)}},
    )
    torch.save(content, 'a.pth', _use_new_zipfile_serialization=zipped)
    marks = ('system', 'config', 'open', 'eval', 'exec', 'nested', 'state')
    for mark in (*marks, 'save'):
        Path(mark).unlink(missing_ok=True)
    content = converters.read('mmaction-actionclip', 'a.pth')
    assert os.listdir() == ['a.pth']
    assert content['config'] is None
    for name, tensor in release.state.items():
        if not name.endswith('token_embedding.weight'):
            assert torch.equal(content['state_dict'][name], tensor)
    main(['mmaction-actionclip', 'a.pth', 'out.pth'])
    assert sorted(os.listdir()) == [
        'a.pth',
        'out.clip.safetensors',
        'out.pth',
        'out.py',
    ]


@pytest.mark.parametrize('zipped', [True, False])
def test_code_among_the_weights_is_not_run(zipped):
    state = small(published.clip4clip().state)
    state['clip.visual.gate'] = Call(open, 'mark', 'w')
    torch.save(state, 'a.pth', _use_new_zipfile_serialization=zipped)
    Path('mark').unlink(missing_ok=True)
    refusal('clip4clip', 'a.pth', 'out.pth')
    assert not Path('mark').exists()


@pytest.mark.parametrize('zipped', [True, False])
def test_configs_of_classes_that_are_gone_do_not_matter(zipped):
    release = published.xclip()
    content = {**release.content, 'model': small(release.state)}
    content['config'] = _config_node()
    torch.save(content, 'a.pth', _use_new_zipfile_serialization=zipped)
    del sys.modules['yacs_of_long_ago']
    read = converters.read('xclip', 'a.pth')
    assert 'yacs_of_long_ago' not in sys.modules
    assert read['config'] is None
    assert read['epoch'] == 29
    assert read['model'].keys() == release.state.keys()
    for name, tensor in release.state.items():
        if not name.endswith('token_embedding.weight'):
            assert torch.equal(read['model'][name], tensor)
    converters.convert('xclip', read)


@pytest.mark.parametrize('suffix', ['.pt', '.safetensors'])
def test_fine_tuned_towers_become_a_clip_again(suffix, base):
    release = published.vifi()
    torch.save(release.content, 'a.pth')
    out = f'merged{suffix}'
    main(['vifi', 'a.pth', out, '--clip', base, '--to', 'openai'])
    assert sorted(os.listdir()) == ['a.pth', out]
    expected = {
        (
            'logit_scale'
            if name == SCALE
            else name.removeprefix('backbone.').removeprefix(TEXT)
        ): tensor
        for name, tensor in release.expected.items()
    }
    if suffix == '.safetensors':
        same(load_file(out), expected)
    clip = load_clip(ARCH, out)
    assert clip.logit_scale == pytest.approx(expected['logit_scale'].item())
    own = {
        **published.under('visual.', dict(clip.visual.named_parameters())),
        **dict(clip.text.named_parameters()),
        'logit_scale': expected['logit_scale'],
    }
    same(own, expected)


def test_our_own_checkpoints_become_a_clip_again(base):
    release = published.vifi()
    torch.save(release.content, 'a.pth')
    main(['vifi', 'a.pth', 'ours.pth', '--clip', base])
    command = 'vlprompt ours.pth merged.safetensors --config ours.py'
    main([*command.split(), '--to', 'openai'])
    merged = load_file('merged.safetensors')
    assert torch.equal(
        merged['visual.proj'], release.state['image_encoder.proj']
    )
    assert torch.equal(
        merged['ln_final.bias'], release.state['text_encoder.ln_final.bias']
    )


def test_a_shifted_tower_is_no_clip_of_its_own():
    """TSM has no weights, but without it this is another model."""
    torch.save(published.actionclip('meanP', shift=True).content, 'a.pt')
    refusal('actionclip', 'a.pt', 'out.safetensors', '--to', 'openai')


@pytest.mark.parametrize('suffix', ['.pt', '.safetensors'])
def test_prompts_have_no_clip_of_their_own(suffix, base):
    torch.save(published.vifi_prompts().content, 'a.pth')
    message = refusal(
        'vifi', 'a.pth', f'out{suffix}', '--clip', base, '--to', 'openai'
    )
    assert 'prompts.' in message
    assert os.listdir() == ['a.pth']


def test_a_merged_clip_of_another_suffix_is_refused(base):
    torch.save(published.vifi().content, 'a.pth')
    message = refusal(
        'vifi', 'a.pth', 'out.pth', '--clip', base, '--to', 'openai'
    )
    assert '.safetensors' in message
    assert os.listdir() == ['a.pth']


@pytest.mark.skipif(
    not GOLDEN.is_file(), reason='no published numbers at hand'
)
def test_published_prompts_give_the_published_numbers():
    golden = torch.load(GOLDEN, weights_only=True)
    sparse = golden['sparse_embedding']
    table = torch.zeros(49408, golden['meta']['text_width'])
    table[sparse['ids']] = sparse['rows'].float()
    conversion = converters.convert(
        'vifi',
        dict(model=published.under('module.', golden['state_dict'])),
        base={'token_embedding.weight': table},
    )
    converters.save_clip(conversion.clip, 'clip.safetensors')
    register_all_modules()
    model = converters.build(conversion, 'clip.safetensors')
    names = [n.replace('_', ' ') for n in golden['class_names']]
    model.set_classes(names)
    model.train()
    learned = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert learned == golden['n_trainable']
    features, _ = model.extract_feat(golden['clip'].transpose(1, 2)[:, None])
    logits = model.cls_head(features)
    torch.testing.assert_close(logits, golden['logits'], atol=1e-5, rtol=0)
    F.cross_entropy(logits, golden['soft_labels']).backward()
    free, block = model.prompts.free, 'transformer.resblocks.1.VPT_shallow'
    for grad, name in (
        (free['text'].vectors.grad[0], 'prompt_learner.ctx'),
        (free['text'].vectors.grad[1], f'text_encoder.{block}'),
        (free['visual'].vectors.grad[0], 'image_encoder.VPT'),
        (free['visual'].vectors.grad[1], f'image_encoder.{block}'),
    ):
        torch.testing.assert_close(
            grad, golden['grads'][name], atol=1e-6, rtol=1e-4
        )
