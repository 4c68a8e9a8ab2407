/** What the server tells the device: its tasks and settings, the codes of the site, the sentences. */
import type { LabelSettings } from "../floor/gs1";
import { SCHEMA } from "../store/db";
import { SiteCodes, type CodesPage } from "../store/siteCodes";
import { inHandFirst } from "./holding";
import { Allowance } from "./health";
import type { Parts } from "./parts";
import { ownBuild } from "./shell";
import type { Pulled } from "./view";

const SOON_MS = 500;
/** Scans told at once by somebody who begins; a busy worker's are told with the beat, and one more as often. */
const AT_ONCE = 4;
const ONE_MORE_MS = 15_000;

export class Told {
  labels: LabelSettings = {};
  readonly codes: SiteCodes;
  /** The server's client is another than this page. */
  newer: () => void = () => undefined;
  private scansTaken: number | null = null;
  private readonly prompt = new Allowance(AT_ONCE, ONE_MORE_MS);
  private coming: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly parts: Parts,
    private readonly scanned: (text: string) => void,
  ) {
    this.codes = new SiteCodes(parts.store, (after) => parts.server.ask<CodesPage>("GET", `/api/v1/floor/codes?after=${after}`));
  }

  async wake(): Promise<void> {
    this.labels = (await this.parts.store.get<LabelSettings>("labels")) ?? {};
  }

  /** Who the device is and how it does; what it hears is the build of the server's client. */
  async hello(): Promise<void> {
    const { store, server, queue, health, who, screen } = this.parts;
    const build = ownBuild();
    try {
      const [epoch = "", last_seq = 0] = await Promise.all([store.get<string>("epoch"), store.get<number>("seq")]);
      const told = await server.ask<{ build: string; schema_max: number; reset_after_seq: number | null }>("POST", "/api/v1/floor/hello", { epoch, last_seq, schema: SCHEMA, queued: queue.size, build, ...health.told() });
      if (told.reset_after_seq !== null && last_seq === 0) await this.wiped();
      screen.set({ outdated: told.schema_max > SCHEMA });
      if (build && told.build !== build) this.newer();
    } catch (error) {
      await who.failed(error);
    }
  }

  /** Something was scanned: whoever looks at this device hears of it in a moment. */
  soon(): void {
    if (this.coming || this.parts.screen.view.away || !this.prompt.take()) return;
    this.coming = setTimeout(() => {
      this.coming = null;
      void this.hello();
    }, SOON_MS);
  }

  /** What this device held and had not sent is gone; said once in its new life. */
  private async wiped(): Promise<void> {
    const { store, screen } = this.parts;
    if (await store.get<boolean>("wiped_told")) return;
    await store.set("wiped_told", true);
    screen.stop({ title: screen.text("wiped"), now: screen.text("wipedNow"), next: [], isQuestion: true });
  }

  messages(): Promise<void> {
    return this.parts.screen.learn((path) => this.parts.server.ask<Record<string, string>>("GET", path));
  }

  /** What the server holds for this device, with the own queue on top. */
  async pull(): Promise<void> {
    const { store, server, queue, who, screen, held } = this.parts;
    try {
      const before = queue.size ? -1 : queue.made;
      const taken = this.scansTaken === null ? "" : `?scans_after=${this.scansTaken}`;
      const told = await server.ask<Pulled>("GET", `/api/v1/floor/pull${taken}`);
      this.takeScans(told);
      screen.set({ counts: told.counts, shift: told.shift ?? null, pushed: told.pushed ?? [] });
      this.labels = told.settings;
      await store.set("labels", told.settings);
      void this.codes.refresh(told.codes_mark).catch(() => undefined); // the ones that are there serve
      if (queue.size) return;
      if (queue.made !== before) return await this.pull(); // what was done meanwhile is not in this answer
      const [mine, ...rest] = inHandFirst(held.all(), told.tasks ?? []);
      await held.keep(mine ?? null, rest);
      held.show();
    } catch (error) {
      await who.failed(error);
    }
  }

  /** What the scanner of the packing table read is a scan of this device; two pulls under way at once may bring the same. */
  private takeScans(told: Pulled): void {
    const taken = this.scansTaken;
    for (const one of told.scans ?? []) if (taken !== null && one.id > (this.scansTaken ?? 0)) {
      this.scansTaken = one.id;
      this.scanned(one.text);
    }
    if (told.scans_mark !== undefined) this.scansTaken = Math.max(this.scansTaken ?? 0, told.scans_mark);
  }
}
