"""The prediction log: each request of an endpoint, written before its reply goes out; one schema for all models.

    request_id    the request's id, 32 digits in hex; the reply has it in x-request-id
    at            when it came, UTC
    endpoint      the endpoint's name
    version       which version answered; missing where none did
    role          live, share (of a lasting split), canary, or shadow (a copy, whose answer went nowhere else)
    consumer      whose token it was
    status        as in HTTP: 200 is answered
    latency_ms    from the request's begin to its reply
    rows          how many rows it had; 0 where it was refused
    inputs        JSON: {"columns": […], "data": [[…], …]}; data as it came where it was CSV or bytes (see `forms`);
                  "hashed" names the columns of which these are hashes (see `privacy`)
    outputs       JSON: what the model gave
    entity_keys   JSON: {column: [a value for each row]} of the columns that say whom a row is about
    feedback      what came true, told later; joined by request_id when the log is read (see `feedback`)

Inputs, outputs and entity keys are there in answered requests only, and as far as the settings keep them. Lines are
appended to segments (JSON), one `os.writev` each, so that a kill of any process loses none that was acknowledged; with
`fsync` set a power loss does not, either. Closed segments become Parquet by day, `date=YYYY-MM-DD/part-*.parquet`, with
the columns above, for any tool that reads Parquet; readers here see both alike.
"""

from __future__ import annotations

from labwright.serving.prediction_log.counting import COUNTED, count_rows, sizes
from labwright.serving.prediction_log.feedback import BadFeedback, FeedbackWriter
from labwright.serving.prediction_log.frames import COLUMNS, frame, inputs
from labwright.serving.prediction_log.reading import answered, has_parquet, is_empty, lines, plain_inputs, read
from labwright.serving.prediction_log.window import parse_window
from labwright.serving.prediction_log.writer import Writer

__all__ = [
    "COLUMNS",
    "COUNTED",
    "BadFeedback",
    "FeedbackWriter",
    "Writer",
    "answered",
    "count_rows",
    "frame",
    "has_parquet",
    "inputs",
    "is_empty",
    "lines",
    "parse_window",
    "plain_inputs",
    "read",
    "sizes",
]
