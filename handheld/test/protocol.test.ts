/** The real queue over its real database, on a faulty line, killed and wiped: every promise is kept, and planted mistakes are found. */
import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Store, type Operation } from "../src/store/db";
import { Queue, uuid7, type Result, type Send } from "../src/store/queue";
import { chanceOf, mortal, nameOf, Network, Server, type Body } from "./faulty";

const SEEDS = Number(process.env["AISLE_PROTOCOL_CLIENT_SEEDS"] ?? 200);
const STEPS = 24;

interface Mistake {
  store?: (store: Store) => Store;
  send?: (send: Send, store: Store) => Send;
  queue?: (queue: Queue) => void;
}

let databases = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.spyOn(console, "error").mockReturnValue(undefined);
});
afterEach(() => vi.useRealTimers());

/** The database's work is done in real turns of the loop, and takes no time of the play. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 16; turn += 1) await new Promise((go) => setImmediate(go));
}

class Player {
  readonly server = new Server();
  readonly chance: (below: number) => number;
  readonly network: Network;
  readonly faults: string[] = [];
  private store!: Store;
  private name = "";
  private queue!: Queue;
  private kill: () => void = () => undefined;
  private made = 0;
  private inFlight = 0;
  /** What the worker was shown as done, in order; a wipe takes what was not sent, a restore what came after the backup. */
  private green: { name: number; isRefused: boolean }[] = [];
  private readonly excused = new Set<number>();
  private readonly refusedHeard = new Set<number>();
  private sinceBackup: number | null = null;

  constructor(readonly seed: number, private readonly mistake: Mistake) {
    this.chance = chanceOf(seed);
    const most = this.chance(3) * 15;
    this.network = new Network(this.server, this.chance, { lost: this.chance(most + 1), doubled: this.chance(40), away: this.chance(most + 1), late: this.chance(30) });
  }

  async play(): Promise<string[]> {
    await this.wipe();
    for (let step = 0; step < STEPS; step += 1) {
      await this.step(this.chance(100));
      await this.pass(this.chance(3) ? this.chance(3_000) : this.chance(60_000));
    }
    this.network.isGood = true;
    for (let round = 0; round < 12 && (round < 3 || this.queue.size); round += 1) await this.pass(5_000);
    await this.hold();
    this.kill();
    this.store.close();
    return this.faults;
  }

  private async step(what: number): Promise<void> {
    if (what < 55) return void this.scans(1 + this.chance(4));
    if (what < 70) return this.reload();
    if (what < 74) return this.wipe();
    if (what < 80) return this.backup();
    if (what < 86) return this.restore();
    void this.queue.flush();
  }

  private scans(count: number): void {
    for (; count; count -= 1) {
      const name = (this.made += 1);
      const isRefused = this.chance(6) === 0;
      void this.queue
        .add((seq) => ({ op: uuid7(), seq, kind: isRefused ? "refused" : "pick", task: null, form: null, slots: { name }, made_at: 0, session: "s", schema: 1 }), null)
        .then(() => this.green.push({ name, isRefused }), (error: unknown) => this.faults.push(`${name} was not kept: ${String(error)}`));
    }
  }

  private async reload(): Promise<void> {
    this.kill();
    await settled(); // a write that was under way is done or not; nobody is told
    this.store?.close();
    this.store = await Store.open(this.name); // a page that is opened anew remembers nothing else
    const { store, kill } = mortal(this.mistake.store?.(this.store) ?? this.store);
    let isAlive = true;
    this.kill = () => {
      isAlive = false;
      kill();
    };
    this.inFlight = 0;
    const send: Send = (body) => (isAlive ? this.sent(body) : new Promise(() => undefined));
    this.queue = new Queue(store, this.mistake.send?.(send, this.store) ?? send, (one, result) => this.heard(one, result), () => undefined);
    this.mistake.queue?.(this.queue);
    await this.queue.restore();
    void this.queue.flush();
  }

  private async wipe(): Promise<void> {
    this.kill();
    await settled();
    for (const one of this.store ? await this.store.queue() : []) this.excused.add(nameOf(one));
    this.name = `player-${(databases += 1)}`;
    await this.reload();
  }

  private backup(): void {
    this.server.keep();
    this.sinceBackup = this.server.tables.booked.length;
  }

  private restore(): void {
    if (this.sinceBackup === null) return;
    for (const one of this.server.tables.booked.slice(this.sinceBackup)) this.excused.add(one.name);
    for (const one of this.refusedHeard) this.excused.add(one);
    this.server.restore();
  }

  private async sent(body: Body): Promise<{ results: Result[]; next_seq: number }> {
    const { kill } = this;
    this.inFlight += 1;
    if (this.inFlight > 1) this.faults.push("two batches are in flight at once");
    if (body.operations.length > 50 || JSON.stringify(body).length > 65_536) this.faults.push("a batch is too large");
    try {
      return await this.network.send(body);
    } finally {
      if (kill === this.kill) this.inFlight -= 1;
    }
  }

  private heard(operation: Operation, result: Result): void {
    const status = result.status === "replayed" ? result.first?.status : result.status;
    const name = nameOf(operation);
    this.network.lines.push(`heard ${name} ${status}`);
    if (status === "stale") this.faults.push(`${name} was shadowed`);
    if (status === "refused") this.refusedHeard.add(name);
    if (operation.kind !== "refused" && status === "refused" && !this.excused.has(name)) this.faults.push(`${name} was refused`);
  }

  private async hold(): Promise<void> {
    for (const one of await this.store.queue()) this.faults.push(`${nameOf(one)} is still in the queue`);
    const booked = this.server.tables.booked.map((one) => one.name);
    for (const name of new Set(booked)) if (booked.filter((one) => one === name).length > 1) this.faults.push(`${name} was booked twice`);
    for (const { name, isRefused } of this.green) {
      if (isRefused ? booked.includes(name) : !booked.includes(name) && !this.excused.has(name)) this.faults.push(`${name} was ${isRefused ? "booked" : "lost"}`);
    }
    const inOrder = booked.filter((name) => !this.excused.has(name));
    if (inOrder.some((name, at) => at > 0 && name < (inOrder[at - 1] as number))) this.faults.push(`booked out of order: ${inOrder}`);
  }

  private async pass(ms: number): Promise<void> {
    const until = Date.now() + ms;
    await settled();
    for (let jumps = 0; jumps < 400 && Date.now() < until; jumps += 1) {
      const before = Date.now();
      vi.advanceTimersToNextTimer();
      if (Date.now() === before && !vi.getTimerCount()) vi.advanceTimersByTime(until - before);
      await settled();
    }
  }
}

