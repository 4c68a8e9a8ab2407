/** Rules tried on past orders before they are used: how far that is, and what came of it beside how it was and how it is today. */
import { useEffect, useState } from "preact/hooks";
import { useNarrow } from "../look/narrow";
import { Card, Chip, Field, Meter, Notice, Rows } from "../look/parts";
import { call } from "../net/api";
import type { Rules } from "./editor";
import { WAYS, type Column, type Result, type Trial, type Way, type Words } from "./shapes";
import type { Key } from "./texts";

const LOOK_MS = 1_000;
const DAYS = [7, 30, 92];

export function Try({ rules, mayTry, number, set, ...words }: Words & { rules: Rules; mayTry: boolean; number: number | null; set: (number: number) => void }) {
  const { t, speech } = words;
  const [days, setDays] = useState(30);
  const [wrong, setWrong] = useState<unknown>(null);
  const begin = (): void => void call<{ id: number }>({}, "POST", "/api/v1/sourcing/trials", { body: rules.body, days })
    .then(({ id }) => { setWrong(null); set(id); }, setWrong);
  return (
    <Card title={t("try")}>
      <div class="stack">
        <p class="tip">{t("tryTip")}</p>
        {mayTry && <div class="row keep">
          <div><Field label={t("tryOn")}><select name="days" value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>{DAYS.map((one) => <option key={one} value={one}>{t("lastDays", { n: one })}</option>)}</select></Field></div>
          <button class="main" disabled={!rules.body.trim() || Boolean(rules.faults?.length)} onClick={begin}>{t("tryThem")}</button>
        </div>}
        {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
        {number !== null && <Tried key={number} {...words} number={number} rules={rules} />}
      </div>
    </Card>
  );
}

function Tried({ number, rules, ...words }: Words & { number: number; rules: Rules }) {
  const { t, speech } = words;
  const [trial, setTrial] = useState<Trial | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const isOver = trial?.state === "done" || trial?.state === "failed";
  useEffect(() => {
    if (isOver) return undefined;
    const look = (): void => void call<Trial>({}, "GET", `/api/v1/sourcing/trials/${number}`).then((found) => { setTrial(found); setWrong(null); }, setWrong);
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [number, isOver]);
  if (wrong !== null && !isOver) return <Notice tone="bad">{speech.told(wrong)}</Notice>;
  if (trial === null) return <p class="dim">…</p>;
  if (trial.state === "failed") return <Notice tone="bad">{t("tryFailed")}</Notice>;
  if (trial.state !== "done" || !isResult(trial.result)) return <div role="status"><p>{trial.state === "waiting" ? t("tryWaits") : t("tryRuns", { done: trial.done.toLocaleString(speech.language), total: trial.total.toLocaleString(speech.language) })}</p><Meter part={trial.done} of={trial.total} label={t("try")} /></div>;
  if (!trial.result.orders) return <Notice>{t("tryNothing", { n: trial.days })}</Notice>;
  return <div class="stack">{trial.body !== rules.body && <Notice tone="warn">{t("tryOld")}</Notice>}<Compared {...words} result={trial.result} days={trial.days} /><BySite {...words} result={trial.result} /><Examples {...words} result={trial.result} /></div>;
}

const isResult = (result: Trial["result"]): result is Result => "tried" in result;

/** What is compared, whether less of it is better, and how it is written. */
const MEASURES: { key: Key; of: (one: Column) => number; less?: boolean; more?: boolean; digits?: number; isShare?: boolean }[] = [
  { key: "m.orders", of: (one) => one.orders }, { key: "m.parcels", of: (one) => one.parcels, less: true }, { key: "m.split", of: (one) => one.split, less: true }, { key: "m.cost", of: (one) => one.cost, less: true, digits: 2 },
  { key: "m.km", of: (one) => one.km_a_parcel, less: true, digits: 1 }, { key: "m.onTime", of: (one) => one.on_time, more: true, isShare: true }, { key: "m.waiting", of: (one) => one.waiting, less: true }];

type Measure = (typeof MEASURES)[number];

function Compared({ result, days, t, speech }: Words & { result: Result; days: number }) {
  const isNarrow = useNarrow();
  const shown = (measure: Measure, value: number): string => (measure.isShare ? value.toLocaleString(speech.language, { style: "percent", maximumFractionDigits: 1 })
    : value.toLocaleString(speech.language, { minimumFractionDigits: measure.digits ?? 0, maximumFractionDigits: measure.digits ?? 0 }));
  const best = (one: Measure, way: Way) => isBest(one, result, way) && <Chip tone="good">{t("best")}</Chip>;
  return (
    <section>
      <h3>{t("compared", { n: result.orders.toLocaleString(speech.language), days })}</h3>
      <Rows title={t("compared", { n: result.orders, days })} rows={MEASURES} id={(one) => one.key} empty="" columns={[
        { head: t("measure"), cell: (one) => t(one.key) },
        ...(isNarrow ? [{ head: t("figures"), isNumber: true, cell: (one: Measure) => WAYS.map((way) => <div key={way}>{best(one, way)} <span class="dim">{t(`way.${way}`)}</span> {shown(one, one.of(result[way]))}</div>) }]
          : WAYS.map((way) => ({ head: t(`way.${way}`), isNumber: true, cell: (one: Measure) => <>{best(one, way)} {shown(one, one.of(result[way]))}</> })))]} />
      {sendMost(result).length < WAYS.length && <p class="warn">{t("sendsLess")}</p>}
      <p class="tip">{t("comparedTip")}</p>
    </section>
  );
}

/** Of several that are equally good each is; of all, none. Who sends less has fewer parcels, and is no better for that. */
function isBest(measure: Measure, result: Result, way: Way): boolean {
  const ways = measure.key === "m.waiting" ? WAYS : sendMost(result);
  const values = ways.map((one) => measure.of(result[one]));
  if (!(measure.less || measure.more) || !ways.includes(way) || new Set(values).size <= 1) return false;
  return measure.of(result[way]) === (measure.less ? Math.min(...values) : Math.max(...values));
}

/** The ways by which the fewest pieces wait. */
function sendMost(result: Result): readonly Way[] {
  const least = Math.min(...WAYS.map((one) => result[one].waiting));
  return WAYS.filter((one) => result[one].waiting === least);
}

/** Bars of three kinds for each warehouse, with their numbers beside them. */
function BySite({ result, t, speech }: Words & { result: Result }) {
  const sites = [...new Set(WAYS.flatMap((way) => Object.keys(result[way].by_site)))].sort();
  const most = Math.max(1, ...WAYS.flatMap((way) => Object.values(result[way].by_site)));
  return (
    <section>
      <h3>{t("bySite")}</h3>
      <table class="bars"><tbody>{sites.map((site) => WAYS.map((way, at) => {
        const count = result[way].by_site[site] ?? 0;
        return (
          <tr key={`${site}/${way}`} class={at === 0 ? "first" : ""}>
            {at === 0 && <th scope="rowgroup" rowSpan={WAYS.length}>{site}</th>}
            <th scope="row">{t(`way.${way}`)}</th><td class="bar"><svg width="100%" height="16" aria-hidden="true" class={`of-${way}`}><rect width={`${(100 * count) / most}%`} height="16" /></svg></td><td class="n">{count.toLocaleString(speech.language)}</td>
          </tr>);
      }))}</tbody></table>
    </section>
  );
}

function Examples({ result, t }: Words & { result: Result }) {
  if (!result.changed) return <p>{t("noChanges")}</p>;
  return (
    <section>
      <h3>{t("changes", { n: result.changed })}</h3>
      {result.examples.length < result.changed && <p class="tip">{t("firstOf", { n: result.examples.length })}</p>}
      <ul class="plain examples">{result.examples.map((one) => <li key={one.number}><a href={`/orders#${encodeURIComponent(one.number)}`}>{one.number}</a> {one.today.join(" + ") || t("nobody")} → <b>{one.tried.join(" + ") || t("nobody")}</b></li>)}</ul>
    </section>
  );
}
