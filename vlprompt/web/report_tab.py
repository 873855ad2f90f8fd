"""Browse the pages of runs."""

from collections.abc import Sequence
from pathlib import Path

from vlprompt.errors import UserError
from vlprompt.pages import render_part
from vlprompt.report import report

from .files import REPORTS

PAGE = 'report.html'
SUFFIXES = ('.html', '.htm')
# What a run has written at its end; a page that is older is made anew.
RESULTS = ('metrics.json', 'predictions.json', 'results.json')


def find_report(place: str | Path, folder: Path) -> Path:
    """The page of a run, which is made if there is none.

    Args:
        place: The folder of a run, or an HTML file.
        folder: Where a new page is put; the run's own is left as it is.

    Raises:
        UserError: If there is neither, or as
            :func:`vlprompt.apis.report`.
    """
    path = Path(place)
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise UserError(
                f'{place} is no report: expected the folder of a run, or an '
                'HTML file that `vlprompt report` has written'
            )
        return path.resolve()
    if _is_current(path):
        return (path / PAGE).resolve()
    number = sum(1 for _ in folder.glob('*.html'))
    return report([place], folder / f'{number}.html').resolve()


def _is_current(run: Path) -> bool:
    page = run / PAGE
    if not page.is_file():
        return False
    results = [file for name in RESULTS for file in run.rglob(name)]
    made = page.stat().st_mtime
    return all(file.stat().st_mtime <= made for file in results)


class ReportTab:
    """What the tab does.

    Args:
        names: Of the reports, as they were given.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)

    def build(self) -> None:
        """Lay it out, inside the page."""
        import gradio as gr

        choices = [(name, i) for i, name in enumerate(self._names)]
        choice = gr.Dropdown(
            choices, value=0, label='Run', visible=len(choices) > 1
        )
        frame = gr.HTML(self.show(0), elem_id='report')
        choice.change(self.show, choice, frame, api_name='report')

    def show(self, number: int) -> str:
        """The frame with a report."""
        return render_part('web_report', address=f'{REPORTS}/{int(number)}')
