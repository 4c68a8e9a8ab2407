"""What is wrong with GS1 data, as a part of a sentence about a label."""

from labels.gs1.faults import LabelFault
from labels.words import Said


def said_of(fault: LabelFault) -> Said:
    """By the fault's code; its own sentence speaks of scans, and in English only."""
    return Said(f"label.gs1_{fault.code}", {"ai": fault.ai or "", **fault.values})
