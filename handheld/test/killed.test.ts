/** The handheld dies between any two writes to its database: what is shown as done has its operation, and what has one is done. */
import { beforeEach, expect, it, vi } from "vitest";
import { Handheld } from "../src/pda/handheld";
import type { Store } from "../src/store/db";
import { device, finished, page, stateOf, type State } from "./device";

const WRITES = ["set", "keepTasks", "add", "remove"] as const;

beforeEach(() => {
  page(false, () => Promise.reject(new Error("no network")));
  vi.spyOn(console, "error").mockReturnValue(undefined);
});

/** What is in the database after each of its transactions. */
function watched(store: Store): State[] {
  const states: State[] = [];
  for (const name of WRITES) {
    const write = (store[name] as (...args: unknown[]) => Promise<unknown>).bind(store);
    Object.assign(store, { [name]: async (...args: unknown[]) => {
      const answer = await write(...args);
      states.push(await stateOf(store));
      return answer;
    } });
  }
  return states;
}

const done = ({ tasks }: State): string[] => tasks.flatMap((task) => task.forms).filter((form) => form.state !== "open").map((form) => form.id);
const booked = ({ queue }: State): unknown[] => queue.map((one) => [one.seq, one.kind, one.form]);
const ALL = [[1, "put_away", "p1"], [2, "put_away", "p2"]];

it("keeps the form that is done and its operation in one transaction, wherever it dies", async () => {
  const [handheld, store] = await device();
  const states = watched(store);
  await finished(handheld);
  expect(booked(await stateOf(store))).toEqual(ALL);
  expect(states.filter((state) => state.queue.length === 1).length).toBeGreaterThan(0);
  for (const state of states.filter((one) => one.tasks.length)) expect(done(state)).toEqual(state.queue.map((one) => one.form));
});

it("goes on from every state in which it may die, and each line is booked once", async () => {
  const [first, store] = await device();
  const states = watched(store);
  await finished(first);
  expect(states.length).toBeGreaterThan(4);
  for (const state of states) {
    const [again, left] = await device(state);
    await finished(again);
    expect(booked(await stateOf(left))).toEqual(ALL);
    expect(again.view.screen).toBe("home");
  }
});

it("shows nothing as done that it could not write down", async () => {
  const [handheld, store] = await device();
  await handheld.scan("P1");
  const add = store.add.bind(store);
  store.add = () => Promise.reject(new DOMException("the disk is full", "QuotaExceededError"));
  await handheld.scan("A1");
  expect(handheld.view.refusal?.now).toContain("the disk is full");
  expect(handheld.view.task?.current).toBe("p1");
  store.add = add;
  handheld.dismiss();
  await finished(handheld);
  expect(booked(await stateOf(store))).toEqual(ALL);
});

it("takes what is scanned while it still starts", async () => {
  const [, store] = await device();
  const handheld = new Handheld(store);
  void handheld.start();
  await handheld.scan("P1");
  expect(handheld.view.task?.forms[0]?.slots[0]?.value).toBe("P1");
});
