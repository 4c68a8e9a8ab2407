/** Whether the server can be reached: what was answered last says so, for `navigator.onLine` knows only of the Wi-Fi. */
import { ApiError, call } from "./api";

const FRESH_MS = 3_000;
/** How long a scan waits for the server before the device goes on by itself. */
export const SHORT_MS = 2_000;
/** No answer at all, or one of a proxy that stands before a server that is gone. */
const AWAY = new Set([0, 502, 504]);

/** Not a GET: what keeps the page for a reload would answer that in the place of the server. */
const isAnswering = (): Promise<unknown> => call({}, "HEAD", "/healthz", undefined, SHORT_MS);

export class Reach {
  away = false;
  private heardAt = -FRESH_MS;

  constructor(
    private readonly changed: (away: boolean) => void,
    private readonly probe: () => Promise<unknown> = isAnswering,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Passes an answer or its error on, and learns from both. */
  async of<T>(asked: Promise<T>): Promise<T> {
    try {
      const answer = await asked;
      this.note(false);
      return answer;
    } catch (error) {
      if (error instanceof ApiError) this.note(AWAY.has(error.status));
      throw error;
    }
  }

  /** Before something that only the server can begin: asks it, unless it has just answered. What asks in the background ends the absence. */
  async isAway(): Promise<boolean> {
    if (globalThis.navigator?.onLine === false) this.note(true);
    if (!this.away && this.now() - this.heardAt >= FRESH_MS) await this.of(this.probe()).catch(() => undefined);
    return this.away;
  }

  note(away: boolean): void {
    if (!away) this.heardAt = this.now();
    if (away === this.away) return;
    this.away = away;
    this.changed(away);
  }
}
