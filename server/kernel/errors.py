"""What the server refuses, and how it says so."""

from collections.abc import Mapping
from typing import Any


class AisleError(Exception):
    """The base of every error that the server raises on purpose."""


class Refusal(AisleError):
    """A business rule said no: `code` for programs, `args_` for texts and the log, one sentence for people.

    The sentence is English; a worker reads the translation of message key `refused.<code>`
    with `args_` as its placeholders, or `said`, a message of its own ({"key", "args"}), where there is one.
    """

    code = "refused"
    http_status = 409

    def __init__(self, sentence: str, *, said: Mapping[str, Any] | None = None, **args: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.said = sentence, said
        self.args_: Mapping[str, Any] = args

    @property
    def message_key(self) -> str:
        """The key of the translated sentence."""
        return f"refused.{self.code}"


class NotFound(Refusal):
    """Something was named that does not exist here."""

    code = "not_found"
    http_status = 404


class Invalid(Refusal):
    """A value has the wrong shape; `errors` names each place: {"where", "what"}."""

    code = "invalid"
    http_status = 422

    def __init__(self, sentence: str, *, errors: list[dict[str, Any]] | None = None, **args: Any) -> None:
        super().__init__(sentence, **args)
        self.errors = errors or []


class Conflict(Refusal):
    """The same key was used for something else before."""

    code = "conflict"
    http_status = 409


class NotAllowed(Refusal):
    """The role, scope or session does not allow this."""

    code = "not_allowed"
    http_status = 403


class NotSignedIn(Refusal):
    """No valid session, key or device token came with the call."""

    code = "not_signed_in"
    http_status = 401


class TooMany(Refusal):
    """A limit of rate or size was passed; `retry_after_seconds` says when to come back."""

    code = "too_many"
    http_status = 429

    def __init__(self, sentence: str, *, retry_after_seconds: int = 1, **args: Any) -> None:
        super().__init__(sentence, **args)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(AisleError):
    """The database cannot take the work now (away, locked, disk full): nothing was done, try again."""

    retry_after_seconds = 2
