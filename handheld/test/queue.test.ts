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
  await store.set("epoch", "epoch-0001");
  heard = [];
});

const make = (kind: string) => (seq: number): Operation => ({
  op: uuid7(), seq, kind, task: "t1", form: null, slots: {}, made_at: 0, session: "s", schema: 1,
});
const result = (operation: Operation, status: Result["status"] = "applied"): Result => ({
  op: operation.op, seq: operation.seq, status, code: "ok", message: { key: "k", args: {} },
});
const queueOf = async (send: Send, retryMs = 5): Promise<Queue> => {
  const queue = new Queue(store, send, (operation, one) => heard.push([operation.seq, one.status]), () => undefined, retryMs);
  await queue.restore();
  return queue;
};

it("numbers operations from 1 and takes answered ones off, refused ones too", async () => {
  const queue = await queueOf(async ({ operations }) => ({ results: operations.map((one) => result(one, one.kind === "bad" ? "refused" : "applied")), next_seq: 9 }));
  await queue.add(make("pick"), null);
  await queue.add(make("bad"), null);
  await vi.waitFor(() => expect(queue.size).toBe(0));
  expect(heard).toEqual([[1, "applied"], [2, "refused"]]);
  expect(await store.queue()).toEqual([]);
});

it("keeps everything while the server is away, and sends it in order when it is back", async () => {
  let isAway = true;
  const queue = await queueOf(async ({ operations }) => {
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
  const queue = await queueOf(async ({ operations }) => {
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
  const first = await queueOf(async () => Promise.reject(new ApiError(0, "offline", "")), 10_000);
  const made = await first.add(make("pick"), null);
  const sent: Operation[] = [];
  const second = await queueOf(async ({ operations }) => {
    sent.push(...operations);
    return { results: operations.map((one) => result(one, "replayed")), next_seq: 9 };
  });
  await second.restore();
  await second.flush();
  expect(sent.map((one) => [one.op, one.seq])).toEqual([[made.op, 1]]);
  expect((await second.add(make("next"), null)).seq).toBe(2);
});

it("keeps what comes after a gap", async () => {
  const queue = await queueOf(async ({ operations }) => ({ results: [{ ...result(operations[0] as Operation), status: "gap" }], next_seq: 1 }), 10_000);
  await queue.add(make("pick"), null);
  await queue.flush();
  expect(queue.size).toBe(1);
});

it("begins a new life when the server was set back to a backup, and sends what waits under new numbers and the same ids", async () => {
  const bodies: [string, number[], string[]][] = [];
  let next = 1;
  const queue = await queueOf(async ({ epoch, operations }) => {
    bodies.push([epoch, operations.map((one) => one.seq), operations.map((one) => one.op)]);
    if (epoch !== "epoch-0001") return { results: operations.map((one) => result(one)), next_seq: 9 };
    if (next < (operations[0] as Operation).seq) return { results: [{ ...result(operations[0] as Operation), status: "gap", next_seq: next }], next_seq: next };
    next = (operations.at(-1) as Operation).seq + 1;
    return { results: operations.map((one) => result(one)), next_seq: next };
  });
  await queue.add(make("before"), null);
  await vi.waitFor(() => expect(queue.size).toBe(0));
  next = 1; // the backup knows nothing of it
  const after = await queue.add(make("after"), null);
  await vi.waitFor(() => expect(queue.size).toBe(0));
  const life = await store.get<string>("epoch");
  expect(life).not.toBe("epoch-0001");
  expect(bodies.slice(1)).toEqual([["epoch-0001", [2], [after.op]], [life, [1], [after.op]]]);
  expect((await queue.add(make("next"), null)).seq).toBe(2);
});

it("counts a batch in bytes, as the server does", async () => {
  const sizes: number[] = [];
  let isAway = true;
  const queue = await queueOf(async (body) => {
    if (isAway) throw new ApiError(0, "offline", "");
    sizes.push(new TextEncoder().encode(JSON.stringify(body)).length);
    return { results: body.operations.map((one) => result(one)), next_seq: 9 };
  });
  for (let number = 0; number < 6; number += 1) await queue.add((seq) => ({ ...make("count")(seq), slots: { name: "苹".repeat(5_000) } }), null);
  await vi.waitFor(() => expect(queue.stuck).toBe(0));
  isAway = false;
  await vi.waitFor(() => expect(queue.size).toBe(0));
  expect(sizes.length).toBe(2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
});

it("makes ids that sort by time", () => {
  const ids = [uuid7(1_000), uuid7(2_000), uuid7(1_700_000_000_000)];
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
