"""What can be wrong when a label is made: each a class with a code for programs and one sentence for people."""


class LabelError(Exception):
    """A label that is not made; `field` names what has to be changed, where there is one."""

    code = "label"

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


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
