"""Errors as RFC 9457 problem details: what was wrong, where, and what to do; never a stack trace."""

import logging
from typing import Any

from apiflask import APIFlask
from apiflask import HTTPError as ApiError
from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

from server.api.speech import language
from server.floor.errors import Malformed
from server.kernel.errors import Invalid, Refusal, TooMany, Unavailable
from server.sentences import told

log = logging.getLogger("aisle.api")
_TITLES = {400: "Bad request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
           409: "Conflict", 413: "Too large", 415: "Wrong media type", 422: "Invalid", 429: "Too many requests",
           500: "Internal error", 503: "Not available now"}
_WHAT_TO_DO = {
    400: "The request cannot be read. Send well-formed JSON.",
    404: "There is nothing at this address. See /api/docs.",
    405: "This address does not know that method. See /api/docs.",
    413: "The request is too large. Send it in parts.",
    415: "Send JSON with Content-Type: application/json.",
    500: "The server met an error that nobody foresaw. It is in the log; nothing of this request was done.",
}


def install(app: APIFlask) -> None:
    """Makes every error of the application a problem document."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)
    app.error_processor(_api)


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """A problem document, its sentences in the caller's language."""
    spoken = language()
    known = [str(value) for value in more.get("args", {}).values()]
    if errors := more.get("errors"):
        more["errors"] = [{**one, "what": told(str(one["what"]), spoken)} for one in errors]
    answer = jsonify({"type": f"/api/docs#{code}", "title": told(_TITLES.get(status, "Error"), spoken), "status": status,
                      "code": code, "detail": told(detail, spoken, known), **more})
    answer.status_code = status
    answer.content_type = "application/problem+json"
    answer.content_language.add(spoken)
    answer.vary.add("Accept-Language")
    return answer


def _refusal(error: Refusal) -> Response:
    errors = error.errors if isinstance(error, Invalid) else []
    status = 422 if isinstance(error, Malformed) else error.http_status
    answer = problem(status, error.code, error.sentence, **({"errors": errors} if errors else {}), **({"message": error.said} if error.said else {}),
                     args={name: value for name, value in error.args_.items() if isinstance(value, str | int | float)})
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer


def _unavailable(error: Unavailable) -> Response:
    log.warning("the database cannot take work: %s", error)
    answer = problem(503, "unavailable", "The server cannot store anything just now. Nothing was done; try again.")
    answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return problem(status, _TITLES.get(status, "error").lower().replace(" ", "_"),
                   _WHAT_TO_DO.get(status, str(error.description)))


def _unforeseen(error: Exception) -> Response:
    log.error("an error that nobody foresaw", exc_info=error)
    return problem(500, "internal", _WHAT_TO_DO[500])


def _api(error: ApiError) -> Any:
    errors = [{"where": f"{place}.{name}", "what": "; ".join(map(str, what)) if isinstance(what, list) else str(what)}
              for place, fields in (error.detail or {}).items() if isinstance(fields, dict)
              for name, what in fields.items()]
    if error.status_code == 422:
        first = f"{errors[0]['where']}: {errors[0]['what']}" if errors else error.message
        return problem(422, "invalid", f"The request does not fit: {first}.", errors=errors)
    return problem(error.status_code, _TITLES.get(error.status_code, "error").lower().replace(" ", "_"),
                   _WHAT_TO_DO.get(error.status_code, str(error.message)))
