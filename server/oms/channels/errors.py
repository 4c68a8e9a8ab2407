"""What goes wrong between us and a sales channel."""


class ChannelError(Exception):
    """Something between us and a channel went wrong; `words` says what, and nothing in it is secret."""

    def __init__(self, words: str, *, code: str = "") -> None:
        super().__init__(words)
        self.words, self.code = words[:500], code[:100]


class ChannelAway(ChannelError):
    """No answer, or one of a server in trouble: the same may be asked again."""


class ChannelBusy(ChannelError):
    """We ask too often: the same may be asked again after `retry_after_seconds`."""

    def __init__(self, words: str, *, retry_after_seconds: float, code: str = "") -> None:
        super().__init__(words, code=code)
        self.retry_after_seconds = retry_after_seconds


class ChannelRefused(ChannelError):
    """The channel understood and said no; asking the same again changes nothing."""


class ChannelShut(ChannelRefused):
    """The channel does not let us in: key, secret, token or clock are wrong. Somebody has to mend the settings."""


class ChannelDeaf(ChannelError):
    """The channel only calls us: there is no way to tell it anything."""


class ChannelChanged(ChannelError):
    """An answer is not written as the protocol says: `code` is where in it."""


class NotFromChannel(ChannelError):
    """A call that came to us is not signed by the channel, is too old, or is not what it says."""


class Misunderstood(ChannelError):
    """One order of a channel cannot be read: `code` is where in it, `ref` and `version` its own where they can be. It stops no other."""

    def __init__(self, words: str, *, code: str = "", ref: str = "", version: int = 0) -> None:
        super().__init__(words, code=code)
        self.ref, self.version = ref, version
