/** What tills have told, the last first: of a shop, of a till, by its receipt, or what somebody has to look at. */
import { useEffect, useState } from "preact/hooks";
import { Chip, Field } from "../look/parts";
import { Sorted, useSorted } from "../masterdata/list";
import { say as sayMasterdata } from "../masterdata/texts";
import { isLate, money, shortly, type Sale, type Site, type Till, type Words } from "./shapes";

const LOOK_MS = 10_000, PAGE = 100;
const ONLY = ["unknown", "missing", "voided"] as const;
const ASKED = new URLSearchParams(location.search);

export function List({ sites, tills, open, ...words }: Words & { sites: Site[]; tills: Till[]; open: (sale: Sale) => void }) {
  const { t, speech } = words;
  const [search, setSearch] = useState("");
  const [filter, setFilter] = useState({ site: "", channel: ASKED.get("channel") ?? "", only: ASKED.get("only") ?? "", from: ASKED.get("from") ?? "", to: ASKED.get("to") ?? "" });
  const wanted = new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString();
  const found = useSorted<Sale>(`/api/v1/sales?${wanted ? `${wanted}&` : ""}`, search.trim(), "newest");
  const isAtTop = (found.rows?.length ?? 0) <= PAGE;
  useEffect(() => { // what stands further down would move away under the reader
    const timer = setInterval(() => document.visibilityState === "visible" && isAtTop && found.again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isAtTop]);
  const set = (part: Partial<typeof filter>): void => setFilter({ ...filter, ...part });
  const day = (name: "from" | "to") => <Field label={t(name)}><input type="date" name={name} value={filter[name]} onChange={(event) => set({ [name]: event.currentTarget.value })} /></Field>;
  const listWords = { speech, t: (key: Parameters<typeof sayMasterdata>[1], args?: Record<string, unknown>) => sayMasterdata(speech.language, key, args) };
  return (
    <>
      <div class="choices">
        <Field label={t("search")}><input type="search" name="search" value={search} maxLength={128} onInput={(event) => setSearch(event.currentTarget.value)} /></Field>
        {sites.length > 1 && <Field label={t("site")}><select name="site" value={filter.site} onChange={(event) => set({ site: event.currentTarget.value })}><option value="">{t("everySite")}</option>{sites.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></Field>}
        <Field label={t("till")}><select name="channel" value={filter.channel} onChange={(event) => set({ channel: event.currentTarget.value })}><option value="">{t("everyTill")}</option>{tills.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}</select></Field>
        <Field label={t("only")}><select name="only" value={filter.only} onChange={(event) => set({ only: event.currentTarget.value })}><option value="">{t("all")}</option>{ONLY.map((one) => <option key={one} value={one}>{t(one)}</option>)}</select></Field>
        <div class="days">{day("from")}{day("to")}</div>
      </div>
      <Sorted {...listWords} found={found} id={(row) => String(row.id)} open={open} title={t("title")} none={t(search.trim() || wanted ? "nothing" : "none")} cells={[
        { head: t("receipt"), show: (row) => `${row.register}/${row.receipt}` }, { head: t("sold"), show: (row) => shortly(row.sold_at, speech.language) },
        { head: t("till"), show: (row) => <>{row.channel_name} <span class="dim">{row.site}</span></> }, { head: t("lines"), show: (row) => row.lines, isNumber: true },
        { head: t("pieces"), show: (row) => row.pieces.toLocaleString(speech.language), isNumber: true }, { head: t("total"), show: (row) => money(row.total, row.currency, speech.language), isNumber: true },
        { head: t("state"), show: (row) => <State {...words} sale={row} /> }]} />
    </>
  );
}

export function State({ sale, t }: Words & { sale: Sale }) {
  if (sale.state === "voided") return <Chip>{t("isVoided")}</Chip>;
  return (
    <>
      {sale.unknown === 0 ? <Chip tone="good">{t("isBooked")}</Chip> : <Chip tone="bad">{t("hasUnknown", { n: sale.unknown })}</Chip>}
      {sale.missing > 0 && <> <Chip tone="warn">{t("hasMissing", { n: sale.missing })}</Chip></>}
      {isLate(sale) && <> <Chip>{t("late")}</Chip></>}
    </>
  );
}