async function faultsOf(seed: number, mistake: Mistake = {}): Promise<string[]> {
  return new Player(seed, mistake).play();
}

it(`keeps every promise in ${SEEDS} plays`, { timeout: 300_000 }, async () => {
  const bad: string[] = [];
  for (let seed = 0; seed < SEEDS; seed += 1) for (const fault of await faultsOf(seed)) bad.push(`seed ${seed}: ${fault}`);
  expect(bad).toEqual([]);
});

it("plays a seed the same way every time", { timeout: 60_000 }, async () => {
  const players = [new Player(5, {}), new Player(5, {}), new Player(6, {})];
  for (const player of players) await player.play();
  const [first, again, other] = players.map((player) => player.network.lines.join("\n"));
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

const with_ = (changes: Record<string, unknown>) => (store: Store): Store => Object.assign(Object.create(store) as Store, changes);

const MISTAKES: Record<string, Mistake> = {
  "the queue is in memory alone": { store: with_({ queue: () => Promise.resolve([]) }) },
  "the number in a write of its own": { store: (store) => with_({ add: async (make: (seq: number) => Operation) => {
    const operation = await store.add(make, null);
    if (operation.seq % 4 === 0) await store.set("seq", operation.seq - 1); // the page died between the two
    return operation;
  } })(store) },
  "green before it is written": { store: (store) => with_({ add: (make: (seq: number) => Operation) => {
    const late = store.get<number>("seq").then((seq) => make((seq ?? 0) + 1));
    setTimeout(() => void store.add(make, null), 900);
    return late;
  } })(store) },
  "what is sent is taken off": { send: (send, store) => async (body) => {
    await store.remove(body.operations.map((one) => one.seq));
    return send(body);
  } },
  "dropped at 503": { send: (send) => (body) => send(body).catch((error: { status?: number }) => {
    if (error.status !== 503) throw error;
    return { results: body.operations.map((one) => ({ op: one.op, seq: one.seq, status: "late" as const, code: "", message: { key: "", args: {} } })), next_seq: 0 };
  }) },
  "new ids on resend, and new numbers": { send: (send) => (body) => send({ epoch: `${body.epoch}${uuid7()}`, operations: body.operations.map((one, at) => ({ ...one, op: uuid7(), seq: at + 1 })) })
    .then((answer) => ({ ...answer, results: answer.results.map((one, at) => ({ ...one, seq: body.operations[at]?.seq ?? 0 })) })) },
  "two batches in flight": { queue: (queue) => Object.defineProperty(queue, "sending", { get: () => false, set: () => undefined }) },
  "a gap counts as an answer": { send: (send) => (body) => send(body).then((answer) => ({ ...answer, results: answer.results.map((one) => (one.status === "gap" ? { ...one, status: "late" as const } : one)) })) },
  "stuck after a restored backup": { store: with_({ beginAgain: () => new Promise(() => undefined) }) },
};

it.each(Object.keys(MISTAKES))("finds a planted mistake: %s", { timeout: 300_000 }, async (name) => {
  let found: string[] = [];
  for (let seed = 0; seed < 60 && !found.length; seed += 1) found = await faultsOf(seed, MISTAKES[name]);
  expect(found).not.toEqual([]);
});
