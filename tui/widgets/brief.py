"""A text that says, at its end, where it has no room for all of it: the help, or a click, shows the whole."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.visual import Visual, VisualType
from textual.widgets import Static

from tui.settings.key_names import key_of

MORE = "… more · "
"""Behind it stands the key of the help."""


class Brief(Static):
    """A text that may be longer than its room."""

    # Who has another number of lines needs no second layout for it, as Textual has it.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False, repaint=False)

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(text, id=id, markup=False)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text. All around it is laid out anew only if it takes another number of lines."""
        before = self._room if self.size.width else None
        super().update(content, layout=False)
        if layout and before != self._room:
            self.refresh(layout=True)

    @property
    def _room(self) -> int:
        """How many lines it asks for."""
        return self._lines

    @property
    def whole(self) -> Content:
        """All of the text."""
        return self.content if isinstance(self.content, Content) else Content(str(self.content))

    @property
    def cut(self) -> bool:
        """Not all of the text is seen, though it has something to say now."""
        if not self.whole or not self.display:
            return False
        return not self.is_on_screen or self._lines > self.size.height

    @property
    def _lines(self) -> int:
        """How many lines the whole text takes."""
        return self.get_content_height(self.size, self.size, self.size.width)

    def render_line(self, y: int) -> Strip:
        """Render a line; the last one ends with a sign where the text goes on."""
        line = super().render_line(y)
        if y != self.size.height - 1 or self._lines <= self.size.height:
            return line
        more = Content.assemble(MORE, Content.styled(key_of(self)("app.help"), "bold $accent"))
        room = self.size.width - more.cell_length
        if room < 0:
            return line
        (end,) = Visual.to_strips(self, more, more.cell_length, 1, self.visual_style, apply_selection=False)
        return Strip.join([line.adjust_cell_length(room), end])

    async def on_click(self) -> None:
        """Show the whole."""
        if self.cut:
            await self.run_action("app.help")


class Explanation(Brief):
    """What explains the knob under the cursor, below the form.

    It keeps the room of the longest text while one goes from knob to knob: the form neither jumps nor is laid out anew.

    Attributes:
        keeps: one is going from knob to knob.
    """

    keeps = False
    _most = 0
    _width = 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines it asks for."""
        lines = super().get_content_height(container, viewport, width)
        kept = self.keeps and width == self._width
        self._most, self._width = max(lines, self._most) if kept else lines, width
        return self._most

    @property
    def _room(self) -> int:
        return self.get_content_height(self.size, self.size, self.size.width)

    @property
    def _lines(self) -> int:
        return super().get_content_height(self.size, self.size, self.size.width)
