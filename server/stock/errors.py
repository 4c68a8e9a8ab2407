"""What the ledger refuses."""

from server.kernel.errors import Refusal


class InsufficientStock(Refusal):
    """A holder has less free stock than was to be taken."""

    code = "insufficient_stock"


class NotPromisable(Refusal):
    """A site has less left to promise than was asked."""

    code = "not_promisable"


class SerialElsewhere(Refusal):
    """A serial number is already in another place."""

    code = "serial_elsewhere"


class LpnInItself(Refusal):
    """An LPN would come to stand inside itself."""

    code = "lpn_in_itself"


class AlreadyReversed(Refusal):
    """A move can be reversed once."""

    code = "already_reversed"
