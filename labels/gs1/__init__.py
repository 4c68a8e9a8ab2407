"""GS1 labels: read strictly, built rightly."""

from labels.gs1.catch_weight import GERMAN_CATCH_WEIGHTS, CatchWeight
from labels.gs1.digital_link import build_link
from labels.gs1.elements import build, build_bracketed
from labels.gs1.faults import CODES, LabelFault
from labels.gs1.linters import check_digit
from labels.gs1.scan import ParseSettings, Scan, join, parse_scan

__all__ = ["CODES", "GERMAN_CATCH_WEIGHTS", "CatchWeight", "LabelFault", "ParseSettings", "Scan", "build",
           "build_bracketed", "build_link", "check_digit", "join", "parse_scan"]
