"""What a data plane does for its log besides writing it: it closes segments and starts the process that tidies."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from labwright.service.children import environment
from labwright.serving.prediction_log.policy import Policy
from labwright.serving.prediction_log.tidying import due
from labwright.serving.prediction_log.writer import WORTH_BYTES, Writer

log = logging.getLogger(__name__)
EVERY_SECONDS = 10.0
WORTH_SECONDS = 3600.0
AGAIN_SECONDS = 60.0


async def keep(writer: Writer) -> None:
    """Look after a writer's log until cancelled; the process that tidies goes with it."""
    begun = time.monotonic()
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY_SECONDS):  # wait_for would miss a cancel that comes with the event
                await writer.rolled.wait()
            begun = time.monotonic()
        writer.rolled.clear()
        old = time.monotonic() - begun > WORTH_SECONDS
        writer.tidy(worth=WORTH_BYTES if old else sys.maxsize)
        try:
            if await asyncio.to_thread(due, writer.folder, writer.policy) and await tidy(writer.folder, writer.policy):
                log.warning("the prediction log could not be tidied; trying again")
                await asyncio.sleep(AGAIN_SECONDS)
        except OSError as error:
            log.warning("the prediction log could not be looked after: %s", error)
            await asyncio.sleep(AGAIN_SECONDS)


async def tidy(folder: Path, policy: Policy) -> int:
    """Run the process that tidies, at the lowest priority; its exit status. When cancelled it is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "labwright.lifeline", "labwright.serving.prediction_log.tidying", str(folder),
        json.dumps(asdict(policy)), stdin=asyncio.subprocess.PIPE, env=environment() | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(process.wait())
