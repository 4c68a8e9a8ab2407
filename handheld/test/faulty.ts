/** A server that keeps the protocol, and a network and a device that do not keep still: all of it from one seed. */
import { ApiError } from "../src/net/api";
import type { Operation, Store } from "../src/store/db";
import type { Result } from "../src/store/queue";

/** A small generator of chance (mulberry32): the same seed, the same numbers. */
export function chanceOf(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export interface Body {
  epoch: string;
  operations: Operation[];
}

interface Tables {
  next: Map<string, number>;
  answers: Map<string, Result>;
  booked: { op: string; name: number }[];
}

export const nameOf = (operation: Operation): number => Number(operation.slots["name"]);

export class Server {
  tables: Tables = { next: new Map(), answers: new Map(), booked: [] };
  private backup: Tables | null = null;

  keep(): void {
    this.backup = structuredClone(this.tables);
  }

  /** Back to the backup; what was booked since is lost. */
  restore(): void {
    if (this.backup) this.tables = structuredClone(this.backup);
  }

  batch({ epoch, operations }: Body): { results: Result[]; next_seq: number } {
    let next = this.tables.next.get(epoch) ?? 1;
    const results: Result[] = [];
    for (const one of operations) {
      if (one.seq > next) {
        results.push({ ...this.result(one, "gap"), next_seq: next });
        break;
      }
      results.push(one.seq < next ? this.again(one) : this.applied(one));
      next = Math.max(next, one.seq + 1);
    }
    this.tables.next.set(epoch, next);
    return { results, next_seq: next };
  }

  private again(one: Operation): Result {
    const first = this.tables.answers.get(one.op);
    return first ? { ...this.result(one, "replayed"), first } : this.result(one, "stale");
  }

  private applied(one: Operation): Result {
    if (this.tables.answers.has(one.op)) return this.result(one, "refused");
    const result = this.result(one, one.kind === "refused" ? "refused" : "applied");
    this.tables.answers.set(one.op, result);
    if (result.status === "applied") this.tables.booked.push({ op: one.op, name: nameOf(one) });
    return result;
  }

  private result(one: Operation, status: Result["status"]): Result {
    return { op: one.op, seq: one.seq, status, code: status, message: { key: "k", args: {} } };
  }
}

/** Requests and answers get lost, doubled and late, and the server is away now and then. */
export class Network {
  isGood = false;
  readonly lines: string[] = [];

  constructor(
    private readonly server: Server,
    private readonly chance: (below: number) => number,
    private readonly percent: { lost: number; doubled: number; away: number; late: number },
  ) {}

  async send(body: Body): Promise<{ results: Result[]; next_seq: number }> {
    const copy = structuredClone(body);
    await this.pass(this.delay());
    if (this.is(this.percent.away)) throw new ApiError(503, "unavailable", "away");
    if (this.is(this.percent.lost)) return this.silence();
    if (this.is(this.percent.doubled)) setTimeout(() => this.server.batch(copy), this.delay());
    const answer = this.server.batch(copy);
    this.lines.push(`${copy.operations.map((one) => one.seq)} → ${answer.results.map((one) => one.status)}`);
    await this.pass(this.delay());
    return this.is(this.percent.lost) ? this.silence() : answer;
  }

  private is(percent: number): boolean {
    return !this.isGood && this.chance(100) < percent;
  }

  private delay(): number {
    return this.is(this.percent.late) ? 1_000 * (1 + this.chance(20)) : 1 + this.chance(50);
  }

  private pass(ms: number): Promise<void> {
    return new Promise((go) => setTimeout(go, ms));
  }

  private async silence(): Promise<never> {
    await this.pass(8_000);
    throw new ApiError(0, "offline", "The server does not answer.");
  }
}

const WRITES = ["add", "remove", "queue", "beginAgain"] as const;

/** A page's hold on the database: once the page is killed, it neither begins a write nor hears of one. */
export function mortal(store: Store): { store: Store; kill: () => void } {
  let isAlive = true;
  const held = Object.create(store) as Store;
  for (const name of WRITES) {
    const own = (store[name] as (...args: unknown[]) => Promise<unknown>).bind(store);
    const call = (...args: unknown[]): Promise<unknown> =>
      new Promise((answer, fail) => {
        if (isAlive) own(...args).then((value) => isAlive && answer(value), (error: unknown) => isAlive && fail(error));
      });
    Object.assign(held, { [name]: call });
  }
  return { store: held, kill: () => (isAlive = false) };
}
