"""`%drift`: has the data that an endpoint sees moved away from what its model learnt from?"""

from __future__ import annotations

from argparse import Namespace
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from labwright_kernel.magic import LabwrightMagics, parsed

if TYPE_CHECKING:
    from labwright.service.models import Operation


@magics_class
class DriftMagics(LabwrightMagics):
    """Magics of drift."""

    capability = "drift"
    verbs: ClassVar[dict[str, str]] = {"report": "drift"}

    @line_magic
    @parsed
    @magic_arguments()
    @argument("endpoint", help="An endpoint's name")
    @argument("--window", help="How far back, such as 30m, 12h, 7d or 2w; without it, all that was sent")
    @argument("-o", "--output", metavar="NAME", help="Also keep the report in this variable")
    def drift(self, args: Namespace) -> None:
        """Compare what an endpoint was sent with its model's training sample, with Evidently."""
        from labwright.drift import api
        from labwright.errors import InvalidError

        if args.output is not None and not args.output.isidentifier():
            raise InvalidError("-o takes the name of a variable.")
        shown = _Progress(args.endpoint)
        try:
            report = api.report(args.endpoint, args.window, progress=shown)
        except BaseException:
            shown.failed()
            raise
        assert isinstance(report, api.Report)
        shown.done(report._repr_mimebundle_())
        if args.output is not None:
            assert self.shell is not None
            self.shell.user_ns[args.output] = report

    def names(self, magic: str) -> list[str]:
        """Endpoints that have a drift report or could have one: their folders, so nothing is started."""
        from labwright.state import folders

        home = folders(make=False).home / "endpoints"
        return sorted(path.name for path in home.iterdir()) if home.is_dir() else []


class _Progress:
    """One output that shows how far it is and becomes the report."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._handle: Any = None

    def __call__(self, operation: Operation) -> None:
        self._show(f"{operation.step} …", operation.progress)

    def _show(self, words: str, share: float) -> None:
        filled = round(share * 20)
        text = f"Drift of {self._endpoint}: {words}"
        self._put(
            {
                "text/plain": text,
                "text/html": f"<div>{escape(text)} <code>{'█' * filled}{'░' * (20 - filled)}</code></div>",
            }
        )

    def done(self, bundle: dict[str, Any]) -> None:
        """Show the report in place of the progress."""
        self._put(bundle)

    def failed(self) -> None:
        """Leave no bar that never ends; the error itself is the cell's one line."""
        if self._handle is not None:
            text = f"Drift of {self._endpoint}: no report was made."
            self._put({"text/plain": text, "text/html": f"<div>{escape(text)}</div>"})

    def _put(self, bundle: dict[str, Any]) -> None:
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
