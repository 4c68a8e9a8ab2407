/** What the worker did and the server has not heard yet: sent in order, in batches, until it is answered. */
import { ApiError } from "../net/api";
import type { Message, Task } from "../floor/types";
import type { Operation, Store } from "./db";

export interface Result {
  op: string;
  seq: number;
  status: "applied" | "refused" | "replayed" | "stale" | "late" | "gap";
  code: string;
  message: Message;
  task?: Task | null;
  data?: Record<string, unknown>;
  next?: { label: Message; kind: string; slots: Record<string, unknown> }[];
  next_seq?: number;
  first?: Result;
}

export type Send = (body: { epoch: string; operations: Operation[] }) => Promise<{ results: Result[]; next_seq: number }>;

export const BATCH_MAX = 50;
export const BATCH_BYTES = 60_000;
const ENDED = new Set(["applied", "refused", "replayed", "stale", "late"]);

export class Queue {
  /** How many operations were made since the page was opened. */
  made = 0;
  private epoch = "";
  private waiting: Operation[] = [];
  private writing = 0;
  private sending = false;
  private again: ReturnType<typeof setTimeout> | null = null;
  /** Why the queue does not move: an HTTP status, 0 for no network, null when it does. */
  stuck: number | null = null;

  constructor(
    private readonly store: Store,
    private readonly send: Send,
    private readonly heard: (operation: Operation, result: Result) => void,
    private readonly changed: () => void,
    private readonly retryMs = 2_000,
    /** When what is written is sent: a page shows it first. */
    private readonly soon: (work: () => void) => void = (work) => work(),
  ) {}

  get size(): number {
    return this.waiting.length + this.writing;
  }

  pending(task: string): Operation[] {
    return this.waiting.filter((one) => one.task === task);
  }

  /** What was left when the page was open last; nothing may be added before. */
  async restore(): Promise<void> {
    this.epoch = (await this.store.get<string>("epoch")) ?? "";
    this.waiting = await this.store.queue();
  }

  async add(make: (seq: number) => Operation, task: Task | null): Promise<Operation> {
    this.made += 1;
    this.writing += 1;
    const operation = await this.store.add(make, task).finally(() => (this.writing -= 1));
    this.waiting.push(operation);
    this.soon(() => {
      this.changed();
      void this.flush();
    });
    return operation;
  }

  /** Sends what waits; one batch is in flight at a time, and what is not answered stays. */
  async flush(): Promise<void> {
    if (this.sending || !this.waiting.length) return;
    this.sending = true;
    try {
      while (this.waiting.length) {
        const batch = this.batch();
        const answer = await this.send({ epoch: this.epoch, operations: batch });
        this.stuck = null;
        if (!(await this.take(batch, answer.results))) break;
      }
    } catch (error) {
      this.stuck = error instanceof ApiError ? error.status : 0;
      if (!(error instanceof ApiError)) console.error(error);
      this.later(error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : this.retryMs);
    } finally {
      this.sending = false;
      this.changed();
    }
  }

  private batch(): Operation[] {
    const batch: Operation[] = [];
    let bytes = 0;
    for (const operation of this.waiting.slice(0, BATCH_MAX)) {
      bytes += new TextEncoder().encode(JSON.stringify(operation)).length;
      if (batch.length && bytes > BATCH_BYTES) break;
      batch.push(operation);
    }
    return batch;
  }

  /** Takes the answered ones off; false when nothing moved, so that the same is not sent for ever. */
  private async take(batch: Operation[], results: Result[]): Promise<boolean> {
    if (isSetBack(batch, results)) {
      ({ epoch: this.epoch, waiting: this.waiting } = await this.store.beginAgain());
      return true;
    }
    const done: number[] = [];
    for (const result of results) {
      const operation = batch.find((one) => one.seq === result.seq);
      if (!operation || !ENDED.has(result.status)) break;
      done.push(operation.seq);
    }
    await this.store.remove(done);
    this.waiting = this.waiting.filter((one) => !done.includes(one.seq));
    for (const result of results) {
      const operation = batch.find((one) => one.seq === result.seq);
      if (operation && done.includes(operation.seq)) this.heard(operation, result);
    }
    if (!done.length) this.later(this.retryMs);
    return done.length > 0;
  }

  private later(ms: number): void {
    if (this.again) clearTimeout(this.again);
    this.again = setTimeout(() => void this.flush(), ms);
  }
}

/** A server that asks for numbers which it has answered before was set back to a backup: what it lost nobody has any more. */
function isSetBack(batch: Operation[], results: Result[]): boolean {
  const [sent, told] = [batch[0], results[0]];
  return told?.status === "gap" && told.next_seq !== undefined && sent !== undefined && told.seq === sent.seq && told.next_seq < sent.seq;
}

/** A UUIDv7 from random bytes: plain-HTTP pages have no randomUUID. */
export function uuid7(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = now;
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
