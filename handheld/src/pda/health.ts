/** How the device does: told to the server with every hello, for the page of devices. */
const ERRORS_MAX = 999_999;
const SCAN_MAX = 512;

interface Battery {
  level: number;
}
type Browser = Navigator & { getBattery?: () => Promise<Battery> };

export interface Told {
  battery: number | null;
  latency_ms: number | null;
  errors: number;
  last_scan: string;
}

/** So many at once, and one more for each time that has passed. */
export class Allowance {
  private left: number;
  private filled: number;

  constructor(
    private readonly most: number,
    private readonly eachMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.left = most;
    this.filled = now();
  }

  /** Whether one was left. */
  take(): boolean {
    const more = Math.floor((this.now() - this.filled) / this.eachMs);
    this.left = Math.min(this.most, this.left + more);
    this.filled += more * this.eachMs;
    if (!this.left) return false;
    this.left -= 1;
    return true;
  }
}

export class Health {
  private latencyMs: number | null = null;
  private errors = 0;
  private lastScan = "";
  private battery: Battery | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {
    // Browsers tell the battery on secure pages only, and not all of them.
    void (globalThis.navigator as Browser | undefined)?.getBattery?.().then((battery) => (this.battery = battery), () => undefined);
  }

  /** Passes an answer on, and notes how long it took to come. */
  async timed<T>(asked: Promise<T>): Promise<T> {
    const began = this.now();
    const answer = await asked;
    this.latencyMs = Math.round(this.now() - began);
    return answer;
  }

  scanned(raw: string): void {
    this.lastScan = raw.slice(0, SCAN_MAX);
  }

  /** A scan was refused, or the server was lost. */
  erred(): void {
    this.errors = Math.min(ERRORS_MAX, this.errors + 1);
  }

  told(): Told {
    return { battery: this.battery && Math.round(this.battery.level * 100), latency_ms: this.latencyMs, errors: this.errors, last_scan: this.lastScan };
  }
}
