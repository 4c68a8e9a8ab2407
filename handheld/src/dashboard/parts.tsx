/** What the supervisor's pages share. */
import type { ComponentChildren } from "preact";
import { io } from "socket.io-client";
import { call } from "../net/api";

export const time = (at: number | null): string => (at ? new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }) : "–");

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

export function Card({ title, wide, two, children }: { title: string; wide?: boolean; two?: boolean; children: ComponentChildren }) {
  return <section class={wide ? "wide" : two ? "two" : ""}><h2>{title}</h2><div class="scroll">{children}</div></section>;
}

export function Table({ head, rows, numbers }: { head: string[]; rows: ComponentChildren[][]; numbers: number[] }) {
  const side = (at: number): string => (numbers.includes(at) ? "n" : "");
  return (
    <table>
      <thead><tr>{head.map((cell, at) => <th key={cell} class={side(at)}>{cell}</th>)}</tr></thead>
      <tbody>{rows.map((row, number) => <tr key={number}>{row.map((cell, at) => <td key={at} class={side(at)}>{cell}</td>)}</tr>)}</tbody>
    </table>
  );
}
