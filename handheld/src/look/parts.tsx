/** The few parts that all supervisors' screens are made of; the page at /look shows each in every state. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export type Tone = "good" | "warn" | "bad" | "act" | "";

export function Card({ title, beside, children }: { title?: ComponentChildren; beside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card">
      {title !== undefined && <header class="row"><h2 class="grow">{title}</h2>{beside}</header>}
      {children}
    </section>
  );
}

export const Chip = ({ tone = "", children }: { tone?: Tone; children: ComponentChildren }) => <span class={`chip ${tone}`}>{children}</span>;

/** What came of something, or what is in the way. `act` is what can be done about it. */
export function Notice({ tone = "act", children, act }: { tone?: Tone; children: ComponentChildren; act?: ComponentChildren }) {
  return <div class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}><div class="row"><span class="grow">{children}</span>{act}</div></div>;
}

export const Empty = ({ children }: { children: ComponentChildren }) => <p class="empty">{children}</p>;

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ComponentChildren;
  isNumber?: boolean;
}

export function Rows<Row>({ rows, columns, id, chosen, empty, title }: {
  rows: Row[]; columns: Column<Row>[]; id: (row: Row) => string | number; chosen?: string | number | null; empty: ComponentChildren; title: string;
}) {
  if (!rows.length) return <Empty>{empty}</Empty>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={title}>
      <table>
        <thead><tr>{columns.map((column) => <th key={column.head} scope="col" class={column.isNumber ? "n" : ""}>{column.head}</th>)}</tr></thead>
        <tbody>{rows.map((row) => (
          <tr key={id(row)} class={chosen === id(row) ? "chosen" : ""}>{columns.map((column) => <td key={column.head} class={column.isNumber ? "n" : ""}>{column.cell(row)}</td>)}</tr>))}</tbody>
      </table>
    </div>
  );
}

/** How much of something is done, with the figures beside it; the share alone would hide how many. */
export function Meter({ part, of, tone = "", label }: { part: number; of: number; tone?: Tone; label: string }) {
  const share = of > 0 ? Math.min(100, Math.round((100 * part) / of)) : 0;
  return <svg class={`meter ${tone}`} width="100%" height="10" role="img" aria-label={`${label}: ${part} / ${of}`}><rect width={`${share}%`} height="10" /></svg>;
}

export function Field({ label, tip, wrong, children }: { label: string; tip?: string; wrong?: string | null; children: ComponentChildren }) {
  return <label><span>{label}</span>{children}{tip && <span class="tip">{tip}</span>}{wrong && <span class="wrong" role="alert">{wrong}</span>}</label>;
}

/** A panel beside the page: where a tile's list is worked on. Escape and the button close it. */
export function Panel({ title, close, closeText, children }: { title: ComponentChildren; close: () => void; closeText: string; children: ComponentChildren }) {
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => place.current?.showModal(), []);
  return (
    <dialog class="panel" ref={place} onClose={close} onClick={(event) => event.target === place.current && close()}>
      <div class="stack"><header class="row"><h2 class="grow">{title}</h2><button onClick={close}>{closeText}</button></header>{children}</div>
    </dialog>
  );
}
