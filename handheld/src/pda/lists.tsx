/** Lists on a small screen: what an enquiry found, what was scanned so far, the ways on from something wrong. */
import { useState } from "preact/hooks";
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

/** As many lines of a parcel as a small screen has room for; what is packed goes to the end. */
const CONTENTS_SHOWN = 6;
/** So few have room for larger pictures. */
const FEW = 3;
const ENTRIES_SHOWN = 4;

export const piecesIn = (slot: Slot): number => ((slot.value as Entry[] | null) ?? []).reduce((sum, one) => sum + (one.quantity ?? 0), 0);

export function TallyView({ handheld, slot, contents }: { handheld: Handheld; slot: Slot; contents?: Content[] | undefined }) {
  const entries = (slot.value as Entry[] | null) ?? [];
  const counted = (item: string): number => entries.filter((one) => one.item === item).reduce((sum, one) => sum + (one.quantity ?? 0), 0);
  if (contents) {
    const order = [...contents].sort((one, other) => Number(counted(one.item) >= one.quantity) - Number(counted(other.item) >= other.quantity));
    const hidden = order.length - CONTENTS_SHOWN;
    return (
      <div class={`list ${order.length <= FEW ? "few" : ""}`}>
        {order.slice(0, CONTENTS_SHOWN).map((one) => <div key={one.item} class={counted(one.item) >= one.quantity ? "packed" : ""}><ItemPicture handheld={handheld} address={one.picture ?? null} kind="thumb" /><span class="line">{one.name}</span><b>{counted(one.item)} / {one.quantity}</b></div>)}
        {hidden > 0 && <div><span>… +{hidden}</span></div>}
      </div>
    );
  }
  return (
    <div class="list">
      <span class="after">{handheld.text("scannedSoFar")}: {entries.length}</span>
      {entries.slice(-ENTRIES_SHOWN).reverse().map((one) => <div key={one.lpn ?? `${one.item}${one.lot}`}><span class="line">{one.lpn ?? handheld.names.get(one.item ?? "") ?? one.item} {one.lot ?? ""}</span><b>{one.quantity ?? ""}</b></div>)}
    </div>
  );
}
