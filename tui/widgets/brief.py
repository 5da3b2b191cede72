"""A text that says, at its end, where it has no room for all of it: the help, or a click, shows the whole."""

from __future__ import annotations

from textual.content import Content
from textual.strip import Strip
from textual.visual import Visual, VisualType
from textual.widgets import Static

from tui.settings.key_names import key_of

MORE = "… more · "
"""Behind it stands the key of the help."""


class Brief(Static):
    """A text that may be longer than its room."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(text, id=id, markup=False)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text. All around it is laid out anew only if it takes another number of lines."""
        before = self._lines if self.size.width else None
        super().update(content, layout=False)
        if layout and before != self._lines:
            self.refresh(layout=True)

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
