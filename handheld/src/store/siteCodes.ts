/** Every item and place of the site by its code, kept on the device: brought in pages in the background, and asked when a code is scanned. */
import type { LabelSettings } from "../floor/gs1";
import { isNone } from "../floor/fillTask";
import { read, type Codes } from "../floor/reading";
import type { Reading, Task, Value } from "../floor/types";
import type { Store } from "./db";

export interface CodesPage {
  codes: Codes;
  mark: string;
  more: boolean;
  afresh: boolean;
}

/** The card that opens a count; what other cards do, only the server knows. */
const CARDS: Codes = { COUNT: [{ type: "document", key: "COUNT", kind: "card" }] };
const PAUSE_MS = 15;
/** So many at once that a scan in between never waits for longer than an eye sees. */
const AT_ONCE = 200;

export class SiteCodes {
  private running = false;

  constructor(
    private readonly store: Store,
    private readonly page: (after: string) => Promise<CodesPage>,
    private readonly pause: () => Promise<void> = () => new Promise((done) => setTimeout(done, PAUSE_MS)),
  ) {}

  /** Brings what changed, unless the device has come as far as the server says; a page that fails is asked for again next time. */
  async refresh(newest: string | undefined): Promise<void> {
    let mark = (await this.store.get<string>("codes_mark")) ?? "";
    if (this.running || newest === undefined || newest === mark) return;
    this.running = true;
    try {
      for (let more = true; more; ) {
        const page = await this.page(mark);
        await this.keep(page);
        [mark, more] = [page.mark, page.more];
      }
    } finally {
      this.running = false;
    }
  }

  private async keep(page: CodesPage): Promise<void> {
    const entries = Object.entries(page.codes);
    for (let at = 0; at === 0 || at < entries.length; at += AT_ONCE) {
      const isLast = at + AT_ONCE >= entries.length;
      await this.store.keepCodes(Object.fromEntries(entries.slice(at, at + AT_ONCE)), isLast ? page.mark : null, page.afresh && at === 0);
      await this.pause();
    }
  }

  /** What a scan means with all that the device knows; what its tasks know goes before. */
  async read(raw: string, known: Codes, settings: LabelSettings): Promise<Reading> {
    const found = await this.store.codesOf(keysOf(raw, read(raw, {}, settings)));
    return read(raw, { ...CARDS, ...found, ...known }, settings);
  }

  /** Whether there is anything here to know codes by. */
  async isEmpty(): Promise<boolean> {
    return !(await this.store.get<string>("codes_mark"));
  }
}

/** The kinds of things that a device has to know, or be told of, before it can do something with them. */
const PRIMARY = new Set(["lpn", "tote", "trolley", "document", "location"]);

/** Whether somebody else may know more of what was scanned, and no task at hand waits for it as it is. */
export function mayBeKnown(reading: Reading, tasks: Task[]): boolean {
  const expected = (value: Value): boolean =>
    tasks.some((task) => task.forms.some((form) => form.slots.some((slot) => !slot.tally && Array.isArray(slot.expected) && slot.expected.includes(value.key))));
  const isOpen = (value: Value): boolean =>
    value.type === "unknown" || (value.type === "item" && isNone(value.key)) || (PRIMARY.has(value.type) && !value.kind && !expected(value));
  return reading.error?.code === "unknown_ai" || reading.values.some(isOpen);
}

/** The keys under which what a scan names may be kept. */
function keysOf(raw: string, reading: Reading): string[] {
  const keys = new Set([raw.trim().toUpperCase()]);
  for (const value of reading.values) {
    if (value.type === "unknown" && value.key) keys.add(value.key.toUpperCase());
    if (value.type === "item" && value.gtin) keys.add(`gtin:${value.gtin}`);
    if (value.type === "item" && value["rcn"]) keys.add(`rcn:${String(value["rcn"])}`);
  }
  return [...keys].filter(Boolean);
}
