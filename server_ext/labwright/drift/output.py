"""A drift report as a notebook's output: one bundle that reads well in Labwright, without it, and on code hosts.

Sanitizers differ: JupyterLab's keeps styles and pictures, nbconvert's keeps plain tables and turns any other element,
`<img>` and `<th>` among them, into visible code. So the table is `tr` and `td` only, and a drawing is the background
of its own text form: where styles are taken away, the text is what one sees.
"""

from __future__ import annotations

import html
import json
from typing import Any

from pydantic import BaseModel

from labwright.drift import drawing
from labwright.drift.models import ColumnDrift, DriftReport

MIME = "application/vnd.labwright.drift.v1+json"
MAX_JSON = 50_000
MAX_NAME = 120
MAX_ROWS = 60  # of the HTML table
MAX_DRAWN = 20
CELL = "padding:4px 8px;text-align:{};vertical-align:middle;border-bottom:1px solid #8a8a8a55"


def bundle(report: DriftReport) -> dict[str, Any]:
    """The MIME bundle."""
    return {MIME: as_json(report), "text/html": as_html(report), "text/plain": as_text(report)}


def headline(report: DriftReport) -> str:
    """6 of 14 columns drifted."""
    return f"{report.drifted} of {report.compared} column{'s' if report.compared != 1 else ''} drifted"


def as_json(report: DriftReport) -> dict[str, Any]:
    """The report within 50 KB: pictures go first, then columns that did not drift, each time with a note."""
    small = report.model_copy(deep=True)
    for column in small.columns:
        column.name = _short(column.name)
    for skipped in small.not_compared:
        skipped.name = _short(skipped.name)
    over = _size(small) - MAX_JSON
    for column in [*_least(small, drifted=False), *_least(small, drifted=True)]:
        if over <= 0:
            break
        if column.histogram is not None:
            over -= _size(column.histogram) - len("null")
            column.histogram = None
    _leave_out(small, _least(small, drifted=False), "columns that did not drift")
    if _size(small) > MAX_JSON and len(small.not_compared) > 20:
        small.notes.append(f"{len(small.not_compared) - 20:,} columns that were not compared are left out here.")
        small.not_compared = small.not_compared[:20]
    _leave_out(small, _least(small, drifted=True), "columns that drifted less than these")
    return small.model_dump(mode="json")


def _least(report: DriftReport, *, drifted: bool) -> list[ColumnDrift]:
    """The least telling first."""
    return [column for column in reversed(report.columns) if column.drifted == drifted]


def _leave_out(small: DriftReport, candidates: list[ColumnDrift], words: str) -> None:
    """Leave out the first candidates until the report is small enough."""
    over = _size(small) - MAX_JSON
    if over <= 0 or not candidates:
        return
    over += 200  # the note itself
    gone: set[int] = set()
    for column in candidates:
        if over <= 0:
            break
        over -= _size(column) + len(", ")
        gone.add(id(column))
    small.columns = [column for column in small.columns if id(column) not in gone]
    small.notes.append(f"{len(gone):,} {words} are left out here; the report in the Drift panel has them all.")


def _size(part: BaseModel) -> int:
    # As the notebook's file has it: with spaces, and other than ASCII written out.
    return len(json.dumps(part.model_dump(mode="json")))


def as_html(report: DriftReport) -> str:
    """Headline and table."""
    shown = report.columns[:MAX_ROWS]
    before, now = (f'<span style="color:{colour}">■</span>' for colour in (drawing.BEFORE, drawing.NOW))
    titles = ("Column", "Verdict", "Score", "Threshold", "Mean&nbsp;before → now",
              f"{before}&nbsp;training sample → {now}&nbsp;now", "Method")  # fmt: skip
    sides = ("left", "left", "right", "right", "right", "left", "left")
    parts = [
        f'<div style="font-size:15px;padding:4px 0"><b>{html.escape(headline(report))}</b></div>',
        f'<div style="padding:0 0 6px 0">{html.escape(_subtitle(report))}</div>',
        '<table style="border-collapse:collapse;font-size:13px"><tr>',
        *(_cell(f"<b>{title}</b>", side) for title, side in zip(titles, sides, strict=True)),
        "</tr>",
        *(_row(column, drawn=place < MAX_DRAWN or column.drifted) for place, column in enumerate(shown)),
        "</table>",
    ]
    lines = [*_remarks(report), *([_rest(report, len(shown))] if report.compared > len(shown) else [])]
    parts += [f'<div style="padding:2px 0">{html.escape(line)}</div>' for line in lines]
    return "".join(parts)


