"""Videos that somebody else has sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from vlprompt.clips.sources import Source, file_source
from vlprompt.errors import UserError

if TYPE_CHECKING:
    import gradio as gr

Copy = Callable[[Any], Awaitable[str | None]]
COPY = 'async_move_resource_to_block_cache'  # Gradio's, of each field
# FFmpeg's names of formats that hold their frames themselves.  Playlists
# name other files, of this machine or of the network.
FORMATS = (
    'asf,avi,dv,flv,gif,ivf,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpeg,'
    'mpegts,mpegvideo,mxf,nut,ogg,rm,yuv4mpegpipe,h264,hevc,av1,obu'
)


def video_input(label: str) -> gr.File:
    """Where a video is dropped, of any format; ``gr.Video`` takes few."""
    import gradio as gr

    return gr.File(label=label, height=160)


def take_uploads_only(page: gr.Blocks, folder: Path) -> None:
    """Refuse all files that have not been uploaded, and addresses.

    A request can name any file of this machine, or an address.  Gradio
    copies the former, if its page is a part of another app, and downloads
    the latter, for any field of the page.

    Args:
        page: Once it is complete.
        folder: Of uploads.
    """
    for block in page.blocks.values():
        copy = getattr(block, COPY, None)
        if copy is not None:
            setattr(block, COPY, _checked(copy, folder.resolve()))


def _checked(copy: Copy, folder: Path) -> Copy:
    import gradio as gr

    async def copy_upload(path: Any) -> str | None:
        if path is not None and not _is_inside(str(path), folder):
            raise gr.Error('an uploaded file expected', print_exception=False)
        return await copy(path)

    return copy_upload


def _is_inside(path: str, folder: Path) -> bool:
    """Whether a file lies in a folder; an address never does."""
    return Path(path).is_absolute() and (
        Path(path).resolve().is_relative_to(folder)
    )


def read_upload(path: str) -> Source:
    """An uploaded file, under the name that it had.

    Raises:
        UserError: If it is no video, or a playlist.
    """
    name = Path(path).name
    try:
        with av.open(path, options=dict(format_whitelist=FORMATS)) as file:
            is_video = bool(file.streams.video)
    except (OSError, ValueError) as error:
        raise UserError(f'{name} is not a video that can be read') from error
    if not is_video:
        raise UserError(f'{name} has no video stream')
    return file_source(path)._replace(name=name)
