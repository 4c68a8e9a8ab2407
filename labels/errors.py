"""What can be wrong when a label is made: each a class with a code for programs, and a sentence for people by its key."""

from labels.words import Said, in_words


class LabelError(Exception):
    """A label that is not made; `said` is why, `field` names what has to be changed, where there is one.

    `key` is one of labels/messages, `values` fill its {places}; `sentence` is all of it in English.
    """

    code = "label"

    def __init__(self, key: str, /, *, field: str = "", **values: str | float | Said) -> None:
        self.said, self.field = Said(key, values), field
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """For the command line and the log."""
        return in_words(self.said)


class BadData(LabelError):
    """A field that is missing, unknown or holds what it may not hold."""

    code = "bad_data"


class DoesNotFit(LabelError):
    """A code that would be too small for scanners in its place, or something that lies outside the label."""

    code = "does_not_fit"


class NoFont(LabelError):
    """No font of this machine has the characters of a text."""

    code = "no_font"


class BadTemplate(LabelError):
    """A template of a user that is refused; `field` is its line's or element's name."""

    code = "bad_template"


class NoTemplate(LabelError):
    """There is no label of this name."""

    code = "no_template"
