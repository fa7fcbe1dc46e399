"""Tables of everything, written to a folder: how far it is, and where they are."""

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.events import StaffMember
from kiosk.domain.exports import FolderInUse, Progress
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.plain import content


class ExportDialog(Dialog[None]):
    """Writes as long as it is open: who closes it before the end breaks it off."""

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk, desk.words("Export for spreadsheets"))
        self._staff = staff
        self._folder = desk.services.exports.new_folder()

    def body(self) -> ComposeResult:
        yield Static(Content(self.words("One moment, please")), id="ask")
        yield Static(content(str(self._folder)), classes="along")

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("Esc", self.words("Stop, or close"), "close"))

    def on_mount(self) -> None:
        self._write()

    @work(group="export")
    async def _write(self) -> None:
        words, exports = self.words, self.desk.services.exports
        try:
            rows = await exports.write(self._folder, self._tell, self._staff)
        except AWAY:
            self._end(words("Nothing is written: the books do not answer. Please try again."))
        except FolderInUse:
            self._end(words("Nothing is written: somebody writes there. Please try again."))
        except OSError:
            self._end(words("Nothing is written: the disk does not take it."))
        else:
            total = words.number(sum(rows.values()))
            said = words("{n} rows are written, in a file of each kind:", n=total)
            self.query_one("#ask", Static).update(Content(said))

    def _end(self, why: str) -> None:
        self.query_one("#ask", Static).update("")
        self.say(why)

    def _tell(self, progress: Progress) -> None:
        if self.is_mounted:
            said = self.words(
                "Writing {file}: {n} rows",
                file=progress.table.file_name,
                n=self.words.number(progress.rows),
            )
            self.query_one("#ask", Static).update(Content(said))
