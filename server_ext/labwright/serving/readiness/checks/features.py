"""Are the features that it was trained on there for those who will call it?"""

from __future__ import annotations

from labwright.errors import LabwrightError, NotFoundError
from labwright.experiments.capture.models import FeatureViewUsed
from labwright.experiments.overview.core import origin
from labwright.features import core as features
from labwright.features.models import FeatureView
from labwright.serving.readiness.contributions import Found, Stop, failed, passed, warned
from labwright.serving.readiness.subject import Subject

MATERIALIZE = "lw.features.store().materialize_incremental(datetime.now(UTC))"


def features_online(subject: Subject, stop: Stop) -> Found | None:
    """Look up each view that the run's training join used; None where it used none."""
    used = _used(subject)
    if not used:
        return None
    there: list[FeatureView] = []
    gone, changed, offline, empty = [], [], [], []
    for one in used:
        stop()
        try:
            view = features.view(subject.context, subject.actor, one.name).view
        except NotFoundError:
            gone.append(one.name)
            continue
        there.append(view)
        if view.version != one.version:
            changed.append(one.name)
        if not view.online:
            offline.append(one.name)
        elif view.materialized is None:
            empty.append(one.name)
    figures = [(view.name, _standing(view)) for view in there] + [(name, "gone") for name in gone]
    details = {"gone": gone, "changed": changed, "offline": offline, "empty": empty}
    if gone:
        words = f"Feature view {_names(gone)} is gone, so its features cannot be had any more; apply it again"
        return failed(f"{words} (%features apply), or train without it.", *figures, **details)
    if offline:
        words = f"Feature view {_names(offline)} is not online (online=False); callers must bring its features."
        return warned(words, *figures, **details)
    if empty:
        words = f"Feature view {_names(empty)} was never materialized, so nothing can be looked up online"
        return warned(f"{words}: {MATERIALIZE}.", *figures, **details)
    if changed:
        words = f"Feature view {_names(changed)} was changed since the training; train again, or compare its values."
        return warned(words, *figures, **details)
    count = sum(len(view.features) for view in there)
    return passed(f"What it was trained on can be looked up online: {count} in all.", *figures, **details)


def _used(subject: Subject) -> list[FeatureViewUsed]:
    if subject.version.run_id is None:
        return []
    try:
        found = origin(subject.context, subject.actor, subject.version.run_id).context
    except LabwrightError:
        return []
    return found.feature_views if found is not None else []


def _standing(view: FeatureView) -> str:
    features = f"{len(view.features)} feature{'' if len(view.features) == 1 else 's'}"
    if not view.online:
        return f"{features}, not online"
    return f"{features}, online until {view.materialized:%Y-%m-%d %H:%M}" if view.materialized else f"{features}, empty"


def _names(names: list[str], most: int = 5) -> str:
    shown = ", ".join(name[:60] for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
