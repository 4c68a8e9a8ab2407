/** What the supervisor's pages share. */
import type { ComponentChildren } from "preact";
import { io } from "socket.io-client";
import { call } from "../net/api";

export const time = (at: number | null): string => (at ? new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }) : "–");
export const clock = (at: number | null): string => (at ? new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }) : "–");

/** Follows the server's doorbell; without it the page looks by itself. */
export function watch(rung: () => void, live: (is: boolean) => void): () => void {
  let isOver = false;
  let socket: ReturnType<typeof io> | null = null;
  const open = async (): Promise<void> => {
    if (isOver) return;
    try {
      const { token } = await call<{ token: string }>({}, "POST", "/api/v1/socket-tokens");
      socket = io({ transports: ["websocket"], auth: { token }, reconnection: false });
      socket.on("connect", () => socket?.emit("watch", {}, (answer: Record<string, unknown>) => live(Boolean(answer["watching"]))));
      socket.on("dashboard", rung);
      socket.on("disconnect", retry);
      socket.on("connect_error", retry);
    } catch {
      retry();
    }
  };
  const retry = (): void => {
    live(false);
    socket?.disconnect();
    if (!isOver) setTimeout(() => void open(), 5_000);
  };
  void open();
  return () => {
    isOver = true;
    socket?.disconnect();
  };
}

/** One group of the board: its figures, and a way into the list behind them. */
export function Tile({ name, title, into, beside, children }: { name: string; title: string; into?: [string, string]; beside?: ComponentChildren; children: ComponentChildren }) {
  return <section class={`card tile of-${name}`} aria-label={title}><header class="row"><h2 class="grow">{title}</h2>{beside}{into && <a class="into" href={into[0]}>{into[1]} ›</a>}</header>{children}</section>;
}
