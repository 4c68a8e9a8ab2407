/** The websocket: a fast path and a doorbell. What counts is the queue; without the socket HTTP carries the same. */
import { io, type Socket } from "socket.io-client";
import { ApiError, call, offline, speech, type Keys } from "./api";
import type { Reach } from "./reach";

const ACK_MS = 8_000;

export class Link {
  private socket: Socket | null = null;
  private wanted = false;
  private failures = 0;

  constructor(
    private readonly reach: Reach,
    private readonly keys: () => Keys,
    private readonly rung: () => void,
    private readonly changed: (connected: boolean) => void,
    private readonly revoked: () => void,
  ) {}

  get connected(): boolean {
    return this.socket?.connected ?? false;
  }

  async open(): Promise<void> {
    this.wanted = true;
    if (this.socket) return;
    try {
      const { token } = await this.reach.of(call<{ token: string }>(this.keys(), "POST", "/api/v1/socket-tokens"));
      if (!this.wanted || this.socket) return;
      const socket = io({ transports: ["websocket"], auth: { token }, reconnection: false });
      this.socket = socket;
      socket.on("connect", () => {
        this.failures = 0;
        this.changed(true);
      });
      socket.on("changed", () => this.rung());
      socket.on("revoked", () => this.revoked());
      socket.on("disconnect", () => this.lost());
      socket.on("connect_error", () => this.lost());
    } catch {
      this.lost();
    }
  }

  close(): void {
    this.wanted = false;
    this.socket?.disconnect();
    this.socket = null;
  }

  /** Sends by the socket where it is open, else by HTTP; the same answer. */
  send<T>(event: string, path: string, body: unknown, timeoutMs = ACK_MS): Promise<T> {
    return this.reach.of(this.sent<T>(event, path, body, timeoutMs));
  }

  private async sent<T>(event: string, path: string, body: unknown, timeoutMs: number): Promise<T> {
    if (!this.socket?.connected) return call<T>(this.keys(), "POST", path, body, timeoutMs);
    let answer: T & { error?: { status: number; code: string; detail: string } | null };
    try {
      answer = (await this.socket.timeout(timeoutMs).emitWithAck(event, { ...(body as object), language: speech.language })) as typeof answer;
    } catch {
      throw offline();
    }
    if (answer.error && typeof answer.error.status === "number") {
      throw new ApiError(answer.error.status, answer.error.code, answer.error.detail);
    }
    return answer;
  }

  private lost(): void {
    this.socket?.disconnect();
    this.socket = null;
    this.changed(false);
    // At first soon: of several server processes one may have died while the others answer. Spread, since all handhelds come at once.
    const waitMs = this.failures++ ? 2_000 + Math.random() * 2_000 : 200 + Math.random() * 800;
    if (this.wanted) setTimeout(() => void this.open(), waitMs);
  }
}
