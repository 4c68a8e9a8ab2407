import "fake-indexeddb/auto";
import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../src/net/api";
import { Store, type Operation } from "../src/store/db";
import { Queue, uuid7, type Result, type Send } from "../src/store/queue";

let names = 0;
let store: Store;
let heard: [number, string][];

beforeEach(async () => {
  names += 1;
  store = await Store.open(`test-${names}`);
  heard = [];
});

const make = (kind: string) => (seq: number): Operation => ({
  op: uuid7(), seq, kind, task: "t1", form: null, slots: {}, made_at: 0, session: "s", schema: 1,
});
const result = (operation: Operation, status: Result["status"] = "applied"): Result => ({
  op: operation.op, seq: operation.seq, status, code: "ok", message: { key: "k", args: {} },
});
const queueOf = (send: Send, retryMs = 5): Queue =>
  new Queue(store, "epoch-0001", send, (operation, one) => heard.push([operation.seq, one.status]), () => undefined, retryMs);

it("numbers operations from 1 and takes answered ones off, refused ones too", async () => {
  const queue = queueOf(async ({ operations }) => ({ results: operations.map((one) => result(one, one.kind === "bad" ? "refused" : "applied")), next_seq: 9 }));
  await queue.add(make("pick"), null);
  await queue.add(make("bad"), null);
  await vi.waitFor(() => expect(queue.size).toBe(0));
  expect(heard).toEqual([[1, "applied"], [2, "refused"]]);
  expect(await store.queue()).toEqual([]);
});

it("keeps everything while the server is away, and sends it in order when it is back", async () => {
  let isAway = true;
  const queue = queueOf(async ({ operations }) => {
    if (isAway) throw new ApiError(503, "unavailable", "away");
    return { results: operations.map((one) => result(one)), next_seq: 9 };
  });
  for (const kind of ["a", "b", "c"]) await queue.add(make(kind), null);
  await vi.waitFor(() => expect(queue.stuck).toBe(503));
  expect((await store.queue()).map((one) => one.kind)).toEqual(["a", "b", "c"]);
  isAway = false;
  await vi.waitFor(() => expect(queue.size).toBe(0));
  expect(heard.map(([seq]) => seq)).toEqual([1, 2, 3]);
});

it("sends at most fifty at once, and one batch at a time", async () => {
  let inFlight = 0;
  const sizes: number[] = [];
  const queue = queueOf(async ({ operations }) => {
    inFlight += 1;
    expect(inFlight).toBe(1);
    sizes.push(operations.length);
    await new Promise((done) => setTimeout(done, 1));
    inFlight -= 1;
    return { results: operations.map((one) => result(one)), next_seq: 9 };
  });
  await Promise.all(Array.from({ length: 120 }, () => queue.add(make("x"), null)));
  await vi.waitFor(() => expect(queue.size).toBe(0));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(50);
  expect(heard.length).toBe(120);
});

it("goes on after a reload with the same numbers and the same ids", async () => {
  const first = queueOf(async () => Promise.reject(new ApiError(0, "offline", "")), 10_000);
  const made = await first.add(make("pick"), null);
  const sent: Operation[] = [];
  const second = queueOf(async ({ operations }) => {
    sent.push(...operations);
    return { results: operations.map((one) => result(one, "replayed")), next_seq: 9 };
  });
  await second.restore();
  await second.flush();
  expect(sent.map((one) => [one.op, one.seq])).toEqual([[made.op, 1]]);
  expect((await second.add(make("next"), null)).seq).toBe(2);
});

it("keeps what comes after a gap", async () => {
  const queue = queueOf(async ({ operations }) => ({ results: [{ ...result(operations[0] as Operation), status: "gap" }], next_seq: 1 }), 10_000);
  await queue.add(make("pick"), null);
  await queue.flush();
  expect(queue.size).toBe(1);
});

it("makes ids that sort by time", () => {
  const ids = [uuid7(1_000), uuid7(2_000), uuid7(1_700_000_000_000)];
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
