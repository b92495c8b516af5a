"""Are the packages here that the model was logged with?"""

from __future__ import annotations

from importlib import metadata

from packaging.requirements import InvalidRequirement, Requirement

from labwright.serving.model_files import requirements
from labwright.serving.readiness.contributions import Found, Stop, passed, warned
from labwright.serving.readiness.subject import Subject


def environment(subject: Subject, _stop: Stop) -> Found:
    """Compare the model's requirements with what is installed; a model whose environment is rebuilt has them all."""
    wanted = requirements(subject.folder.version(subject.version.version) / "model")
    figures = [("requirements", f"{len(wanted)}"), ("environment", subject.settings.environment)]
    if not wanted:
        words = "It was logged without requirements, so its environment cannot be rebuilt elsewhere; log it with them: "
        return warned(f"{words}log_model(…, pip_requirements=[…]).", *figures)
    if subject.settings.environment == "rebuilt":
        return passed("Its environment was rebuilt from its own requirements.", *figures)
    missing, other, unread = [], [], []
    for line in wanted:
        if line.startswith("-"):  # where to get packages from: an option of pip
            continue
        try:
            needed = Requirement(line)
        except InvalidRequirement:
            unread.append(line)
            continue
        if needed.marker is not None and not needed.marker.evaluate():
            continue
        try:
            here = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            missing.append(needed.name)
            continue
        if not needed.specifier.contains(here, prereleases=True):
            other.append((needed.name, str(needed.specifier), here))
    figures += [(name, f"{specifier}, here {here}") for name, specifier, here in other]
    figures += [(name, "not installed here") for name in missing]
    details = {"missing": missing, "other": [list(one) for one in other], "unread": len(unread)}
    way = f"log the model again here, or: %endpoint settings {subject.endpoint} environment=rebuilt"
    if missing:
        return warned(f"Not installed here: {_names(missing)}; install it, or {way}.", *figures, **details)
    if other:
        names = _names([name for name, _, _ in other])
        return warned(f"Logged with other versions of {names}; {way}.", *figures, **details)
    if unread:
        return warned(f"{len(unread)} of its requirements cannot be read; log it with plain ones.", *figures, **details)
    return passed("What it was logged with is installed here.", *figures, **details)


def _names(names: list[str], most: int = 6) -> str:
    shown = ", ".join(name[:60] for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
