"""Bring the folder of a model to the Hub."""

from pathlib import Path
from typing import Any

from vlprompt.errors import UserError

from .address import SCHEME, target_of
from .writer import FILES


def push(folder: Path, repository: str, visibility: str = 'public') -> str:
    """Upload a folder of :func:`write_folder`.

    Args:
        folder: The folder.
        repository: ``'user/name'``, with or without ``hf://``; made if there
            is none.
        visibility: ``'public'`` or ``'private'``.

    Returns:
        Where it is.

    Raises:
        UserError: If the Hub cannot be reached or refuses, or a revision is
            named.
    """
    from huggingface_hub import HfApi

    repository = target_of(repository)
    check_online(repository)
    try:
        return _upload(HfApi(), folder, repository, visibility)
    except UserError:
        raise
    except Exception as error:
        words = ' '.join(str(error).split())[:200]
        raise UserError(
            f'cannot push to {SCHEME}{repository}: '
            f'{type(error).__name__}: {words} (`hf auth login` asks for a '
            f'token that may write; {_later(repository)})'
        ) from error


def check_online(repository: str) -> None:
    """Refuse at once where nothing can be pushed.

    Raises:
        UserError: If ``HF_HUB_OFFLINE`` is set.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise UserError(f'HF_HUB_OFFLINE=1 is set: {_later(repository)}')


def _later(repository: str) -> str:
    return (
        f'`--to FOLDER` writes a folder, and `hf upload {repository} FOLDER` '
        'brings it to the Hub later'
    )


def _upload(api: Any, folder: Path, repository: str, visibility: str) -> str:
    private = visibility == 'private'
    api.create_repo(repository, private=private, exist_ok=True)
    if private and not api.model_info(repository).private:
        raise UserError(
            f'{SCHEME}{repository} exists and is public: nothing was pushed'
        )
    api.upload_folder(
        repo_id=repository,
        folder_path=str(folder),
        allow_patterns=list(FILES),
        commit_message='Push a model of vlprompt',
    )
    return f'{SCHEME}{repository}'
