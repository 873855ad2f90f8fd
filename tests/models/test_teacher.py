"""The frozen CLIP beside a model: what it costs, and when it is run."""

import copy
from functools import partial

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from helpers import NOVEL, build, clips, samples, total
from mmengine.model import MMDistributedDataParallel
from tiny import CLASSES, TINY
from torch import nn

from vlprompt.errors import UserError
from vlprompt.models import load_clip

DISTILLED = dict(
    type='SimilarityHead',
    regularizers=dict(distillation=dict(type='FeatureDistillationLoss')),
)
OWN = dict(texts=dict(type='ClassTexts', template='a clip of a {}.'))
CAPTIONED = dict(type='CaptionTexts', template='{}')
PLAIN = dict(
    texts=dict(type='ClassTexts'), prompts=None, cls_head=DISTILLED, teacher={}
)


def prompted(**parts):
    """ViLT-CLIP, whose CLIP is frozen."""
    cfg = dict(
        cls_head=DISTILLED,
        teacher=OWN,
        trainable=['prompts.*', 'cls_head.regularizers.*'],
    )
    return build(**{**cfg, **parts})


def fine_tuned(*patterns, **parts):
    """Vanilla CLIP of which something is learnt."""
    patterns = patterns or ('backbone.*', 'text_encoder.*', 'cls_head.*')
    return build(**{**PLAIN, 'trainable': patterns, **parts})


def extra_tensors(model):
    """Parameters of the teacher that are no parameters of the model."""
    own = {p.data_ptr() for p in model.parameters()}
    return [
        p
        for tower in model.teacher.towers
        for p in tower.parameters()
        if p.data_ptr() not in own
    ]


def count(tensors):
    return sum(p.numel() for p in tensors)


def runs(*modules):
    """A list that grows whenever one of the modules is run."""
    calls = []
    for module in modules:
        module.register_forward_pre_hook(lambda *_: calls.append(1))
    return calls


def test_a_frozen_clip_is_not_copied():
    assert extra_tensors(prompted()) == []


def test_of_a_clip_that_is_learnt_a_copy_is_kept():
    model = fine_tuned()
    clip = load_clip(TINY)
    towers = [*clip.visual.parameters(), *clip.text.parameters()]
    assert count(extra_tensors(model)) == count(towers)


@pytest.mark.parametrize(
    ('pattern', 'width'),
    [('backbone.visual.ln_post.*', 64), ('text_encoder.text.ln_final.*', 32)],
)
def test_only_what_is_learnt_is_copied(pattern, width):
    model = fine_tuned(pattern, 'cls_head.regularizers.*')
    assert count(extra_tensors(model)) == width


@pytest.mark.parametrize(
    ('patterns', 'number'),
    [
        (['prompts.*', 'cls_head.regularizers.*'], 0),
        (['*'], 149_620_736),
        (['backbone.visual.*', 'cls_head.regularizers.*'], 86_192_640),
    ],
)
def test_what_it_costs_at_full_size(patterns, number):
    """Of CLIP ViT-B/16, all but the logit scale; on the meta device."""
    with torch.device('meta'):
        model = prompted(
            clip=dict(arch='ViT-B-16-quickgelu'),
            classes=None,
            texts=dict(type='ClassTexts', template='[3] {}.'),
            trainable=patterns,
        )
    own = {id(p) for p in model.parameters()}
    towers = model.teacher.towers
    others = [p for t in towers for p in t.parameters() if id(p) not in own]
    assert count(others) == number
    regularizer = model.cls_head.regularizers['distillation']
    assert count(regularizer.parameters()) == 1_048_576


def test_nothing_of_it_is_part_of_the_model():
    model, plain = (
        fine_tuned(),
        fine_tuned(cls_head=dict(type='SimilarityHead'), teacher=None),
    )
    added = model.state_dict().keys() - plain.state_dict().keys()
    assert len(added) == 4
    assert all(n.startswith('cls_head.regularizers.') for n in added)
    assert not any('teacher' in n for n, _ in model.named_modules())
    assert not any(p.requires_grad for p in extra_tensors(model))
    assert plain.teacher is None


