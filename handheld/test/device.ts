/** A handheld without a page: its own database, and a network as the test says. */
import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { vi } from "vitest";
import type { Codes } from "../src/floor/reading";
import type { Task } from "../src/floor/types";
import { Handheld } from "../src/pda/handheld";
import { Store, type Operation } from "../src/store/db";

const house = JSON.parse(readFileSync(resolve(__dirname, "../../tests/floor_cases/house.json"), "utf8")) as { codes: Codes; tasks: Record<string, Task> };
/** Two pallets, each with a bin that is proposed for it. */
export const PUT_AWAY: Task = { ...(house.tasks["put_away"] as Task), codes: house.codes };
export const SCANS = { p1: ["P1", "A1"], p2: ["P2", "A2"] };

export interface State {
  tasks: Task[];
  queue: Operation[];
  seq: number;
}

let names = 0;

/** What a page has and Node does not; every call goes to `server`. */
export function page(onLine: boolean, server: (path: string, body: string) => Promise<unknown>): void {
  vi.stubGlobal("window", { addEventListener: () => undefined });
  vi.stubGlobal("document", { querySelector: () => null });
  vi.stubGlobal("navigator", { language: "en", onLine });
  vi.stubGlobal("setInterval", () => 0);
  vi.stubGlobal("fetch", async (path: string, asked: RequestInit) => new Response(JSON.stringify(await server(path, String(asked.body)))));
}

export const stateOf = async (store: Store): Promise<State> => ({
  tasks: (await store.tasks()).filter((one) => one !== null), queue: await store.queue(), seq: (await store.get<number>("seq")) ?? 0,
});

/** A device that was given a task, or one that was left in some state. */
export async function device(state: State = { tasks: [PUT_AWAY], queue: [], seq: 0 }): Promise<[Handheld, Store]> {
  const store = await Store.open(`device-${(names += 1)}`);
  await store.set("identity", { device: "d1", token: "t", site: "W1" });
  await store.set("session", { id: "s1", session: "s", worker: { id: 1, name: "Ann", badge: "ANN", roles: [], language: "en" }, expires_at: 9e12 });
  const [task = null, ...kept] = state.tasks;
  await store.keepTasks(task, kept);
  for (const one of state.queue) await store.add(() => one, task);
  await store.set("seq", state.seq);
  const handheld = new Handheld(store);
  await handheld.start();
  return [handheld, store];
}

/** The worker goes on where the screen is; what it does not show as done is scanned again. */
export async function finished(handheld: Handheld): Promise<void> {
  for (const [form, scans] of Object.entries(SCANS)) {
    for (const scan of scans) {
      if (handheld.view.task?.current === form) await handheld.scan(scan);
      handheld.dismiss();
    }
  }
}
