"""GET /metrics: an endpoint's counts since its start, in Prometheus' text format (version 0.0.4).

https://prometheus.io/docs/instrumenting/exposition_formats/. `prometheus_client` is not imported here: the counts are
kept by `figures` already, once, and the hot path has no locks to take.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable, Mapping
from itertools import accumulate

from labwright.serving.plane.asking import Asker
from labwright.serving.plane.figures import BATCH_EDGES, EDGES
from labwright.serving.plane.http import Call, Handler, Reply

PREFIX = "labwright_endpoint"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0)
PLACES = tuple(EDGES.index(seconds * 1000) for seconds in SECONDS)
Sample = tuple[str, Mapping[str, str], float]  # a suffix of the name, labels, value


def routes(asker: Asker) -> dict[str, dict[str, Handler]]:
    """The path, and its handler."""

    async def metrics(_call: Call) -> Reply:
        return Reply(200, text(asker).encode(), {"content-type": CONTENT_TYPE})

    return {"/metrics": {"GET": metrics}}


def text(asker: Asker) -> str:
    """All metrics."""
    from labwright import __version__

    figures, shares = asker.figures, asker.traffic.shares
    shadow = asker.traffic.shadow
    pools = [(share.pool, share.role) for share in shares] + ([(shadow, "shadow")] if shadow else [])
    parts = [
        _family("info", "gauge", "The endpoint, and Labwright's version.",
                [("", {"name": asker.name, "labwright_version": __version__}, 1)]),
        _family("requests_total", "counter", "Calls that were answered, refused (4xx) or failed (5xx).",
                [("", {"version": version, "role": role, "status": f"{kind}xx"}, count)
                 for (version, role, kind), count in figures.statuses.items()]),
        _family("consumer_requests_total", "counter", "Calls by whose token they came with.",
                [("", {"consumer": consumer, "status": f"{kind}xx"}, count)
                 for (consumer, kind), count in figures.consumers.items()]),
        _family("predictions_total", "counter", "Rows that were answered.",
                [("", {"version": version, "role": role}, tally.rows)
                 for (version, role), tally in figures.tallies.items()]),
        _family("request_duration_seconds", "histogram", "From a call's begin to its reply.", _latencies(asker)),
        _family("batch_rows", "histogram", "Rows that a version's process ran together.", _batches(asker)),
        _family("unlogged_total", "counter", "Calls that the prediction log could not take.",
                [("", {}, asker.log.unlogged)]),
        _family("dropped_copies_total", "counter", "Copies that a shadow was too slow for.",
                [("", {}, asker.copies.dropped)]),
        _family("processes_ready", "gauge", "A version's processes that can answer.",
                [("", {"version": pool.version, "role": role}, pool.processes) for pool, role in pools]),
        _family("traffic_ratio", "gauge", "A version's share of the calls.",
                [("", {"version": share.pool.version, "role": share.role}, share.weight / 100) for share in shares]),
        *_process(asker),
    ]  # fmt: skip
    return "".join(parts)


def _latencies(asker: Asker) -> Iterable[Sample]:
    for (version, role), tally in asker.figures.tallies.items():
        labels, reached = {"version": version, "role": role}, list(accumulate(tally.buckets))
        for seconds, place in zip(SECONDS, PLACES, strict=True):
            yield "_bucket", labels | {"le": str(seconds)}, reached[place]
        yield "_bucket", labels | {"le": "+Inf"}, tally.calls
        yield "_sum", labels, tally.total_ms / 1000
        yield "_count", labels, tally.calls


def _batches(asker: Asker) -> Iterable[Sample]:
    for version, batches in asker.figures.batches.items():
        labels = {"version": version}
        for edge, reached in zip(BATCH_EDGES, accumulate(batches.buckets), strict=False):
            yield "_bucket", labels | {"le": str(float(edge))}, reached
        yield "_bucket", labels | {"le": "+Inf"}, batches.count
        yield "_sum", labels, batches.rows
        yield "_count", labels, batches.count


def _process(asker: Asker) -> Iterable[str]:
    """The data plane itself, by the names that Prometheus' clients use."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield _family("process_cpu_seconds_total", "counter", "User and system CPU time.",
                  [("", {}, used.ru_utime + used.ru_stime)], prefix="")  # fmt: skip
    yield _family("process_start_time_seconds", "gauge", "Seconds since 1970 at which the process started.",
                  [("", {}, asker.figures.began)], prefix="")  # fmt: skip
    try:
        with open("/proc/self/statm", "rb") as file:
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return
    yield _family("process_resident_memory_bytes", "gauge", "Resident memory of the data plane, without its models'.",
                  [("", {}, pages * os.sysconf("SC_PAGE_SIZE"))], prefix="")  # fmt: skip


def _family(name: str, kind: str, words: str, samples: Iterable[Sample], prefix: str = f"{PREFIX}_") -> str:
    lines = [f"# HELP {prefix}{name} {words}\n# TYPE {prefix}{name} {kind}\n"]
    for suffix, labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{prefix}{name}{suffix}{{{inner}}} {value}\n" if inner else f"{prefix}{name}{suffix} {value}\n")
    return "".join(lines)


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
