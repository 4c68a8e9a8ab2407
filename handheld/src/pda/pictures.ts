/** Pictures of items: those of held tasks are brought beforehand, so that a task that is opened without network shows them. */
import { ApiError } from "../net/api";
import type { Form, Task } from "../floor/types";
import type { PictureStore } from "../store/pictures";

/** Where the server's own pictures are had; what is at such an address never changes. */
const OURS = "/api/v1/pictures/";
/** So many are kept on the device: at most 100 kB each, mostly a fifth of that. */
export const KEPT_MOST = 300;
const IN_MEMORY = 40;

export class Pictures {
  private readonly seen = new Map<string, string>();
  /** What the server does not have any more. */
  private readonly gone = new Set<string>();
  private readonly coming = new Map<string, Promise<string | null>>();
  private here: Set<string> | null = null;
  private wanted: string[] = [];
  private running = false;
  private isFull = false;

  constructor(
    private readonly store: PictureStore,
    private readonly ask: (address: string) => Promise<string>,
    private readonly pause: () => Promise<void>,
    private readonly most = KEPT_MOST,
  ) {}

  /** What can be shown at once. An address elsewhere is the browser's own business. */
  known(address: string): string | null {
    return isOurs(address) ? (this.seen.get(address) ?? null) : address;
  }

  /** What shows it: from the device, else from the server; null where neither has it. */
  async of(address: string): Promise<string | null> {
    const known = this.known(address);
    if (known !== null || this.gone.has(address)) return known;
    const found = await this.store.get(address).catch(() => undefined);
    return found === undefined ? this.brought(address) : this.note(address, found);
  }

  /** Brings what these tasks show and is not here yet, one after the other; without network it is tried again with the next task. */
  ahead(tasks: Task[]): void {
    if (this.isFull) return;
    this.wanted = addressesIn(tasks);
    if (this.wanted.length && !this.running) void this.run();
  }

  /** Gives the disk back to the queue; until the page is opened again pictures are only seen, and not kept. */
  async makeRoom(): Promise<void> {
    this.isFull = true;
    this.wanted = [];
    await this.store.forget(await this.store.addresses()).catch(() => undefined);
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      this.here ??= new Set(await this.store.addresses());
      for (let next = this.wanted.shift(); next !== undefined; next = this.wanted.shift()) {
        if (this.here.has(next) || this.gone.has(next)) continue;
        await this.pause();
        if ((await this.brought(next)) === null && !this.gone.has(next)) break;
      }
    } catch {
      this.here = null; // the browser keeps nothing just now: what is seen is still asked for
    } finally {
      this.running = false;
    }
  }

  private brought(address: string): Promise<string | null> {
    const under = this.coming.get(address) ?? this.bring(address).finally(() => this.coming.delete(address));
    this.coming.set(address, under);
    return under;
  }

  private async bring(address: string): Promise<string | null> {
    try {
      const data = await this.ask(address);
      await this.keep(address, data).catch(() => undefined);
      return this.note(address, data);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.gone.add(address);
      return null;
    }
  }

  private async keep(address: string, data: string): Promise<void> {
    if (this.isFull) return;
    await this.store.keep(address, data);
    const all = await this.store.addresses();
    const over = all.slice(0, Math.max(0, all.length - this.most));
    if (over.length) await this.store.forget(over);
    this.here = new Set(all.slice(over.length));
  }

  private note(address: string, data: string): string {
    this.seen.delete(address);
    this.seen.set(address, data);
    const oldest = this.seen.keys().next().value;
    if (this.seen.size > IN_MEMORY && oldest !== undefined) this.seen.delete(oldest);
    return data;
  }
}

const isOurs = (address: string): boolean => address.startsWith(OURS);

/** What the forms show, the one at hand first. */
export function addressesIn(tasks: Task[]): string[] {
  const found = new Set<string>();
  for (const task of tasks) {
    const open = task.forms.filter((form) => form.state === "open");
    for (const form of [...open.filter((one) => one.id === task.current), ...open]) for (const { picture } of itemsIn(form)) if (picture && isOurs(picture)) found.add(picture);
  }
  return [...found];
}

/** Where an item is seen, as far as the held tasks know it. */
export const pictureOf = (tasks: Task[], item: string): string | null =>
  tasks.flatMap((task) => task.forms.flatMap(itemsIn)).find((one) => one.item === item && one.picture)?.picture ?? null;

interface Shown {
  item?: string;
  picture?: string | null;
}

const itemsIn = (form: Form): Shown[] => [(form.info ?? {}) as Shown, ...((form.info?.["contents"] ?? []) as Shown[])];
