"""How long each request took, counted, and written into the log where somebody reads it by program."""

import logging
import time

from flask import Flask, Response, g, request

from server.kernel.measures import Measures, labelled
from server.masterdata.callers import Caller

log = logging.getLogger("aisle.requests")
_NOT_LOGGED = ("pages.", "health.", "texts.", "enrol.")


def measure_requests(app: Flask, measures: Measures) -> None:
    """Notes every request, also those that are refused. Addresses are logged without what follows the question mark."""
    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _end(answer: Response) -> Response:
        endpoint = request.endpoint or "none"
        seconds = time.perf_counter() - g.pop("began", time.perf_counter())
        if not request.path.startswith("/socket.io"):
            measures.observe("aisle_answer_seconds", seconds, way="http")
            measures.add(labelled("aisle_requests_total", route=endpoint, status=str(answer.status_code)))
            if log.isEnabledFor(logging.INFO) and not endpoint.startswith(_NOT_LOGGED):
                _write(endpoint, answer.status_code, seconds)
        return answer


def _write(endpoint: str, status: int, seconds: float) -> None:
    me = g.get("caller") or Caller()
    log.info("request", extra={
        "method": request.method, "route": endpoint, "path": request.path[:200], "status": status, "ms": round(seconds * 1000, 1),
        "device": f"d{me.device_id}" if me.device_id is not None else None, "person": me.name if me.worker_id is not None else None,
        "address": request.remote_addr})
