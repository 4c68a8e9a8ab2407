/** All orders, the newest first, and those that somebody looks for by whatever they have in hand. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Chip, Field, Notice } from "../look/parts";
import { Sorted, useSorted } from "../masterdata/list";
import { say as sayMasterdata } from "../masterdata/texts";
import { channelOf, isLate, holdOf, OUR_OWN, STATES, toneOf, type Listed, type Place, type Words } from "./shapes";

const LOOK_MS = 10_000;
const PAGE = 100;
const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const ASKED = new URLSearchParams(location.search);
const AT_FIRST = { state: "", channel: ASKED.get("channel") ?? "", site: "", hold: ASKED.get("hold") ?? "" };

export function List({ sites, channels, open, ...words }: Words & { sites: Place[]; channels: Place[]; open: (number: string) => void }) {
  const { t, speech } = words;
  const places = [...channels, ...OUR_OWN.map((code) => ({ code, name: channelOf(code, t) }))];
  const [search, setSearch] = useState("");
  const [filter, setFilter] = useState(AT_FIRST);
  const box = useRef<HTMLInputElement>(null);
  const wanted = new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString();
  const found = useSorted<Listed>(`/api/v1/orders?${wanted ? `${wanted}&` : ""}`, search.trim(), "newest");
  useEffect(() => box.current?.focus(), []);
  const isAtTop = useRef(true);
  isAtTop.current = (found.rows?.length ?? 0) <= PAGE;
  useEffect(() => { // what stands further down would move away under the reader
    const timer = setInterval(() => document.visibilityState === "visible" && isAtTop.current && found.again(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const set = (part: Partial<typeof AT_FIRST>): void => setFilter({ ...filter, ...part });
  const isAll = !search.trim() && !wanted;
  const listWords = { speech, t: (key: Parameters<typeof sayMasterdata>[1], args?: Record<string, unknown>) => sayMasterdata(speech.language, key, args) };
  return (
    <>
      <div class="looking stack tight">
        <input ref={box} type="search" name="search" aria-label={t("search")} placeholder={t("search")} value={search} maxLength={128} onInput={(event) => setSearch(event.currentTarget.value)} />
        <div class="choices">
          <Field label={t("state")}><select name="state" value={filter.state} onChange={(event) => set({ state: event.currentTarget.value })}><option value="">{t("everyState")}</option>{STATES.map((one) => <option key={one} value={one}>{t(`state_${one}`)}</option>)}</select></Field>
          <Field label={t("channel")}><select name="channel" value={filter.channel} onChange={(event) => set({ channel: event.currentTarget.value })}><option value="">{t("everyChannel")}</option>{places.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}</select></Field>
          {sites.length > 1 && <Field label={t("site")}><select name="site" value={filter.site} onChange={(event) => set({ site: event.currentTarget.value })}><option value="">{t("everySite")}</option>{sites.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></Field>}
          <label class="check"><span>{t("heldOnly")}</span><input type="checkbox" name="hold" checked={filter.hold !== ""} onChange={(event) => set({ hold: event.currentTarget.checked ? "any" : "" })} /></label>
        </div>
      </div>
      {found.isCut && <Notice tone="warn">{t("cut")}</Notice>}
      <Sorted {...listWords} found={found} id={(row) => row.number} open={(row) => open(row.number)} title={t("title")} none={t(isAll ? "none" : "nothing")} cells={[
        { head: t("number"), show: (row) => row.number }, { head: t("customer"), show: (row) => row.customer }, { head: t("channel"), show: (row) => <>{named(places, row.channel)} <span class="dim">{row.channel_ref}</span></> },
        ...(sites.length > 1 ? [{ head: t("site"), show: (row: Listed) => row.site }] : []),
        { head: t("lines"), show: (row) => row.lines, isNumber: true }, { head: t("pieces"), show: (row) => row.pieces.toLocaleString(speech.language), isNumber: true },
        { head: t("promised"), show: (row) => (row.state === "cancelled" ? "" : row.promised_at ? <>{moment(row.promised_at, speech.language)}{isLate(row) && row.first_promised_at && <><br /><span class="warn">{t("was", { at: moment(row.first_promised_at, speech.language) })}</span></>}</> : row.state === "accepted" || row.state === "released" ? <span class="dim">{t("waits")}</span> : "") },
        { head: t("age"), show: (row) => age(row.created_at, t), isNumber: true },
        { head: t("state"), show: (row) => <><Chip tone={toneOf(row.state)}>{t(`state_${row.state}`)}</Chip> {row.hold && <Chip tone="warn">{holdOf(row.hold, t)}</Chip>}</> }]} />
    </>
  );
}

const named = (places: Place[], code: string): string => places.find((one) => one.code === code)?.name || code;

const moment = (at: number, language: string): string => new Date(at).toLocaleString(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

function age(at: number, t: Words["t"]): string {
  const past = Math.max(0, Date.now() - at);
  return past < MINUTE ? t("now") : past < 2 * HOUR ? t("minutes", { n: Math.round(past / MINUTE) }) : past < 2 * DAY ? t("hours", { n: Math.round(past / HOUR) }) : t("days", { n: Math.round(past / DAY) });
}
