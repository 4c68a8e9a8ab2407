/** Lists of any length: looked for as one types, the next page when the end comes into view. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Empty, Notice } from "../look/parts";
import { call } from "../net/api";
import type { Words } from "./shapes";

const TYPING_MS = 180;
const PAGE = 100;
/** So many rows stand on the page at most; then the next ones take their place. */
const ROWS_MOST = 500;

export interface Found<T> {
  rows: T[] | null;
  next: string | null;
  wrong: unknown;
  more: () => void;
  /** Whether the next page would be one too many to stand below the others. */
  isFull: boolean;
  /** More begin as was typed than the server looked at. */
  isCut: boolean;
  again: () => void;
}

interface Answer<T> { items: T[]; next: string | null; is_cut?: boolean }

/** `path` has its own question mark; of several answers only that of the last question counts. */
export function useSorted<T>(path: string, search: string, sort: "code" | "newest" = "code"): Found<T> {
  const [rows, setRows] = useState<T[] | null>(null);
  const [isCut, setCut] = useState(false);
  const [next, setNext] = useState<string | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const [times, setTimes] = useState(0);
  const asked = useRef(0);
  const isAsking = useRef(false);
  const ask = async (cursor: string | null): Promise<void> => {
    const mine = (asked.current += 1);
    isAsking.current = true;
    try {
      const found = await call<Answer<T>>({}, "GET", `${path}sort=${sort}&limit=${PAGE}&search=${encodeURIComponent(search)}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
      if (mine !== asked.current) return;
      setRows((before) => (cursor === null || isFull(before) ? found.items : [...(before ?? []), ...found.items]));
      if (cursor !== null && isFull(rows)) scrollTo(0, 0);
      setNext(found.next);
      setCut(found.is_cut ?? false);
      setWrong(null);
    } catch (error) {
      if (mine === asked.current) setWrong(error);
    } finally {
      if (mine === asked.current) isAsking.current = false;
    }
  };
  useEffect(() => {
    const timer = setTimeout(() => void ask(null), rows === null ? 0 : TYPING_MS);
    return () => clearTimeout(timer);
  }, [path, search, times]);
  return { rows, next, wrong, isCut, isFull: isFull(rows), more: () => { if (!isAsking.current && next !== null) void ask(next); }, again: () => setTimes((before) => before + 1) };
}

const isFull = (rows: unknown[] | null): boolean => (rows?.length ?? 0) >= ROWS_MOST;

export interface Cell<T> {
  head: string;
  isNumber?: boolean;
  show: (row: T) => ComponentChildren;
}

/** Rows that open by a button in their first cell. */
export function Sorted<T>({ found, cells, id, open, title, none, t, speech }: Words & {
  found: Found<T>; cells: Cell<T>[]; id: (row: T) => string; open: (row: T) => void; title: string; none: string;
}) {
  const end = useRef<HTMLDivElement>(null);
  const more = useRef(found.more);
  more.current = found.more;
  const count = found.rows?.length ?? 0;
  useEffect(() => {
    if (!end.current) return undefined;
    const seen = new IntersectionObserver((entries) => { if (!found.isFull && entries.some((one) => one.isIntersecting)) more.current(); }, { rootMargin: "600px" });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [count, found.next]);
  return (
    <>
      {found.wrong !== null && <Notice tone="bad" act={<button onClick={found.again}>{t("again")}</button>}>{speech.told(found.wrong)}</Notice>}
      {found.rows === null ? <p class="dim">…</p> : count === 0 ? <Empty>{none}</Empty> : (
        <div class="scroll" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead><tr>{cells.map((cell) => <th key={cell.head} scope="col" class={cell.isNumber ? "n" : ""}>{cell.head}</th>)}</tr></thead>
            <tbody>{found.rows.map((row) => <tr key={id(row)}>{cells.map((cell, at) => <td key={cell.head} class={cell.isNumber ? "n" : ""}>{at === 0 ? <button class="bare open" onClick={() => open(row)}>{cell.show(row)}</button> : cell.show(row)}</td>)}</tr>)}</tbody>
          </table>
        </div>)}
      <div ref={end} class="stack tight">{found.next !== null && <button onClick={found.more}>{t("more")}</button>}{found.isFull && <><button class="bare" onClick={() => { found.again(); scrollTo(0, 0); }}>{t("fromStart")}</button><span class="dim">{t("searchTip")}</span></>}</div>
    </>
  );
}
