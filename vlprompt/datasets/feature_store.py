"""Embeddings of the frames of videos, in a folder."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.whole_files import write_bytes, write_text

INDEX = 'features.json'


class FeatureStore:
    """What a frozen vision tower makes of each video, kept in files.

    Videos are known by what they hold (a digest), so that a moved file needs
    no new embeddings and a changed one gets them.

    Args:
        folder: Where the files are.
        made_by: What the embeddings depend on beside the video: those of
            another maker are not used.  None to take them as they are.

    Raises:
        UserError: If there is nothing to take.
    """

    def __init__(self, folder: str | Path, made_by: Any = None) -> None:
        self.folder = Path(folder)
        self._made_by = made_by
        self._places: dict[str, str] = {}
        self._open: dict[str, Any] = {}
        known = self._read()
        if made_by is None and known is None:
            raise UserError(f'{folder}: no features of videos (no {INDEX})')
        if known is not None and made_by in (None, known['made_by']):
            self._places = known['places']

    def __contains__(self, digest: str) -> bool:
        """Whether the embeddings of a video are there, and can be read."""
        with suppress(UserError):
            self[digest]
            return True
        return False

    def __getitem__(self, digest: str) -> Tensor:
        """The (V, T, E) embeddings of a video.

        Raises:
            UserError: If they are not there.
        """
        name = self._places.get(digest)
        if name is None:
            raise UserError(f'{self.folder}: no features of {digest}')
        try:
            if name not in self._open:
                self._open[name] = safe_open(self.folder / name, 'pt')
            return self._open[name].get_tensor(digest)
        except (OSError, SafetensorError) as error:
            raise UserError(
                f'{self.folder / name}: cannot be read ({error})'
            ) from error

    def __getstate__(self) -> dict:
        """Without open files, for the processes of a loader."""
        return {**self.__dict__, '_open': {}}

    def add(self, features: Mapping[str, Tensor]) -> None:
        """Keep the (V, T, E) embeddings of some videos, by digest."""
        self.folder.mkdir(parents=True, exist_ok=True)
        number = 0
        while (self.folder / f'{number:05}.safetensors').exists():
            number += 1
        name = f'{number:05}.safetensors'
        content = {d: x.float().contiguous() for d, x in features.items()}
        write_bytes(self.folder / name, save(content))
        self._places |= dict.fromkeys(features, name)
        index = dict(made_by=self._made_by, places=self._places)
        write_text(self.folder / INDEX, json.dumps(index, indent=1) + '\n')

    def _read(self) -> dict | None:
        try:
            text = (self.folder / INDEX).read_text('utf-8')
            known = json.loads(text)
            return dict(made_by=known['made_by'], places=known['places'])
        except (OSError, ValueError, KeyError, TypeError):
            return None
