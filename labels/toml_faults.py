"""What is wrong with a text that is no TOML, in words of ours: the reader's own are English only."""

import re

from labels.errors import BadTemplate
from labels.words import Said

_AT = re.compile(r"\(at line (\d+), column (\d+)\)$")
_KINDS = (
    ("label.toml_twice", ("Cannot declare", "Cannot overwrite", "Cannot redefine", "Cannot mutate", "Duplicate")),
    ("label.toml_unclosed", ("Unclosed", "Unterminated", "Expected ']", "Expected \"'")),
    ("label.toml_equals", ("Expected '='",)),
    ("label.toml_more", ("Expected newline",)),
    ("label.toml_name", ("Invalid initial character", "Invalid statement")),
    ("label.toml_sign", ("Found invalid character", "Illegal character")),
    ("label.toml_escape", ("Unescaped", "Invalid hex", "Escaped")),
    ("label.toml_date", ("Invalid date",)),
    ("label.toml_value", ("Invalid value",)),
)
"""Our words by how the reader's sentence begins; what it says otherwise is told by its place alone."""


def no_toml(error: Exception) -> BadTemplate:
    """The refusal with line and column, or for brackets too deep for the reader (RecursionError) without."""
    if isinstance(error, RecursionError):
        return BadTemplate("label.no_toml", why=Said("label.toml_deep", {}))
    said = str(error)
    why = Said(next((key for key, begins in _KINDS if said.startswith(begins)), "label.toml_other"), {})
    at = _AT.search(said)
    if at is None:
        return BadTemplate("label.no_toml_end", why=why)
    return BadTemplate("label.no_toml_at", why=why, line=int(at[1]), column=int(at[2]))
