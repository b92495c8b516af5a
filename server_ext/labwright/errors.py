"""The errors of Labwright: one kind per way on, each with a stable code and a sentence that says what to do.

The service maps them to RFC 9457 problem replies, the client maps those back, so a cell, a panel and a command see the
same kind and the same sentence. A message never repeats the rejected value if that could be a secret or a long text.
"""

from __future__ import annotations


class LabwrightError(Exception):
    """Base of all errors that Labwright raises for its user."""

    status = 500
    code = "internal"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class InvalidError(LabwrightError):
    """The request is not something that can be done: bad value, missing column, no such option."""

    status = 422
    code = "invalid"


class NotFoundError(LabwrightError):
    """What was named does not exist."""

    status = 404
    code = "not_found"


class ConflictError(LabwrightError):
    """Somebody or something else came first: the state is not the one that the request expected."""

    status = 409
    code = "conflict"


class ForbiddenError(LabwrightError):
    """Somebody else, such as a team's tracking server, does not permit this to the user."""

    status = 403
    code = "permission_denied"


class UnavailableError(LabwrightError):
    """A part that is needed does not answer now; trying again later can help."""

    status = 503
    code = "unavailable"


class MissingExtraError(LabwrightError):
    """A package that this needs is not installed."""

    status = 501
    code = "missing_extra"

    def __init__(self, extra: str) -> None:
        super().__init__(f"This needs a part that is not installed here: pip install 'labwright[{extra}]'.")


class CredentialError(LabwrightError):
    """No credential, or a wrong one."""

    status = 401
    code = "unauthorized"


KINDS: tuple[type[LabwrightError], ...] = (
    InvalidError,
    NotFoundError,
    ConflictError,
    ForbiddenError,
    UnavailableError,
    MissingExtraError,
    CredentialError,
)


def from_problem(status: int, code: str, detail: str) -> LabwrightError:
    """Rebuild the error that a problem reply stands for."""
    kind = next((kind for kind in KINDS if kind.status == status), LabwrightError)
    error = kind.__new__(kind)
    LabwrightError.__init__(error, detail, code=code)
    return error
