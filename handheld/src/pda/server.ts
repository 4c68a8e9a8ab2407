/** The server as the device asks it: by the websocket or by HTTP, and whether it can be reached at all. */
import type { Reading } from "../floor/types";
import { call, fetchPicture, offline } from "../net/api";
import { Link } from "../net/link";
import { Reach, SHORT_MS } from "../net/reach";
import type { Send } from "../store/queue";
import type { CartonAdvice } from "./cartons";
import type { Health } from "./health";
import type { Who } from "./who";

export interface Hears {
  rung(): void;
  connected(): void;
  away(away: boolean): void;
}

export class Server {
  readonly reach: Reach;
  private readonly link: Link;

  constructor(
    private readonly who: Who,
    private readonly health: Health,
    hears: Hears,
  ) {
    this.reach = new Reach((away) => hears.away(away));
    this.link = new Link(this.reach, who.keys, () => hears.rung(), (connected) => connected && hears.connected(), () => void who.shutOut());
  }

  open(): void {
    if (!this.link.connected) void this.link.open();
  }

  close(): void {
    this.link.close();
  }

  readonly ask = <T>(method: string, path: string, body?: unknown): Promise<T> => this.reach.of(call<T>(this.who.keys(), method, path, body));

  readonly operations: Send = (body) => this.health.timed(this.link.send("operations", "/api/v1/operations", body));

  /** The server's reading of a scan; null when there is none within a short time. */
  read(raw: string): Promise<Reading | null> {
    if (this.reach.away) return Promise.resolve(null);
    return this.health.timed(this.link.send<Reading>("read", "/api/v1/floor/read", { text: raw }, SHORT_MS)).catch(() => null);
  }

  /** What an item looks like. A slow answer says nothing of the network. */
  readonly picture = (address: string): Promise<string> => (this.reach.away ? Promise.reject(offline()) : fetchPicture(this.who.keys(), address));

  /** Which carton to take for what is left of an order. A slow answer says nothing of the network. */
  cartons(release: string): Promise<CartonAdvice> {
    return call<CartonAdvice>(this.who.keys(), "GET", `/api/v1/releases/${encodeURIComponent(release)}/cartons`);
  }
}
