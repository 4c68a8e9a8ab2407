/** The handheld's own database: who it is, what it holds, and what it has not sent yet. */
import { openDB, unwrap, type DBSchema, type IDBPDatabase } from "idb";
import type { Codes } from "../floor/reading";
import type { Task, Value } from "../floor/types";

/** The version of an operation's shape that this page makes; the server lifts the two before its own. */
export const SCHEMA = 1;

export interface Operation {
  op: string;
  seq: number;
  kind: string;
  task: string | null;
  form: string | null;
  slots: Record<string, unknown>;
  made_at: number;
  session: string;
  schema: number;
}

interface Schema extends DBSchema {
  meta: { key: string; value: unknown };
  queue: { key: number; value: Operation };
  codes: { key: string; value: Value[] };
}

export interface Identity {
  device: string;
  token: string;
  site: string;
}

export interface Session {
  id: string;
  session: string;
  worker: { id: number; name: string; badge: string; roles: string[]; language: string };
  expires_at: number;
}

const STRICT: IDBTransactionOptions = { durability: "strict" };

/** 64 random bits made with the database: a wiped handheld is a new one. */
const newEpoch = (): string => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Store {
  /** The last number that was given, once it is known: only one tab works at a time. */
  private seq: number | null = null;
  private numbering: Promise<unknown> | null = null;
  /** Called when the disk is full: what can be had again goes, since an operation cannot. */
  makeRoom: () => Promise<void> = async () => undefined;

  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(name = "aisle"): Promise<Store> {
    const db = await openDB<Schema>(name, 2, {
      upgrade(fresh, before) {
        if (before < 1) {
          void fresh.createObjectStore("meta").put(newEpoch(), "epoch");
          fresh.createObjectStore("queue", { keyPath: "seq" });
        }
        fresh.createObjectStore("codes");
      },
    });
    return new Store(db);
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.db.get("meta", key)) as T | undefined;
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.db.put("meta", value, key);
  }

  async forget(...keys: string[]): Promise<void> {
    for (const key of keys) await this.db.delete("meta", key);
  }

  /** The tasks that the device holds, the one at hand first. */
  async tasks(): Promise<(Task | null)[]> {
    const tx = this.db.transaction("meta");
    const [task, kept] = await Promise.all([tx.store.get("task"), tx.store.get("kept")]);
    return [(task as Task | null | undefined) ?? null, ...((kept as Task[] | undefined) ?? [])];
  }

  /** The task at hand and the others that the device holds, in one transaction: a crash between them would lose one. */
  async keepTasks(task: Task | null, kept: Task[]): Promise<void> {
    const tx = this.db.transaction("meta", "readwrite");
    await Promise.all([tx.store.put(task, "task"), tx.store.put(kept, "kept"), tx.done]);
  }

  /** What some codes of the site stand for. */
  async codesOf(keys: string[]): Promise<Codes> {
    const tx = this.db.transaction("codes");
    const found = await Promise.all(keys.map(async (key) => [key, await tx.store.get(key)] as const));
    return Object.fromEntries(found.filter((one): one is [string, Value[]] => one[1] !== undefined));
  }

  /** Some of the site's codes, and how far they bring the device, unless more of the page follows; `afresh` throws away what was there. */
  async keepCodes(codes: Codes, mark: string | null, afresh: boolean): Promise<void> {
    const tx = this.db.transaction(["codes", "meta"], "readwrite", { durability: "relaxed" });
    const kept = tx.objectStore("codes");
    const wrote: Promise<unknown>[] = afresh ? [kept.clear()] : [];
    for (const [key, values] of Object.entries(codes)) wrote.push(kept.put(values, key));
    if (mark !== null) wrote.push(tx.objectStore("meta").put(mark, "codes_mark"));
    await Promise.all([...wrote, tx.done]);
  }

  queue(): Promise<Operation[]> {
    return this.db.getAll("queue");
  }

  /** Writes the operation, its number and the task as it stands now in one transaction; green may be shown after it. */
  add(make: (seq: number) => Operation, task: Task | null): Promise<Operation> {
    return this.inTurn(async () => {
      if (this.seq === null) this.seq = (await this.get<number>("seq")) ?? 0;
      const operation = make(this.seq + 1);
      try {
        await this.write(operation, task);
      } catch (error) {
        if (!isFull(error)) throw error;
        await this.makeRoom();
        await this.write(operation, task);
      }
      this.seq = operation.seq;
      return operation;
    });
  }

  /** The one write that a worker waits for: without a promise for each of its parts. */
  private write(operation: Operation, task: Task | null): Promise<void> {
    return new Promise((done, failed) => {
      const tx = unwrap(this.db).transaction(["meta", "queue"], "readwrite", STRICT);
      tx.oncomplete = () => done();
      tx.onabort = () => failed(tx.error ?? new DOMException("The disk took nothing.", "AbortError"));
      try {
        const meta = tx.objectStore("meta");
        tx.objectStore("queue").add(operation);
        meta.put(operation.seq, "seq");
        meta.put(task, "task");
        tx.commit(); // the disk begins now, and not when the page has drawn what the scan has changed
      } catch (error) {
        tx.abort(); // all or nothing
        failed(error);
      }
    });
  }

  /** Numbers are given one after the other; after a failure the next is read again. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    while (this.numbering) await this.numbering.catch(() => undefined);
    const done = work();
    this.numbering = done;
    try {
      return await done;
    } catch (error) {
      this.seq = null;
      throw error;
    } finally {
      this.numbering = null;
    }
  }

  async remove(seqs: number[]): Promise<void> {
    const tx = this.db.transaction("queue", "readwrite", STRICT);
    await Promise.all([...seqs.map((seq) => tx.store.delete(seq)), tx.done]);
  }

  /** A new life, in which what waits is numbered from one: the server was set back, and numbers that it had answered are gone. */
  beginAgain(): Promise<{ epoch: string; waiting: Operation[] }> {
    return this.inTurn(async () => {
      const tx = this.db.transaction(["meta", "queue"], "readwrite", STRICT);
      const [meta, queue, epoch] = [tx.objectStore("meta"), tx.objectStore("queue"), newEpoch()];
      const waiting = (await queue.getAll()).map((one, at) => ({ ...one, seq: at + 1 }));
      await Promise.all([queue.clear(), ...waiting.map((one) => queue.add(one)), meta.put(epoch, "epoch"), meta.put(waiting.length, "seq"), tx.done]);
      this.seq = waiting.length;
      return { epoch, waiting };
    });
  }

  close(): void {
    this.db.close();
  }
}

const isFull = (error: unknown): boolean => error instanceof DOMException && error.name === "QuotaExceededError";
