"""Fetch models from the Hugging Face Hub."""

import os
from pathlib import Path

from vlprompt.errors import UserError

from .address import Address, is_address, parse_address
from .folder import CONFIG, FACTS, OPEN_CLIP, WEIGHTS
from .open_clip_folder import WEIGHTS as OPEN_CLIP_WEIGHTS
from .plain_config import CLIP_FILE
from .transformers_folder import PREPROCESSOR
from .transformers_folder import WEIGHTS as TRANSFORMERS_WEIGHTS

SMALL = (FACTS, CONFIG, PREPROCESSOR, OPEN_CLIP)
PATIENCE = 10  # seconds for the first answer


def pull(address: str) -> Path:
    """The folder of a model, fetched from the Hub if need be.

    Only the files that are needed are fetched, and a pickle only where
    transformers wrote nothing else; it is never run.

    Args:
        address: ``hf://user/name``, with ``@revision`` if wanted, or a
            folder, which stays where it is.

    Returns:
        The folder, in the cache of ``huggingface_hub``.  With
        ``HF_HUB_OFFLINE=1``, or without a network, what the cache has.

    Raises:
        UserError: If the model cannot be had; it says what to fetch and
            where to put it.
    """
    if not is_address(address):
        if Path(address).is_dir():
            return Path(address)
        raise UserError(f'no folder at {address}')
    return _Download(parse_address(address)).run()


class _Download:
    """One model.

    Args:
        address: Of the model.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.problem = _unreachable(address)

    def run(self) -> Path:
        """Its folder."""
        folder = self._fetch(SMALL)
        if (folder / FACTS).is_file():
            needed = [(WEIGHTS,), (CLIP_FILE,)]
        elif (folder / OPEN_CLIP).is_file():
            needed = [OPEN_CLIP_WEIGHTS]
        elif (folder / CONFIG).is_file():
            needed = [TRANSFORMERS_WEIGHTS]
        else:
            raise self._error(
                f'has no {FACTS}, {CONFIG} or {OPEN_CLIP}: no model that is '
                'known here'
            )
        for names in needed:
            self._fetch_first(folder, names)
        return folder

    def _fetch_first(self, folder: Path, names: tuple[str, ...]) -> None:
        """Fetch the first of some files that the model has."""
        for name in names:
            if not (folder / name).is_file():
                self._fetch((name,))
            if (folder / name).is_file():
                return
        if names != (CLIP_FILE,):  # which is there if the config names it
            raise self._missing(' or '.join(names))

    def _fetch(self, names: tuple[str, ...]) -> Path:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import EntryNotFoundError

        try:
            folder = snapshot_download(
                self.address.repository,
                revision=self.address.revision,
                allow_patterns=list(names),
                local_files_only=self.problem is not None,
            )
        except EntryNotFoundError as error:
            raise self._missing(' '.join(names)) from error
        except Exception as error:
            raise self._error(
                f'cannot be fetched: {_reason(error)}'
            ) from error
        return Path(folder)

    def _missing(self, names: str) -> UserError:
        if self.problem is None:
            return self._error(f'has no {names}')
        repository = self.address.repository
        return self._error(
            f'is not in the cache ({self.problem}): where there is a network,'
            f' run `hf download {repository} --local-dir FOLDER`, copy the '
            'folder here and give --model FOLDER'
        )

    def _error(self, words: str) -> UserError:
        return UserError(f'{self.address} {words}')


def _unreachable(address: Address) -> str | None:
    """Why the Hub cannot be asked, if so; one try, and no second.

    Raises:
        UserError: If the Hub answers that there is no such model.
    """
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    if constants.HF_HUB_OFFLINE:
        return 'HF_HUB_OFFLINE=1'
    try:
        HfApi().model_info(
            address.repository, revision=address.revision, timeout=PATIENCE
        )
    except RepositoryNotFoundError as error:
        raise UserError(
            f'{address}: the Hub has no such model, or it is private or '
            'gated and `hf auth login` has not been run'
        ) from error
    except HfHubHTTPError as error:
        if error.response.status_code == 404:
            raise UserError(
                f'{address}: the model has no such revision'
            ) from error
        return f'the Hub answers {error.response.status_code}'
    except Exception as error:
        return f'no answer from {_endpoint()}: {type(error).__name__}'
    return None


def _endpoint() -> str:
    return os.environ.get('HF_ENDPOINT', 'huggingface.co')


def _reason(error: Exception) -> str:
    text = ' '.join(str(error).split())
    return f'{type(error).__name__}: {text[:200]}'
