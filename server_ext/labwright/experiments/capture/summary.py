"""What a cell's output says of its run: from this process while it goes on, from the store when it has ended."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from labwright.experiments.capture import names
from labwright.experiments.capture.cost import Cost
from labwright.experiments.capture.models import OutputFact, OutputMetric, RunOutput
from labwright.experiments.capture.session import Capture
from labwright.experiments.capture.summary_html import seconds_text, summary_html, summary_plain
from labwright.experiments.direction import Direction, direction, usual_metric
from labwright.experiments.models import Run
from labwright.experiments.trim import clip

MIME = "application/vnd.labwright.run.v1+json"
LIMIT = 50_000  # bytes of the whole bundle
# One after the other until it fits: metrics, points of a curve, parameters, characters of a text.
STEPS = ((12, 60, 24, 120), (12, 40, 24, 80), (8, 30, 12, 60), (6, 20, 8, 40), (4, 0, 4, 24), (1, 0, 1, 12))

Curves = Mapping[str, Sequence[tuple[int, float]]]


def live(run: Any, experiment: str, capture: Capture, curves: Curves, trouble: str) -> RunOutput:
    """The run as it stands now, asked of nobody but this process. `run` is MLflow's."""
    now = datetime.now(UTC)
    started = datetime.fromtimestamp(run.info.start_time / 1000, UTC)
    return RunOutput(
        run_id=run.info.run_id, name=run.info.run_name or "", experiment=experiment,
        experiment_id=run.info.experiment_id, status="RUNNING", started=started,
        seconds=max((now - started).total_seconds(), 0.0), source=run.data.tags.get(names.SOURCE, ""),
        metrics=_metrics(curves, {}), trouble=trouble,
    )  # fmt: skip


def ended(shown: RunOutput, status: str, run: Run | None, capture: Capture, curves: Curves, trouble: str) -> RunOutput:
    """The run as it ended; `run` is what the store has of it, None where that cannot be asked now."""
    cost = capture.cost
    seconds = cost.wall_seconds if cost else (datetime.now(UTC) - shown.started).total_seconds()
    found = shown.model_copy(
        update={
            "status": status, "seconds": seconds, "trouble": trouble,
            "metrics": _metrics(curves, {name: one.text for name, one in run.metrics.items()} if run else {}),
            "cost": _cost(cost, capture) if cost else [],
            "recorded": _recorded(capture), "left_out": list(capture.context.left_out),
        }
    )  # fmt: skip
    if run is not None:
        if run.ended and run.started:
            found.seconds = (run.ended - run.started).total_seconds()
        found.name = run.name or found.name
        found.params = [OutputFact(name=name, text=text) for name, text in run.params.items()]
        found.models = [
            OutputFact(name=one.name, text="with signature" if one.has_signature else "no signature")
            for one in run.models
        ]
    return found


def bundle(output: RunOutput) -> dict[str, Any]:
    """The MIME bundle, at most 50 KB whatever the names and values are."""
    for metrics, points, params, text in STEPS:
        small = _trimmed(output, metrics, points, params, text)
        found = {
            MIME: small.model_dump(mode="json"), "text/html": summary_html(small), "text/plain": summary_plain(small),
        }  # fmt: skip
        if len(json.dumps(found)) <= LIMIT:
            break
    return found


def _metrics(curves: Curves, last: Mapping[str, str]) -> list[OutputMetric]:
    found = []
    usual = usual_metric([*curves, *last])
    every = dict.fromkeys([*curves, *last])  # in the order in which they came first
    for name in sorted(every, key=lambda one: (one != usual, one.startswith("system/"))):
        points = curves.get(name, ())
        metric = OutputMetric(name=name, last=last.get(name) or (_text(points[-1][1]) if points else ""))
        way = direction(name)
        finite = [(value, step) for step, value in points if math.isfinite(value)]
        if finite and way is not Direction.none:
            value, step = (max if way is Direction.up else min)(finite, key=lambda one: one[0])
            metric.best, metric.best_step = _text(value), step
        if len(points) > 1:
            metric.steps = [step for step, _ in points]
            metric.values = [float(f"{value:.5g}") if math.isfinite(value) else None for _, value in points]
        found.append(metric)
    return found


def _text(value: float) -> str:
    return f"{value:.6g}"


def _cost(cost: Cost, capture: Capture) -> list[OutputFact]:
    facts = [("CPU", seconds_text(cost.cpu_seconds)), ("peak memory", _memory(cost.peak_memory_mb))]
    if cost.gpu_seconds is not None:
        facts += [("GPU", seconds_text(cost.gpu_seconds)), ("peak GPU memory", _memory(cost.peak_gpu_memory_mb or 0))]
    if capture.money is not None:
        facts.append(("estimated cost", f"{capture.money:.4g} {capture.settings.currency}".strip()))
    return [OutputFact(name=name, text=text) for name, text in facts]


def _recorded(capture: Capture) -> list[OutputFact]:
    """What arrived, in words."""
    context, there = capture.context, set(capture.recorded)
    facts: list[tuple[str, str]] = []
    if names.NOTEBOOK_FILE in there:
        facts.append(("notebook", "a copy without outputs"))
    if names.CELLS_FILE in there:
        facts.append(("cells", f"{capture.cell_count} executed"))
    if context.git is not None and context.git.commit:
        changed = f", {context.git.changed_files} changed" if context.git.changed_files else ""
        facts.append(("git", f"{context.git.branch or 'no branch'} {context.git.commit[:8]}{changed}"))
    if names.LOCK_FILE in there:
        facts.append(("environment", f"Python {context.python}, {context.packages} packages"))
    if context.data:
        facts.append(("data", ", ".join(f"{one.name} ({one.digest})" for one in context.data[:4])))
    if context.feature_views:
        facts.append(("features", ", ".join(f"{one.name} {one.version}" for one in context.feature_views[:6])))
    if context.cluster is not None:
        used = context.cluster
        facts.append(("cluster", f"{used.name}: {used.workers} workers" + (f", {used.gpus} GPUs" if used.gpus else "")))
    if context.masked:
        facts.append(("secrets", f"masked in {context.masked} places"))
    return [OutputFact(name=name, text=text) for name, text in facts]


def _memory(megabytes: float) -> str:
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"


def _trimmed(output: RunOutput, metrics: int, points: int, params: int, text: int) -> RunOutput:
    small = output.model_copy(deep=True)
    small.more_metrics += max(len(small.metrics) - metrics, 0)
    small.more_params += max(len(small.params) - params, 0)
    small.metrics, small.params = small.metrics[:metrics], small.params[:params]
    few = min(params, 10)
    small.models, small.cost = small.models[:few], small.cost[:few]
    small.recorded, small.left_out = small.recorded[:few], small.left_out[:few]
    for field in ("name", "experiment", "source", "trouble"):
        setattr(small, field, clip(getattr(small, field), text * 2))
    for fact in [*small.params, *small.models, *small.cost, *small.recorded]:
        fact.name, fact.text = clip(fact.name, text), clip(fact.text, text * 2)
    small.left_out = [clip(one, text * 2) for one in small.left_out]
    for metric in small.metrics:
        metric.name, metric.last = clip(metric.name, text), clip(metric.last, text)
        kept = _thin(len(metric.steps), points)
        metric.steps, metric.values = [metric.steps[i] for i in kept], [metric.values[i] for i in kept]
    return small


def _thin(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)] if most > 1 else []
