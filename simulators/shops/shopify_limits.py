"""How often a Shopify shop may be asked: buckets that leak all the time."""

from typing import Any

from simulators.shops.graphql_costs import COST_MAX, WORDS
from simulators.shops.served import Reply
from simulators.shops.shop import packed

_EMPTIES_MS = 20_000


class Bucket:
    """It runs empty in twenty seconds, whatever its size."""

    def __init__(self, size: float, used: float = 0.0) -> None:
        self.size, self.used = size, used
        self._at: int | None = None

    @property
    def leaks(self) -> float:
        """A second."""
        return self.size * 1_000 / _EMPTIES_MS

    def takes(self, cost: float, now: int) -> bool:
        """Whether there is room for it; `now` in ms."""
        passed = 0 if self._at is None else max(0, now - self._at)
        self.used, self._at = max(0.0, self.used - self.size * passed / _EMPTIES_MS), now
        if self.used + cost > self.size:
            return False
        self.used += cost
        return True

    @property
    def header(self) -> dict[str, str]:
        """How full it is, as each answer of REST tells."""
        return {"X-Shopify-Shop-Api-Call-Limit": f"{int(self.used)}/{int(self.size)}"}

    def cost(self, requested: float, actual: float | None) -> dict[str, object]:
        """How full it is, as each answer of GraphQL tells."""
        return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": {
            "maximumAvailable": float(self.size), "currentlyAvailable": int(self.size - self.used), "restoreRate": self.leaks}}}


def too_dear(cost: float) -> dict[str, Any]:
    """What GraphQL says to a query that is refused however full the bucket is."""
    return {"errors": [{"message": WORDS.format(cost=int(cost), most=COST_MAX), "extensions": {
        "code": "MAX_COST_EXCEEDED", "cost": int(cost), "maxCost": COST_MAX, "documentation": "https://shopify.dev/api/usage/rate-limits"}}]}


def too_many(bucket: Bucket) -> Reply:
    """What REST says to more than there is room for."""
    words = "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
    return Reply(429, packed({"errors": words}), headers={"Retry-After": "2.0", **bucket.header})