def _row(column: ColumnDrift, *, drawn: bool) -> str:
    verdict = (
        f'<b style="color:{drawing.NOW}">drifted</b>' if column.drifted else '<span style="color:#7f8fa6">same</span>'
    )
    cells = (
        (f"<b>{html.escape(_short(column.name))}</b>", "left"),
        (verdict, "left"),
        (_number(column.score), "right"),
        (_number(column.threshold), "right"),
        (html.escape(_means(column)).replace(" ", "&nbsp;"), "right"),
        (_drawn(column) if drawn else "", "left"),
        (f'<span style="font-size:11px">{html.escape(column.method)}</span>', "left"),
    )
    return f"<tr>{''.join(_cell(*cell) for cell in cells)}</tr>"


def _cell(content: str, side: str) -> str:
    return f'<td style="{CELL.format(side)}">{content}</td>'


def _drawn(column: ColumnDrift) -> str:
    if column.histogram is None:
        return ""
    before, now = drawing.sparks(column.histogram)
    style = (
        f"display:inline-block;width:{drawing.WIDTH}px;height:{drawing.HEIGHT}px;overflow:hidden;color:transparent;"
        f"font-size:9px;white-space:nowrap;background-repeat:no-repeat;"
        f"background-image:url({drawing.svg_uri(column.histogram)})"
    )
    title = html.escape(drawing.words(column.histogram))
    return f'<span title="{title}" style="{style}">{before}&nbsp;→&nbsp;{now}</span>'


def as_text(report: DriftReport) -> str:
    """The same for a terminal."""
    lines = [headline(report), _subtitle(report), ""]
    width = max((min(len(_short(column.name)), 40) for column in report.columns), default=0)
    for column in report.columns[:MAX_ROWS]:
        verdict = "drifted" if column.drifted else "same"
        name = _short(column.name, 40)
        before, now = drawing.sparks(column.histogram) if column.histogram else ("", "")
        lines.append(
            f"{name:<{width}}  {verdict:<7}  {_number(column.score):>8}  {_means(column):<22}  {before} → {now}  "
            f"{column.method}".replace("  →  ", "  ")
        )
    if report.compared > MAX_ROWS:
        lines.append(_rest(report, MAX_ROWS))
    return "\n".join([*lines, *_remarks(report)])


def _subtitle(report: DriftReport) -> str:
    what = (
        f"{report.endpoint}, version {report.version}, {'last ' + report.window if report.window else 'all traffic'}: "
        if report.endpoint
        else ""
    )
    return (
        f"{what}{report.current_rows:,} rows against {report.reference_rows:,} of the training sample, "
        f"{report.created:%Y-%m-%d %H:%M} UTC"
    )


def _remarks(report: DriftReport) -> list[str]:
    noted = [f"{_short(column.name)}: {column.note}" for column in report.columns if column.note]
    missing = [
        f"{_short(column.name)}: {column.reference_missing:.0%} of the rows had no value before, "
        f"{column.current_missing:.0%} have none now; the verdict is on the others."
        for column in report.columns
        if abs(column.reference_missing - column.current_missing) >= 0.05
    ]
    skipped = [f"Not compared: {_short(column.name)}. {column.reason}" for column in report.not_compared]
    if len(skipped) > 10:
        skipped[9:] = [f"{len(skipped) - 9} more columns were not compared."]
    return [*report.notes, *noted[:10], *missing[:10], *skipped]


def _rest(report: DriftReport, shown: int) -> str:
    drifted = sum(column.drifted for column in report.columns[:shown])
    return (
        f"{report.compared - shown:,} more columns, {report.drifted - drifted:,} of which drifted, "
        "are in .to_frame() and in the Drift panel."
    )


def _means(column: ColumnDrift) -> str:
    if column.reference_mean is None or column.current_mean is None:
        return ""
    return f"{_number(column.reference_mean)} → {_number(column.current_mean)}"


def _number(value: float | None) -> str:
    if value is None:
        return "n/a"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"


def _short(text: str, limit: int = MAX_NAME) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
