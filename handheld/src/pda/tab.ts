/** Two tabs would send one queue twice at the same time: the second says so and stops. */
export async function isOnlyTab(): Promise<boolean> {
  if (navigator.locks) {
    return new Promise((answer) => {
      void navigator.locks.request("aisle", { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        return lock ? new Promise(() => undefined) : undefined;
      });
    });
  }
  const channel = new BroadcastChannel("aisle");
  return new Promise((answer) => {
    channel.onmessage = (event) => {
      if (event.data === "anybody?") channel.postMessage("here");
      if (event.data === "here") answer(false);
    };
    channel.postMessage("anybody?");
    setTimeout(() => answer(true), 300);
  });
}
