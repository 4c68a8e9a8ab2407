/** Lists on a small screen: what an enquiry found, what was scanned so far, the ways on from something wrong. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry, Message, Slot } from "../floor/types";
import type { Handheld } from "./handheld";
import { ItemPicture } from "./picture";

export interface Way {
  label: Message;
  kind: string;
  slots: Record<string, unknown>;
}

/** What a device of the station found wrong, and what can be done about it with one touch. */
export function WaysOn({ handheld, wrong, ways }: { handheld: Handheld; wrong: Message; ways: Way[] }) {
  return (
    <div class="wrong">
      <b>{handheld.say(wrong)}</b>
      {ways.map((way) => <button key={way.label.key} onClick={() => void handheld.follow(way.kind, way.slots)}>{handheld.say(way.label)}</button>)}
    </div>
  );
}

export interface Row {
  title: string;
  sub?: string;
  value?: number | null;
  notes?: Message[];
}

const ROWS_A_PAGE = 4;

/** What an enquiry found, a page at a time: nothing has to be scrolled. */
export function RowsView({ handheld, rows, notes }: { handheld: Handheld; rows: Row[]; notes: Message[] }) {
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(rows.length / ROWS_A_PAGE));
  const shown = rows.slice((page % pages) * ROWS_A_PAGE, (page % pages + 1) * ROWS_A_PAGE);
  const said = (messages: Message[] | undefined): string => (messages ?? []).map((message) => handheld.say(message)).join(" · ");
  return (
    <div class="list">
      {notes.length > 0 && <div class="note">{said(notes)}</div>}
      {shown.map((row, at) => (
        <div key={`${row.title}${at}`}>
          <span>{row.title}{(row.sub || row.notes?.length) && <small>{[row.sub, said(row.notes)].filter(Boolean).join(" · ")}</small>}</span>
          <b>{row.value ?? ""}</b>
        </div>
      ))}
      {pages > 1 && <button class="wide" onClick={() => setPage(page + 1)}>{handheld.text("moreRows", { page: (page % pages) + 1, pages })}</button>}
    </div>
  );
}

export interface Content {
  item: string;
  name: string;
  quantity: number;
  picture?: string | null;
}

/** So few have room for larger pictures. */
const FEW = 3;
const ENTRIES_SHOWN = 4;

export const piecesIn = (slot: Slot): number => ((slot.value as Entry[] | null) ?? []).reduce((sum, one) => sum + (one.quantity ?? 0), 0);

export function TallyView({ handheld, slot, contents }: { handheld: Handheld; slot: Slot; contents?: Content[] | undefined }) {
  const entries = (slot.value as Entry[] | null) ?? [];
  if (contents) return <ParcelView handheld={handheld} entries={entries} contents={contents} />;
  return (
    <div class="list">
      <span class="after">{handheld.text("scannedSoFar")}: {entries.length}</span>
      {entries.slice(-ENTRIES_SHOWN).reverse().map((one) => <div key={one.lpn ?? `${one.item}${one.lot}`}><span class="line">{one.lpn ?? handheld.names.get(one.item ?? "") ?? one.item} {one.lot ?? ""}</span><b>{one.quantity ?? ""}</b></div>)}
    </div>
  );
}

/** What somebody gets, as many lines as there is room for. */
export function ContentsView({ handheld, contents }: { handheld: Handheld; contents: Content[] }) {
  const { list, fits } = useFitting();
  const shown = contents.length <= fits ? contents : contents.slice(0, Math.max(1, fits - 1));
  return (
    <div ref={list} class={`list ${contents.length <= FEW ? "few" : ""}`}>
      {shown.map((one) => <div key={one.item}><ItemPicture handheld={handheld} address={one.picture ?? null} kind="thumb" /><span class="line">{one.name}</span><b>{one.quantity}</b></div>)}
      {contents.length > shown.length && <div><span>… +{contents.length - shown.length}</span></div>}
    </div>
  );
}

/** What goes into a parcel, as many lines as there is room for; what is packed goes to the end. */
function ParcelView({ handheld, entries, contents }: { handheld: Handheld; entries: Entry[]; contents: Content[] }) {
  const { list, fits } = useFitting();
  const counted = (item: string): number => entries.filter((one) => one.item === item).reduce((sum, one) => sum + (one.quantity ?? 0), 0);
  const isPacked = (one: Content): boolean => counted(one.item) >= one.quantity;
  const order = [...contents].sort((one, other) => Number(isPacked(one)) - Number(isPacked(other)));
  const shown = order.length <= fits ? order : order.slice(0, Math.max(1, fits - 1));
  return (
    <div ref={list} class={`list ${order.length <= FEW ? "few" : ""}`}>
      {shown.map((one) => <div key={one.item} class={isPacked(one) ? "packed" : ""}><ItemPicture handheld={handheld} address={one.picture ?? null} kind="thumb" /><span class="line">{one.name}</span><b>{counted(one.item)} / {one.quantity}</b></div>)}
      {order.length > shown.length && <div><span>… +{order.length - shown.length}</span></div>}
    </div>
  );
}

/** How many lines a list has room for, told anew whenever the list becomes higher or lower. */
function useFitting() {
  const list = useRef<HTMLDivElement>(null);
  const [fits, setFits] = useState(6);
  useLayoutEffect(() => {
    const shown = list.current;
    if (!shown) return;
    const watch = new ResizeObserver(() => {
      const line = shown.firstElementChild?.getBoundingClientRect().height;
      if (line) setFits(Math.floor((shown.clientHeight + 1) / line));
    });
    watch.observe(shown);
    return () => watch.disconnect();
  }, []);
  return { list, fits };
}
