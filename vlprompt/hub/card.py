"""The model card: a page that says what a model is, and what it measured."""

from typing import Any

from open_clip.pretrained import get_pretrained_cfg

from vlprompt.averaging.recipe import recipe_line

SHOWN = 12  # class names
NAMES = {'acc/top1': 'top-1', 'acc/top5': 'top-5', 'acc/mean1': 'mean class'}


def make_card(
    facts: dict[str, Any], name: str, license_id: str | None = None
) -> str:
    """The text of a ``README.md``.

    Args:
        facts: Of :func:`~vlprompt.hub.facts.gather_facts`.
        name: ``'user/name'``, or what the folder is called.
        license_id: One of the Hub's, ``'mit'``, or None.
    """
    parts = [_metadata(facts, name, license_id), _opening(facts, name)]
    parts += [_table(facts), _numbers(facts.get('measured')), _ending(facts)]
    return '\n'.join(parts)


def _metadata(facts: dict, name: str, license_id: str | None) -> str:
    from huggingface_hub import EvalResult, ModelCardData

    found = facts.get('measured')
    results = [
        EvalResult(
            task_type='video-classification',
            dataset_type=found['data'],
            dataset_name=found['data'],
            metric_type='accuracy' if key.startswith('acc/') else key,
            metric_name=f'{NAMES.get(key, key)}, {found["views"]} views',
            metric_value=value,
        )
        for key, value in (found['numbers'] if found else {}).items()
    ]
    data = ModelCardData(
        library_name='vlprompt',
        pipeline_tag='video-classification',
        license=license_id,
        base_model=_base_model(facts['clip']),
        datasets=facts['train_data'] and [facts['train_data']],
        metrics=['accuracy'] if results else None,
        tags=['clip', 'video'],
        model_name=name.rpartition('/')[2] if results else None,
        eval_results=results or None,
    )
    return f'---\n{data.to_yaml()}\n---\n'


def _base_model(clip: dict) -> str | None:
    """Where the Hub has the CLIP, as open_clip says."""
    if not (isinstance(clip['arch'], str) and clip['pretrained']):
        return None
    known = get_pretrained_cfg(clip['arch'], clip['pretrained'])
    return known.get('hf_hub', '').strip('/') or None


def _opening(facts: dict, name: str) -> str:
    address = f'hf://{name}' if '/' in name else name
    names = facts['classes'] or ['first class', 'second class']
    words = ' '.join(f"'{n}'" for n in names[:2])
    return f"""# {name.rpartition('/')[2]}

A CLIP for videos, made with vlprompt.

    vlprompt classify video.mp4 --model {address} --classes {words}

Nothing in this repository is code: `config.json` describes the model,
`model.safetensors` has what was learned, and `vlprompt.json` says the rest.
"""


def _table(facts: dict) -> str:
    clip, names = facts['clip'], facts['classes'] or []
    arch = clip['arch'] if isinstance(clip['arch'], str) else 'see config.json'
    more = f' and {len(names) - SHOWN} more' if len(names) > SHOWN else ''
    rows = {
        'CLIP': f'{arch}, {clip["pretrained"] or "in model.safetensors"}',
        'fingerprint of its frozen part': f'`{clip["fingerprint"]}`',
        'learned parameters': f'{facts["learned"]:,} of '
        f'{facts["parameters"]:,}',
        'frames, views': f'{facts["frames"]}, {facts["views"]}',
        'pixels': ' x '.join(map(str, facts['preprocessing']['size'])),
        'text of a class': _templates(facts['template']),
        'trained on': facts['train_data']
        or (f'{len(facts["trained_on"] or [])} classes of own data'),
        'class names': ', '.join(names[:SHOWN]) + more or 'any',
        'decoder': facts['decoder'],
    }
    if facts.get('recipe'):
        rows['weights'] = recipe_line(facts['recipe'])
    if not facts['learned']:
        rows['trained on'] = 'nothing'
    lines = [f'| {key} | {_cell(value)} |' for key, value in rows.items()]
    return '\n'.join(['| | |', '|---|---|', *lines, ''])


def _templates(given: str | list[str] | None) -> str:
    """A template, several, or that the model compares with no texts."""
    if given is None:
        return 'none'
    several = [given] if isinstance(given, str) else given
    return ', '.join(f'`{template}`' for template in several)


def _cell(text: str) -> str:
    """A text as part of a table, whatever class names it has."""
    return ' '.join(str(text).replace('|', r'\|').split())


def _numbers(found: dict | None) -> str:
    if not found:
        return '## Measured\n\nNothing was measured with these weights.\n'
    listed = found['list']
    what = f'{found["data"]}: list `{listed["name"]}`'
    if listed['sha256']:
        what += f' (SHA-256 {listed["sha256"]})'
    if listed['videos']:
        what += f', {listed["scored"]} of {listed["videos"]} videos scored'
    what += f', {found["views"]} views'
    if found['decoder']:
        what += f', decoded by {found["decoder"]}'
    rows = [f'| {k} | {v:.4g} |' for k, v in found['numbers'].items()]
    head = ['## Measured', '', f'{what}.', '', '| metric | value |']
    return '\n'.join([*head, '|---|---|', *rows, ''])


def _ending(facts: dict) -> str:
    versions = ', '.join(f'{k} {v}' for k, v in facts['versions'].items())
    return f'Made with {versions}.\n'
