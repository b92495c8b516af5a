"""Which files would run: their digest, their size, and what they are written in."""

from __future__ import annotations

from labwright.serving.model_files import describe
from labwright.serving.readiness.contributions import Found, Stop, passed
from labwright.serving.readiness.subject import Subject


def files(subject: Subject, _stop: Stop) -> Found:
    """A pickle is named as such. It is no warning: MLflow runs a model's code at load whatever it is written in."""
    about = describe(subject.folder.version(subject.version.version) / "model")
    digest = subject.version.digest
    figures = [
        ("SHA-256", f"{digest[:16]}…"), ("size", size_words(about.size)), ("files", f"{about.files:,}"),
        ("formats", ", ".join(about.formats)),
    ]  # fmt: skip
    details = {"digest": digest, "bytes": about.size, "pickles": about.pickles}
    if about.pickles:
        names = ", ".join(about.pickles[:3]) + (" and others" if len(about.pickles) > 3 else "")
        words = f"Holds a pickle ({names}), which runs code when it is loaded; promote only what you trust."
    else:
        words = "Holds no pickle; its digest is fixed now and checked at each load."
    return passed(words, *figures, **details)


def size_words(size: float) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
