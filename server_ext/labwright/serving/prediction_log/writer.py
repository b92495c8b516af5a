"""The one writer of an endpoint's log, in its data plane: a line is in the file before the reply goes out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labwright.serving.prediction_log import line
from labwright.serving.prediction_log.policy import Policy
from labwright.serving.prediction_log.privacy import Privacy
from labwright.serving.prediction_log.segments import Appender
from labwright.serving.prediction_log.syncing import GroupSync

if TYPE_CHECKING:
    from labwright.serving.settings_models import LogSettings

SEGMENT_BYTES = 32 << 20
WORTH_BYTES = 4 << 20  # from this size on a segment becomes Parquet within the hour

LARGE_BYTES = 256 << 10  # values beyond take long to go through
READY, LOST = "ready", "lost"  # forms, see `Writer.ready`


class Writer:
    """Appends lines. `unlogged` counts what could not be written: predictions go on without it."""

    def __init__(
        self, folder: Path, settings: LogSettings | Mapping[str, Any] | None = None, *,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:  # fmt: skip
        self.folder, self.unlogged = folder, 0
        self.rolled = asyncio.Event()  # a segment was closed, or other settings hold: there may be something to tidy
        self._segment_bytes = segment_bytes
        self._appender = Appender(folder, segment_bytes)
        self._quoted: dict[str | None, str] = {}
        self._sync = GroupSync(self._appender)
        self._one = asyncio.Lock()  # several threads at work would leave the loop too little
        self.apply(settings)

    def apply(self, settings: LogSettings | Mapping[str, Any] | None) -> None:
        """Hold to these settings from the next line on."""
        policy = Policy.of(settings)
        self._privacy = Privacy(policy, self.folder)
        self.policy = policy
        self._keys = f',"keys":{json.dumps(policy.entity_keys)}' if policy.entity_keys else ""
        self._keys += self._privacy.mark
        self._appender.fsync = policy.fsync
        quarter = (policy.max_mb << 20) // 4 if policy.max_mb is not None else self._segment_bytes
        self._appender.limit = min(self._segment_bytes, quarter)
        self.rolled.set()

    def write(
        self, request_id: str, at: datetime, version: str | None, status: int, latency_ms: float, rows: int,
        columns: str = "", data: str | bytes = "", predictions: str | bytes = "", *, role: str = "live",
        consumer: str = "owner", form: str = "", shape: str = "", answer: str = "",
    ) -> None:  # fmt: skip
        """Append a line. A failure is counted, never raised.

        `columns`, `data` and `predictions` are JSON text already. A body that came otherwise is logged as it came:
        with `form="csv"`, `data` is `forms.csv_text` of it, with its header, `columns` {name: MLflow's type} or names;
        with `form="raw"`, `data` are a tensor's bytes and `shape` is {"dtype": …, "shape": […]}. `answer` is the same
        of `predictions` that are bytes.
        """
        when = at.isoformat()
        head = (
            f'{{"id":"{request_id}","at":"{when}","version":{self._quote(version)},"status":{status},'
            f'"latency_ms":{latency_ms:.3f},"rows":{rows},"role":"{role}","consumer":{self._quote(consumer)}'
        )
        appender = self._appender
        opened = appender.opened
        try:
            if predictions and self.policy.inputs:
                whole = self._with_values(head, columns, data, predictions, form, shape, answer)
            else:
                whole = (f"{head}}}\n".encode(),)
            appender.append(whole, when[:10])
        except Exception:  # whatever a caller sent or a model gave: its answer goes out all the same
            self.unlogged += 1
        if appender.opened != opened:
            self.rolled.set()

    def _with_values(
        self, head: str, columns: str, data: str | bytes, predictions: str | bytes, form: str, shape: str, answer: str
    ) -> tuple[bytes, ...]:  # fmt: skip
        if form == LOST:
            raise ValueError("values that could not be gone through")
        if form != READY:
            columns, data, predictions = self._privacy.shown(columns, data, predictions, form, shape, answer)
        # A model's answer is its own text; a line break in it must not begin a line of ours.
        return line.parts(
            head + self._keys, (columns or "null").encode(), _one_line(data), _one_line(predictions)
        )  # fmt: skip

    @property
    def private(self) -> bool:
        """Whether `ready` is to be asked before `write`."""
        return self._privacy.outputs and self.policy.inputs

    async def ready(self, fields: dict[str, Any]) -> dict[str, Any]:
        """`write`'s arguments from `columns` on; those that take long are gone through in a thread, the loop goes on.

        Write them at once: no other settings may come in between.
        """
        while self.private and len(fields["data"]) + len(fields["predictions"]) > LARGE_BYTES:
            async with self._one:
                privacy = self._privacy
                try:
                    columns, data, predictions = await asyncio.to_thread(privacy.shown, **fields)
                except Exception:  # as in `write`, which counts it
                    return {"form": LOST, "predictions": fields["predictions"]}
            if privacy is self._privacy:
                return {"form": READY, "columns": columns, "data": data, "predictions": predictions}
        return fields

    def _quote(self, text: str | None) -> str:
        found = self._quoted.get(text)
        if found is None:
            if len(self._quoted) > 1000:
                self._quoted.clear()
            found = self._quoted[text] = json.dumps(text)
        return found

    async def settled(self) -> None:
        """Come back when all that was written so far would outlive a power loss; at once unless `fsync` is set."""
        if self.policy.fsync and not await self._sync.settled():
            self.unlogged += 1

    def tidy(self, now: datetime | None = None, *, worth: int = WORTH_BYTES) -> None:
        """Close the segment when its day is over, or when it is worth a Parquet file. Call it now and then."""
        with suppress(OSError):
            if self._appender.roll((now or datetime.now(UTC)).strftime("%Y-%m-%d"), worth=worth):
                self.rolled.set()

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            self._appender.close()


def _one_line(found: str | bytes) -> bytes:
    text = found.encode() if isinstance(found, str) else found
    return text.replace(b"\n", b" ") if b"\n" in text else text
