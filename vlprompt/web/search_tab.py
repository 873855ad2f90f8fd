"""Search an index, and play from the found second on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from vlprompt.datasets.readers.decode_errors import unreadable
from vlprompt.datasets.readers.open_reader import open_reader
from vlprompt.errors import UserError
from vlprompt.pages import frame_strip, render_part
from vlprompt.pages.timeline import clock

from .classify_tab import ONE_AT_A_TIME
from .excerpts import LONGEST
from .files import Refused, VideoFiles
from .in_page import in_page, silent
from .uploads import read_upload, video_input

if TYPE_CHECKING:
    from vlprompt.search import Hit, VideoIndex

HEIGHT = 180  # pixels of a picture
FEW, MOST = 12, 60  # hits


class Card(NamedTuple):
    """A hit in the page.

    Attributes:
        name: The video.
        time: From when to when.
        score: Cosine.
        poster: A picture of its middle; empty if it cannot be read.
        address: Where the video is, from its first second on.
        problem: Why it cannot be played; empty if it can.
    """

    name: str
    time: str
    score: float
    poster: str
    address: str
    problem: str


class SearchTab:
    """What the tab does.

    Args:
        index: What is searched.
        files: Its videos.
        lock: Held while a model computes.
    """

    def __init__(
        self, index: VideoIndex, files: VideoFiles, lock: Lock
    ) -> None:
        self._index, self._files, self._lock = index, files, lock

    def build(self) -> None:
        """Lay it out, inside the page."""
        import gradio as gr

        with gr.Row():
            with gr.Column(scale=4):
                text = gr.Textbox(
                    label='What it shows',
                    placeholder='a dog jumping into water',
                    info=f'in {len(self._index.paths)} videos, by '
                    f'{Path(self._index.manifest["model"]).name}',
                )
            with gr.Column(scale=1, min_width=120):
                number = gr.Slider(1, MOST, FEW, step=1, label='Hits at most')
        with gr.Accordion('Or a video like those', open=False):
            video = video_input('Example')
        button = gr.Button('Search', variant='primary')
        hits = gr.HTML(elem_id='hits', elem_classes='vl')
        with gr.Accordion('Numbers', open=False):
            numbers = gr.JSON(show_label=False)
        gr.on(
            [button.click, text.submit],
            in_page(self.search),
            [text, video, number],
            [hits, numbers],
            api_name='search',
            **ONE_AT_A_TIME,
        )

    def search(
        self,
        text: str,
        video: str | None,
        number: float,
        progress: Callable[..., Any] = silent,
    ) -> tuple[str, list[dict[str, Any]]]:
        """Search by a text or by an example.

        Args:
            text: What is looked for.
            video: In its place, an uploaded file.
            number: Hits at most.
            progress: Told how far it is.

        Returns:
            The hits as cards, and as numbers.

        Raises:
            UserError: If not one of both is given, or the video cannot be
                read.
        """
        text = (text or '').strip()
        if bool(text) == bool(video):
            raise UserError(
                'a text and a video: take one of them away'
                if text
                else 'nothing to search for: type a text or drop a video'
            )
        if not 1 <= number <= MOST:
            raise UserError(f'{number:g} hits, expected 1 to {MOST}')
        query = dict(video=read_upload(video)) if video else dict(text=text)
        progress(0, desc='searching')
        with self._lock:
            found = self._index.search(**query, k=int(number))
        cards = []
        for hit in found:
            progress((len(cards), len(found)), desc='pictures')
            cards.append(self._card(hit))
        return render_part('web_hits', cards=cards), _numbers(found)

    def _card(self, hit: Hit) -> Card:
        """A hit with its picture and its address."""
        time = f'{clock(hit.start)} to {clock(hit.end)}'
        end = min(hit.end, hit.start + LONGEST)
        address = poster = problem = ''
        try:
            address = self._files.address(hit.path, hit.start, end)
            poster = _picture(self._files.find(hit.path), hit)
        except Refused as error:
            problem = str(error)
        except unreadable():
            address, problem = '', 'it can no longer be read'
        return Card(hit.path, time, hit.score, poster, address, problem)


def _picture(path: Path, hit: Hit) -> str:
    """The frame in the middle of a hit."""
    reader = open_reader(str(path))
    middle = (hit.start + hit.end) / 2
    place = int((reader.frame_times <= middle).sum()) - 1
    frames = reader.get_batch([max(place, 0)]).asnumpy()
    return frame_strip(frames, HEIGHT).source


def _numbers(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    return [
        dict(
            video=hit.path,  # clients of Gradio fetch what is called path
            start=round(hit.start, 3),
            end=round(hit.end, 3),
            score=round(hit.score, 4),
        )
        for hit in hits
    ]
