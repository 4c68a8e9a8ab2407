/** Two tabs would send one queue twice at the same time: the second says so and stops. */
import type { Store } from "../store/db";

const ANSWER_MS = 300;
const BEAT_MS = 1_000;
/** A tab whose heart has not beaten for so long is gone; browsers slow the clocks of hidden tabs to one beat a second. */
const DEAD_MS = 4_000;

interface Beat {
  tab: string;
  at: number;
}

/** Secure pages have locks, which end with their tab; plain ones have a heartbeat in the database, and ask aloud. */
export function isOnlyTab(store: Store): Promise<boolean> {
  return navigator.locks ? hasLock(navigator.locks) : isAlone(store, new BroadcastChannel("aisle"));
}

function hasLock(locks: LockManager): Promise<boolean> {
  return new Promise((answer) => {
    void locks.request("aisle", { ifAvailable: true }, (lock) => {
      answer(lock !== null);
      return lock ? new Promise(() => undefined) : undefined;
    });
  });
}

/** Whether no other tab answers and no other heart beats; from then on this one's does. */
export async function isAlone(store: Store, channel: BroadcastChannel, now: () => number = () => Date.now()): Promise<boolean> {
  const tab = String(Math.random());
  if (await isAnswered(channel)) return false;
  let before = await store.get<Beat>("tab");
  // One that was just here may have been closed or reloaded without saying so: only a heart that beats on is a tab.
  for (const until = now() + DEAD_MS; before && Math.abs(now() - before.at) < DEAD_MS && now() < until; ) {
    await pause(ANSWER_MS);
    const later = await store.get<Beat>("tab");
    if (later && later.at !== before.at) return false;
    before = later;
  }
  const beat = (): Promise<void> => store.set("tab", { tab, at: now() });
  await beat();
  channel.onmessage = (event) => event.data === "anybody?" && channel.postMessage("here");
  setInterval(() => void beat(), BEAT_MS);
  window.addEventListener("pagehide", () => void store.forget("tab"));
  return true;
}

function isAnswered(channel: BroadcastChannel): Promise<boolean> {
  return new Promise((answer) => {
    channel.onmessage = (event) => event.data === "here" && answer(true);
    channel.postMessage("anybody?");
    setTimeout(() => answer(false), ANSWER_MS);
  });
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
