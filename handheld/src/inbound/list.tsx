/** All papers of suppliers; at first those of which something is still to come. */
import { useEffect, useState } from "preact/hooks";
import { Chip, Field } from "../look/parts";
import { Sorted, useSorted } from "../masterdata/list";
import { say as sayMasterdata } from "../masterdata/texts";
import { isLate, KINDS, shortly, STATES, toneOf, type Paper, type Site, type Words } from "./shapes";

const LOOK_MS = 10_000, PAGE = 100;
const ASKED = new URLSearchParams(location.search);

export function List({ sites, turn, open, ...words }: Words & { sites: Site[]; turn: number; open: (code: string) => void }) {
  const { t, speech } = words;
  const [search, setSearch] = useState("");
  const [filter, setFilter] = useState({ kind: "", state: ASKED.get("state") ?? "open", site: "" });
  const wanted = new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString();
  const found = useSorted<Paper>(`/api/v1/inbound?${wanted ? `${wanted}&` : ""}`, search.trim(), "newest");
  const isAtTop = (found.rows?.length ?? 0) <= PAGE;
  useEffect(() => { if (turn > 0) found.again(); }, [turn]);
  useEffect(() => { // what stands further down would move away under the reader
    const timer = setInterval(() => document.visibilityState === "visible" && isAtTop && found.again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isAtTop]);
  const set = (part: Partial<typeof filter>): void => setFilter({ ...filter, ...part });
  const listWords = { speech, t: (key: Parameters<typeof sayMasterdata>[1], args?: Record<string, unknown>) => sayMasterdata(speech.language, key, args) };
  return (
    <>
      <div class="choices">
        <span class="search"><Field label={t("search")}><input type="search" name="search" value={search} maxLength={128} onInput={(event) => setSearch(event.currentTarget.value)} /></Field></span>
        <Field label={t("state")}><select name="state" value={filter.state} onChange={(event) => set({ state: event.currentTarget.value })}><option value="open">{t("open")}</option><option value="">{t("every")}</option>{STATES.map((one) => <option key={one} value={one}>{t(one)}</option>)}</select></Field>
        <Field label={t("kind")}><select name="kind" value={filter.kind} onChange={(event) => set({ kind: event.currentTarget.value })}><option value="">{t("everyKind")}</option>{KINDS.map((one) => <option key={one} value={one}>{t(one)}</option>)}</select></Field>
        {sites.length > 1 && <Field label={t("site")}><select name="site" value={filter.site} onChange={(event) => set({ site: event.currentTarget.value })}><option value="">{t("everySite")}</option>{sites.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></Field>}
      </div>
      <Sorted {...listWords} found={found} id={(row) => row.code} open={(row) => open(row.code)} title={t("title")} none={t(search.trim() || filter.state !== "open" || filter.kind || filter.site ? "nothing" : "none")} cells={[
        { head: t("number"), show: (row) => row.code },
        { head: t("pieces"), show: (row) => `${row.received.toLocaleString(speech.language)} / ${row.quantity.toLocaleString(speech.language)}`, isNumber: true },
        { head: t("kind"), show: (row) => t(row.kind) }, ...(sites.length > 1 ? [{ head: t("site"), show: (row: Paper) => row.site }] : []),
        { head: t("when"), show: (row) => (row.expected_at === null ? <span class="dim">{t("noDate")}</span> : shortly(row.expected_at, speech.language)) },
        { head: t("made"), show: (row) => shortly(row.created_at, speech.language) }, { head: t("lines"), show: (row) => row.lines, isNumber: true },
        { head: t("state"), show: (row) => <><Chip tone={toneOf(row.state)}>{t(row.state)}</Chip>{isLate(row, Date.now()) && <> <Chip tone="warn">{t("late")}</Chip></>}</> }]} />
    </>
  );
}
