"""A handheld that was let in and has somebody signed in, as its page keeps it: made over the API, which costs a third of what the screens before it do."""

from typing import Any

from simulators.http import Client

KEPT = """([identity, session]) => new Promise((done, failed) => {
  const asked = indexedDB.open("aisle", 2);
  asked.onerror = failed;
  asked.onupgradeneeded = () => {
    const epoch = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const meta = asked.result.createObjectStore("meta");
    for (const [name, value] of Object.entries({ epoch, identity, session })) meta.put(value, name);
    asked.result.createObjectStore("queue", { keyPath: "seq" });
    asked.result.createObjectStore("codes");
  };
  asked.onsuccess = () => { asked.result.close(); done(); };
})"""
"""As handheld/src/store/db.ts makes it anew."""


def made_ready(page: Any, address: str, code: str, badge: str, pin: str) -> None:
    """The page that is opened there next begins with its first screen."""
    client = Client(address)
    identity = client.call("POST", "/api/v1/devices/enrol", {"code": code, "name": f"PDA {code}"})
    client.headers["Authorization"] = f"Bearer {identity['token']}"
    session = client.call("POST", "/api/v1/sessions", {"badge": badge, "pin": pin})
    client.close()
    page.goto(f"{address}/healthz")  # any address of the same origin that runs nothing
    page.evaluate(KEPT, [identity, session])
