/** Which of the codes in view is taken by itself, and which a person has to choose. Pure, with the time from outside. */
import { fill } from "../floor/fill";
import type { LabelSettings } from "../floor/gs1";
import { read } from "../floor/reading";
import type { Task } from "../floor/types";
import { knownTo } from "../pda/holding";
import type { Found, InView } from "./shapes";

/** So long, and in so many pictures, a code may be unseen and is still in view: on a slow device pictures are a second apart. */
const GONE_MS = 600;
const GONE_PICTURES = 2;
/** So long others may come into view before one is taken. */
const SETTLE_MS = 350;
/** What was taken is not taken again until it has been out of view for so long. */
const AGAIN_MS = 1_500;

interface Tracked extends Found {
  times: number;
  since: number;
  last: number;
  missed: number;
}

export class InSight {
  private tracked: Tracked[] = [];
  private readonly taken = new Map<string, number>();

  /** What is in view after one more picture, and the one code of it that is to be taken now. */
  see(found: Found[], now: number, isWanted: (raw: string) => boolean): { codes: InView[]; take: string | null } {
    for (const one of this.tracked) one.missed += 1;
    for (const one of found) this.track(one, now);
    this.tracked = this.tracked.filter((one) => now - one.last <= GONE_MS || one.missed < GONE_PICTURES);
    for (const one of this.tracked) if (this.wasTaken(one.raw, one.last)) this.taken.set(one.raw, one.last);
    const sure = this.tracked.filter((one) => one.times > 1 || !one.isBars);
    const codes = sure.filter((one) => !this.wasTaken(one.raw, now)).map(({ raw, corners, isBars }) => ({ raw, corners, isBars, isWanted: isWanted(raw) }));
    const wanted = codes.filter((one) => one.isWanted);
    const only = wanted.length === 1 ? wanted[0] : codes.length === 1 && sure.length === 1 ? codes[0] : undefined;
    const isSettled = this.tracked.some((one) => one.raw === only?.raw && now - one.since >= SETTLE_MS);
    const take = only && isSettled ? only.raw : null;
    if (take !== null) this.took(take, now);
    return { codes: codes.filter((one) => one.raw !== take), take };
  }

  /** Somebody has chosen it. */
  took(raw: string, now: number): void {
    this.taken.set(raw, now);
  }

  private wasTaken(raw: string, at: number): boolean {
    const before = this.taken.get(raw);
    return before !== undefined && at - before < AGAIN_MS;
  }

  private track(one: Found, now: number): void {
    const known = this.tracked.find((other) => other.raw === one.raw);
    if (known) Object.assign(known, one, { times: known.times + 1, last: now, missed: 0 });
    else this.tracked.push({ ...one, times: 1, since: now, last: now, missed: 0 });
  }
}

/** Whether a code is what the work at hand waits for, as far as the device can tell by itself. */
export function isWantedBy(tasks: Task[], settings: LabelSettings, raw: string): boolean {
  const reading = read(raw, knownTo(tasks), settings);
  const [task = null] = tasks;
  return !fill(task, reading)[1].some((effect) => effect.effect === "refused");
}
