"""Is it said what the model takes, and is there a row to begin with?"""

from __future__ import annotations

from labwright.serving.readiness.contributions import Found, Stop, passed, warned
from labwright.serving.readiness.subject import Subject

CODE = "log_model(model, name='model', signature=infer_signature(frame, model.predict(frame)), input_example=frame[:5])"


def signature(subject: Subject, _stop: Stop) -> Found:
    """Without a signature nothing is known of the inputs; without an example nothing was tried yet."""
    found, example = subject.card["signature"], subject.card["example"]
    if found is None:
        return warned(
            "The model has no signature, so nothing can check what callers send; log it with one: "
            f"mlflow.sklearn.{CODE}."
        )
    inputs, outputs = len(found["inputs"]), len(found["outputs"])
    figures = [("inputs", f"{inputs:,}"), ("outputs", f"{outputs:,}" if outputs else "not said")]
    if not example:
        return warned(
            "It has a signature and no input example, so it was not tried with a row of its own; log one: "
            "mlflow.sklearn.log_model(model, name='model', input_example=frame[:5]).",
            *figures,
        )
    rows = len(example["data"])
    words = f"It says what it takes, and brings {rows} {'row' if rows == 1 else 'rows'} to try it with."
    return passed(words, *figures, ("rows of the example", str(rows)))