def test_a_checkpoint_leaves_it_as_it_was():
    model, other = fine_tuned(), fine_tuned()
    for p in other.parameters():
        p.data += 0.1
    before = [p.clone() for p in extra_tensors(model)]
    model.load_state_dict(other.state_dict())
    assert all(map(torch.equal, before, extra_tensors(model)))
    weight = model.backbone.visual.proj
    assert torch.equal(weight, other.backbone.visual.proj)


def test_training_leaves_it_as_it_was():
    model = fine_tuned().train()
    before = [p.clone() for p in extra_tensors(model)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    total(model, clips(), 0, 1).backward()
    optimizer.step()
    assert all(map(torch.equal, before, extra_tensors(model)))


def test_it_goes_where_the_model_goes():
    model, inputs = fine_tuned().train(), clips()
    loss = total(model, inputs, 0, 1)
    model.double()
    assert {p.dtype for p in extra_tensors(model)} == {torch.float64}
    torch.testing.assert_close(
        total(model, inputs.double(), 0, 1).float(), loss
    )


def test_its_matrices_are_held_in_the_frozen_precision():
    model = fine_tuned(frozen_dtype='bfloat16').train()
    dtypes = {
        type(m): m.weight.dtype
        for tower in model.teacher.towers
        for m in tower.modules()
        if isinstance(m, nn.Linear | nn.Conv2d)
    }
    assert {*dtypes.values()} == {torch.bfloat16}
    assert model.backbone.visual.conv1.weight.dtype == torch.float32
    assert total(model, clips(), 0, 1).isfinite()


def test_a_copy_of_a_model_has_its_own():
    model = fine_tuned().train()
    other = copy.deepcopy(model)
    assert count(extra_tensors(other)) == count(extra_tensors(model))
    for p in (*other.parameters(), *extra_tensors(other)):
        p.data += 1
    inputs = clips()
    assert torch.equal(
        total(model, inputs, 0, 1), total(fine_tuned().train(), inputs, 0, 1)
    )


def test_it_is_not_run_in_evaluation():
    model = fine_tuned()
    calls = runs(*model.teacher.towers)
    with torch.no_grad():
        model.eval()(clips(), samples(0, 1), mode='predict')
        features, _ = model.extract_feat(clips())
    assert not calls
    assert features.teacher is None
    projectors = model.cls_head.regularizers['distillation'].projectors
    calls = runs(*projectors.values())
    with torch.no_grad():
        model(clips(), samples(0, 1), mode='predict')
    assert not calls


def test_class_texts_are_read_once():
    model = prompted().train()
    calls = runs(model.teacher.encoder)
    for _ in range(3):
        total(model, clips(), 0, 1)
    assert len(calls) == 1
    model.eval().set_classes(NOVEL)
    model.train().set_classes(NOVEL)
    total(model, clips(), 0, 1)
    assert len(calls) == 2
    model.set_classes((*CLASSES, *NOVEL))
    total(model, clips(), 0, 1)
    assert len(calls) == 2


def test_long_lists_are_read_in_parts(monkeypatch):
    whole, parts = prompted().train(), prompted().train()
    inputs = clips()
    expected = total(whole, inputs, 0, 1)
    monkeypatch.setattr('vlprompt.models.teacher.CHUNK', 2)
    calls = runs(parts.teacher.encoder)
    torch.testing.assert_close(total(parts, inputs, 0, 1), expected)
    assert len(calls) == 3


@pytest.mark.parametrize('own', [{}, OWN])
@pytest.mark.parametrize(
    'texts',
    [
        dict(type='BatchLabelTexts', template='a clip of a {}.'),
        dict(type='SampledClassTexts', template='a clip of a {}.', num=3),
    ],
    ids=lambda t: t['type'],
)
def test_texts_of_a_batch_have_those_of_the_teacher(texts, own):
    head = dict(DISTILLED)
    if texts['type'] == 'BatchLabelTexts':
        alignment = dict(type='SymmetricContrastiveLoss')
        head |= dict(type='ContrastiveHead', alignment=alignment)
    model = fine_tuned(texts=texts, teacher=own, cls_head=head).train()
    every = fine_tuned(texts=dict(OWN['texts'])).train()
    given = samples(2, 0, 2)
    features, _ = model.extract_feat(clips(3), data_samples=given)
    expected, _ = every.extract_feat(clips(3))
    targets = features.targets
    assert len(targets) == 3
    torch.testing.assert_close(
        features.teacher.text, expected.teacher.text[targets]
    )
    assert model(clips(3), given, mode='loss')['loss_distillation'].isfinite()


def test_a_drawn_template_is_that_of_the_teacher():
    """All templates are read once, whatever is drawn."""
    templates = ['a {}.', 'some {} here', 'people and {}']
    texts = dict(type='RandomTemplateTexts', template=templates)
    model = fine_tuned(texts=texts).train()
    seen = set()
    for _ in range(30):
        features, _ = model.extract_feat(clips())
        assert features.teacher.text.shape == (len(CLASSES), 24)
        # nothing has been learnt yet
        torch.testing.assert_close(features.teacher.text, features.text)
        seen.add(features.text[0, 0].item())
    assert len(seen) == 3
    with torch.no_grad():
        features, _ = model.eval().extract_feat(clips())
    every = fine_tuned(texts=dict(type='ClassTexts', template=templates))
    with torch.no_grad():
        expected, _ = every.eval().extract_feat(clips())
    torch.testing.assert_close(features.text, expected.text)


@pytest.mark.parametrize('own', [{}, dict(texts=CAPTIONED)])
def test_captions_are_read_each_time(own):
    model = fine_tuned(
        classes=None,
        texts=CAPTIONED,
        teacher=own,
        cls_head=dict(
            DISTILLED,
            type='ContrastiveHead',
            alignment=dict(type='SymmetricContrastiveLoss'),
        ),
    ).train()
    given = samples(0, 0)
    for sample, text in zip(given, ('a cat', 'two dogs run'), strict=True):
        sample.set_metainfo(dict(text=text))
    calls = runs(model.teacher.encoder)
    for _ in range(2):
        features, _ = model.extract_feat(clips(), data_samples=given)
    assert len(calls) == 2
    torch.testing.assert_close(features.teacher.text, features.text)


@pytest.mark.parametrize('which', ['with_cp', 'mlp', 'compile'])
def test_how_the_model_is_run_changes_nothing(which, monkeypatch):
    fast = partial(torch.compile, backend='eager')
    monkeypatch.setattr(torch, 'compile', fast)
    options = {'compile': dict(compile=True), 'mlp': dict(with_cp='mlp')}
    options = options.get(which, dict(with_cp=True))
    other = fine_tuned(
        backbone=dict(type='CLIPVisionTower', **options),
        text_encoder=dict(type='CLIPTextTower', with_cp=which == 'with_cp'),
    )
    inputs, found = clips(), []
    for model in (fine_tuned().double().train(), other.double().train()):
        loss = total(model, inputs.double(), 0, 1)
        loss.backward()
        found.append([loss.detach(), *(p.grad for p in model.parameters())])
    torch.testing.assert_close(found[1], found[0], atol=1e-10, rtol=1e-8)


WORLD = 2


def learn(rank, num=None):
    """Losses and gradients of this process's clips, or of the first ones."""
    torch.manual_seed(0)
    model = fine_tuned().double().train()
    generator = torch.Generator().manual_seed(7)
    inputs = torch.randn(4, 1, 3, 2, 32, 32, generator=generator).double()
    labels = (0, 1, 3, 4)
    if num is None:
        return model, inputs, labels
    part = slice(rank * num, rank * num + num)
    return model, inputs[part], labels[part]


def work(rank, file, out):
    torch.set_num_threads(1)
    dist.init_process_group(
        'gloo', init_method=f'file://{file}', rank=rank, world_size=WORLD
    )
    model, inputs, labels = learn(rank, 2)
    read = []
    model.teacher.encoder.register_forward_pre_hook(
        lambda _, args: read.append(len(args[0].ends))
    )
    wrapped = MMDistributedDataParallel(model, broadcast_buffers=False)
    for _ in range(2):
        model.zero_grad()
        losses = wrapped(inputs, samples(*labels), mode='loss')
        sum(v for k, v in losses.items() if 'loss' in k).backward()
    grads = [p.grad for p in model.parameters()]
    torch.save((grads, read), f'{out}.{rank}')
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_equal_one_and_share_the_reading(tmp_path):
    mp.spawn(work, (tmp_path / 'rendezvous', tmp_path / 'out'), nprocs=WORLD)
    model, inputs, labels = learn(0)
    total(model, inputs, *labels).backward()
    expected = [p.grad for p in model.parameters()]
    numbers = []
    for rank in range(WORLD):
        path = f'{tmp_path / "out"}.{rank}'
        grads, read = torch.load(path, weights_only=True)
        torch.testing.assert_close(grads, expected, atol=1e-10, rtol=1e-8)
        assert len(read) == 1
        numbers += read
    assert sum(numbers) == len(CLASSES)


def test_stored_embeddings_are_those_of_the_teacher():
    prompts = dict(type='PromptLearner', text=dict(type='DeepPrompts'))
    model = prompted(
        backbone=dict(type='StoredFramesTower'), prompts=prompts
    ).train()
    inputs = clips()
    visual, _ = model.extract_feat(inputs, stage='backbone')
    # (B, T, E) -> (B, 1, E, T, 1, 1)
    stored = visual.frames.mT[:, None, :, :, None, None]
    expected, loss = (total(model, x, 0, 1) for x in (inputs, stored))
    torch.testing.assert_close(loss, expected)


def test_a_template_without_words_needs_another():
    line = r"teacher=dict\(texts=dict\(type='ClassTexts'"
    with pytest.raises(UserError, match=line) as error:
        prompted(teacher=None)
    assert '\n' not in str(error.value)


def test_a_teacher_that_nobody_needs_is_refused():
    with pytest.raises(UserError, match='no part needs it'):
        build(teacher=OWN)


def test_an_unknown_option_is_refused():
    with pytest.raises(UserError, match="take the key 'text'.*texts and"):
        prompted(teacher=dict(text='a {}'))


def test_projectors_that_do_not_learn_are_refused():
    model = prompted(trainable=['prompts.*']).train()
    with pytest.raises(UserError, match=r"add 'cls_head\.regularizers"):
        total(model, clips(), 0, 1)


def test_frames_encoded_before_have_no_teacher():
    model = prompted().train()
    visual, _ = model.extract_feat(clips(), stage='backbone')
    features = model.finish_feat(visual)
    with pytest.raises(UserError, match='made in training and from frames'):
        model.cls_head.loss(features, samples(0, 1))


def test_other_texts_than_the_models_are_refused():
    texts = dict(type='ClassTexts', template=['a {}.', 'b {}.'])
    model = prompted(teacher=dict(texts=dict(texts, ensemble='probability')))
    with pytest.raises(UserError, match='the texts of the model are'):
        total(model.train(), clips(), 0, 1)


def test_an_unknown_tower_is_refused():
    loss = dict(type='FeatureDistillationLoss', towers=['video'])
    with pytest.raises(UserError, match=r"towers=\['video'\], expected some"):
        prompted(cls_head=dict(DISTILLED, regularizers=dict(a=loss)))


def test_one_tower_alone_has_one_projector():
    loss = dict(type='FeatureDistillationLoss', towers=['visual'])
    model = prompted(cls_head=dict(DISTILLED, regularizers=dict(a=loss)))
    assert count(model.cls_head.regularizers.parameters()) == 2 * 24 * 24
    assert total(model.train(), clips(), 0, 1).isfinite()


def test_the_weights_of_another_file(tmp_path):
    """A converted student has other weights than its teacher."""
    torch.manual_seed(5)
    clip = load_clip(TINY)
    state = {
        **{f'visual.{n}': p for n, p in clip.visual.state_dict().items()},
        **clip.text.state_dict(),
        'logit_scale': torch.tensor(4.6),
    }
    path = str(tmp_path / 'clip.pth')
    torch.save(state, path)
    model = prompted(teacher=dict(OWN, pretrained=path)).train()
    proj = model.teacher.vision.visual.proj
    assert torch.equal(proj, clip.visual.proj)
    assert not torch.equal(proj, model.backbone.visual.proj)
    assert total(model, clips(), 0, 1).isfinite()
