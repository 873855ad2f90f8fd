"""Weights that open_clip knows a place of."""

import os
import urllib.error
import urllib.request

from open_clip.constants import HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME
from open_clip.pretrained import download_pretrained

from vlprompt.errors import UserError
from vlprompt.system_messages import system_line

SECONDS = 10.0  # for the first answer of a server
HUB = 'https://huggingface.co'


def download(arch: str, tag: str, places: dict) -> str:
    """The file of a tag: the one that was downloaded before, or a new one.

    Args:
        arch: The architecture, for errors.
        tag: Of open_clip.
        places: What open_clip knows of it.

    Raises:
        UserError: If it cannot be downloaded, at once if no server answers:
            open_clip would try several names, each several times.
    """
    known = _downloaded(places)
    if known is not None:
        return known
    try:
        _check_reachable(places)
        return download_pretrained(places)
    except Exception as error:
        reason = system_line(error) or type(error).__name__
        raise UserError(
            f'cannot download {tag!r} for {arch} ({reason}): fetch '
            f'{_page(places)} and give its place as '
            "clip=dict(pretrained='<file>')"
        ) from error


def _downloaded(places: dict) -> str | None:
    """The file in the cache of the Hugging Face Hub, without asking it."""
    from huggingface_hub import try_to_load_from_cache

    folder, names = _names(places)
    if not folder:
        return None
    files = (try_to_load_from_cache(folder, name) for name in names)
    return next((file for file in files if isinstance(file, str)), None)


def _names(places: dict) -> tuple[str, list[str]]:
    """The folder on the Hub, and the names that a file may have there."""
    folder, _, name = places.get('hf_hub', '').rpartition('/')
    if not name:
        return folder, [HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME]
    if name.endswith(('.bin', '.pth')):
        return folder, [f'{name[:-4]}.safetensors', name]
    return folder, [name]


def _page(places: dict) -> str:
    """Where a person finds the file."""
    folder, names = _names(places)
    pages = [f'{names[0]} of {HUB}/{folder}' if folder else '']
    return ' or '.join(filter(None, [*pages, places.get('url')]))


def _check_reachable(places: dict) -> None:
    """Raise what asking the server raises, unless it answers, be it no."""
    if os.environ.get('HF_HUB_OFFLINE', '0') not in ('', '0'):
        return  # which is known to say no at once
    hub = os.environ.get('HF_ENDPOINT', HUB)
    url = hub if places.get('hf_hub') else places.get('url', hub)
    request = urllib.request.Request(url, method='HEAD')
    try:
        urllib.request.urlopen(request, timeout=SECONDS).close()
    except urllib.error.HTTPError:
        pass  # it has answered
    except urllib.error.URLError as error:
        cause = error.reason
        raise (cause if isinstance(cause, Exception) else error) from error
