"""How printers are and what is open for each: for the command, the API and the pages."""

from sqlalchemy import text

from server.printing.states import open_rule

_OPEN = f"j.printer_id = p.id AND {open_rule('j.')}"
PRINTERS = text(
    "SELECT p.id, p.name, s.code AS site, p.url, p.language, p.zone, p.answers, COALESCE(c.code, '') AS condition, "
    "COALESCE(c.sentence, '') AS sentence, COALESCE(c.warnings, '') AS warnings, COALESCE(c.model, '') AS model, "
    "COALESCE(c.firmware, '') AS firmware, c.odometer, c.since, c.checked_at, c.hour, c.hour_errors, c.before_errors, "
    f"(SELECT COUNT(*) FROM print_job j WHERE {_OPEN}) AS waiting, "
    f"(SELECT COUNT(*) FROM print_job j WHERE {_OPEN} AND j.state = 'held') AS held, "
    "(SELECT COUNT(*) FROM print_job j WHERE j.printer_id = p.id AND j.state = 'unknown') AS unknown, "
    "(SELECT MAX(j.printed_at) FROM print_job j WHERE j.printer_id = p.id) AS printed_at, "
    "(SELECT j.printed_at - j.sent_at FROM print_job j WHERE j.printer_id = p.id AND j.printed_at IS NOT NULL ORDER BY j.printed_at DESC LIMIT 1) "
    "AS latency_ms, "
    "(SELECT j.code FROM print_job j WHERE j.printer_id = p.id AND j.printed_at IS NOT NULL ORDER BY j.printed_at DESC LIMIT 1) AS last_label, "
    "n.after_seconds, o.name AS neighbour FROM printer p JOIN site s ON s.id = p.site_id "
    "LEFT JOIN printer_condition c ON c.printer_id = p.id LEFT JOIN printer_neighbour n ON n.printer_id = p.id "
    "LEFT JOIN printer o ON o.id = n.neighbour_id "
    "WHERE p.id > :after AND (CAST(:site_id AS BIGINT) IS NULL OR p.site_id = :site_id) ORDER BY p.id LIMIT :most"
)
"""Times in milliseconds; `waiting` counts all that is open, what is held among it; `printed_at`, `last_label` and `latency_ms`, from
its first byte to the answer that it came out, are the last label's."""
