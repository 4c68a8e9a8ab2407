/** All returns, the newest first; those that wait for somebody by a tap. */
import { useEffect, useState } from "preact/hooks";
import { Chip, Field, Notice } from "../look/parts";
import { Sorted, useSorted } from "../masterdata/list";
import { say as sayMasterdata } from "../masterdata/texts";
import { money } from "../look/money";
import { STATES, toneOf, type Listed, type State, type Words } from "./shapes";

const LOOK_MS = 10_000;
const PAGE = 100;
const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

export function List({ sites, open, make, isShown, ...words }: Words & { sites: { code: string; name: string }[]; open: (number: string) => void; make: (order: string) => void; isShown: boolean }) {
  const { t, speech } = words;
  const [state, setState] = useState<State | "">("");
  const [site, setSite] = useState("");
  const [typed, setTyped] = useState("");
  const wanted = new URLSearchParams(Object.entries({ state, site }).filter(([, value]) => value)).toString();
  const found = useSorted<Listed>(`/api/v1/rmas?${wanted ? `${wanted}&` : ""}`, typed.trim(), "newest");
  useEffect(() => {
    if (!isShown) return undefined;
    found.again();
    const timer = setInterval(() => document.visibilityState === "visible" && (found.rows?.length ?? 0) <= PAGE && found.again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isShown]);
  const code = typed.trim().toUpperCase();
  const listWords = { speech, t: (key: Parameters<typeof sayMasterdata>[1], args?: Record<string, unknown>) => sayMasterdata(speech.language, key, args) };
  return (
    <>
      <div class="looking stack tight">
        <form class="row" onSubmit={(event) => { event.preventDefault(); if (code.startsWith("RMA-")) open(code); }}>
          <span class="grow"><input type="search" name="search" aria-label={t("search")} placeholder={t("search")} value={typed} maxLength={128} onInput={(event) => setTyped(event.currentTarget.value)} /></span>
          <button class="main" type="button" onClick={() => make(code.startsWith("ORD-") ? code : "")}>{t("newOne")}</button>
        </form>
        <div class="row">
          <div class="tabs" role="group" aria-label={t("state")}>{(["", ...STATES] as const).map((one) => <button key={one} aria-pressed={state === one} onClick={() => setState(one)}>{one ? t(`state_${one}`) : t("every")}</button>)}</div>
          {sites.length > 1 && <Field label={t("site")}><select name="site" value={site} onChange={(event) => setSite(event.currentTarget.value)}><option value="">{t("every")}</option>{sites.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></Field>}
        </div>
      </div>
      {found.isCut && <Notice tone="warn">{t("cut")}</Notice>}
      <Sorted {...listWords} found={found} id={(row) => row.number} open={(row) => open(row.number)} title={t("title")} none={t(wanted || code ? "nothing" : "none")} cells={[
        { head: t("number"), show: (row) => row.number }, { head: t("order"), show: (row) => row.order }, { head: t("customer"), show: (row) => row.customer },
        { head: t("reason"), show: (row) => t(row.reason) }, { head: t("wish"), show: (row) => t(row.wish) },
        { head: t("pieces"), show: (row) => `${row.came} / ${row.quantity}`, isNumber: true }, { head: t("amount"), show: (row) => (row.amount ? money(row.amount, row.currency, speech.language) : ""), isNumber: true },
        { head: t("age"), show: (row) => age(row.created_at, t), isNumber: true },
        { head: t("state"), show: (row) => <Of {...words} one={row} isPart={row.state === "received" && row.came < row.quantity} /> }]} />
    </>
  );
}

export function Of({ one, isPart, t }: Words & { one: { state: State; outcome: Listed["outcome"] }; isPart: boolean }) {
  return <Chip tone={toneOf(one)}>{isPart ? t("partly") : one.outcome ? t(`outcome_${one.outcome}`) : t(`state_${one.state}`)}</Chip>;
}

function age(at: number, t: Words["t"]): string {
  const past = Math.max(0, Date.now() - at);
  return past < MINUTE ? t("now") : past < 2 * HOUR ? t("minutes", { n: Math.round(past / MINUTE) }) : past < 2 * DAY ? t("hours", { n: Math.round(past / HOUR) }) : t("days", { n: Math.round(past / DAY) });
}
