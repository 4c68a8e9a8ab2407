/** What happened over days, weeks and months: figures, beside those before, as charts, as a table, as CSV and PDF. */
import { Fragment, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Chart } from "../look/chart";
import { useNarrow } from "../look/narrow";
import { Card, Notice, Panel, Rows } from "../look/parts";
import { ApiError, call } from "../net/api";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import type { Language } from "../texts";
import { Asking, type Choices } from "./asking";
import { AT_FIRST, faultOf, queryOf, todayIn, type Asked, type Figure, type Found } from "./shapes";
import { say } from "./texts";
import { Change, parts, told, type T } from "./value";
import "./style.css";

const LOOK_MS = 30_000;
const BIG = ["orders_shipped", "on_time", "cycle_median", "pick_rate", "count_units", "cost_order", "exceptions", "turnover"];
const ROOMS = [
  ["orders", ["orders_received", "orders_shipped", "lines_shipped", "units_shipped", "units_received", "on_time", "late_median"]],
  ["speed", ["cycle_median", "cycle_p90", "wait_median", "pick_median", "pack_median", "ship_median", "dock_median", "close_median"]],
  ["work", ["lines_done", "hours_worked", "pick_rate", "pack_rate", "receive_rate", "put_away_rate", "scans_line"]],
  ["right", ["count_lines", "count_units", "short_picks", "wrong_scans", "exceptions"]],
  ["money", ["walk_line", "walk_saved", "cost_order", "cost_line", "turnover", "days_of_stock"]],
] as const;
const COURSES = [["orders_received", "orders_shipped"], ["on_time"], ["cycle_median", "cycle_p90"], ["pick_rate", "put_away_rate"], ["lines_done"], ["exceptions"]];
const OF_PEOPLE = ["lines_done", "hours_worked", "pick_rate", "pack_rate", "receive_rate", "put_away_rate", "wrong_scans"];

/** Figures and why the last question had no answer: the figures before it stay. */
interface Answered {
  found: (Found & Choices) | null;
  wrong: ApiError | null;
}

function Page() {
  const speech = useLanguage();
  const [asked, ask] = useState<Asked>(AT_FIRST);
  const zone = useRef("UTC");
  const known = useRef<Choices>({ sites: [], people: [], zones: [] });
  const t: T = (key, args) => say(speech.language, key, args);
  const fault = faultOf(asked);
  const query = (): string => queryOf(asked, todayIn(zone.current), speech.language);
  const { found: answered, trouble, look } = useFound<Answered>(async () => {
    if (fault) return { found: latest.current, wrong: null };
    try {
      const answer = await call<Found & Choices>({}, "GET", `/api/v1/figures?${query()}`, undefined, 20_000);
      known.current = { sites: answer.sites, zones: answer.zones, people: asked.worker || asked.zone ? known.current.people : answer.people };
      if (answer.zone !== zone.current) {
        zone.current = answer.zone; // which day it is there was not known before the first answer
        return { found: await call<Found & Choices>({}, "GET", `/api/v1/figures?${query()}`, undefined, 20_000), wrong: null };
      }
      return { found: answer, wrong: null };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 422) throw error;
      return { found: latest.current, wrong: error };
    }
  });
  const { found, wrong } = answered ?? { found: null, wrong: null };
  const latest = useRef<(Found & Choices) | null>(null);
  latest.current = found ?? latest.current;
  useEffect(() => {
    void look();
    const timer = setInterval(() => document.visibilityState === "visible" && void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [asked, speech.language]);
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }} beside={found && <span class="dim">{found.site.code} {found.site.name}</span>}>
      <main class="figures stack wide">
        <Asking asked={asked} ask={ask} found={found} choices={known.current} files={fault || wrong !== null ? null : (ending) => `/api/v1/figures.${ending}?${query()}`} t={t} />
        {fault && <Notice tone="bad">{t(fault)}</Notice>}
        {!fault && wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
        {found ? <Told found={found} language={speech.language} t={t} /> : <p>…</p>}
      </main>
    </Frame>
  );
}

function Told({ found, language, t }: { found: Found; language: Language; t: T }) {
  const [open, setOpen] = useState<Figure | null>(null);
  const isNarrow = useNarrow();
  const figures = new Map(found.figures.map((one) => [one.key, one]));
  const some = (keys: readonly string[]): Figure[] => keys.map((key) => figures.get(key)).filter((one): one is Figure => one !== undefined);
  const { span, before } = found;
  return (
    <>
      <p class="dim">{before ? t("versus", { from: span.from, to: span.to, was: t("span", { from: before.from, to: before.to }) }) : t("span", { from: span.from, to: span.to })} · {t("clock", { zone: found.zone })}</p>
      {found.partly && <Notice tone="warn">{t("partly")}</Notice>}
      <div class="grid bigs">{some(BIG).map((one) => <Big key={one.key} figure={one} found={found} language={language} t={t} open={() => setOpen(one)} />)}</div>
      <section class="stack"><h2>{t("charts")}</h2>
        <div class="grid courses">{COURSES.map((keys) => <Course key={keys.join()} figures={some(keys)} found={found} language={language} />)}</div></section>
      <section class="stack"><h2>{t("table")}</h2><div class="grid rooms">{ROOMS.map(([title, keys]) => (
        <Card key={title} title={t(title)}><Rows title={t(title)} rows={some(keys)} id={(one) => one.key} empty="" columns={columns(found, language, t, setOpen, isNarrow)} /></Card>))}</div></section>
      <People people={found.people} figures={some(OF_PEOPLE)} isNarrow={isNarrow} language={language} t={t} />
      {open && <Panel title={open.name} close={() => setOpen(null)} closeText={t("close")}>
        <p>{open.meaning}</p><Course figures={[open]} found={found} language={language} /></Panel>}
    </>
  );
}

const nameOf = (t: T, open: (figure: Figure) => void) => ({ head: t("figure"), cell: (one: Figure) => <button class="bare name" title={t("meaning")} onClick={() => open(one)}>{one.name}</button> });

/** On a narrow screen all that is told of a figure stands below each other. */
const columns = (found: Found, language: Language, t: T, open: (figure: Figure) => void, isNarrow: boolean) => isNarrow ? [
  nameOf(t, open),
  { head: t("now"), isNumber: true, cell: (one: Figure) => <>{told(one, found.total[one.key], language)}{found.before && <><br /><small><Change figure={one} now={found.total[one.key]} before={found.before.total[one.key]} {...{ language, t }} /></small></>}</> },
] : [
  nameOf(t, open),
  { head: t("now"), cell: (one: Figure) => told(one, found.total[one.key], language), isNumber: true },
  ...(found.before ? [
    { head: t("then"), cell: (one: Figure) => told(one, found.before?.total[one.key], language), isNumber: true },
    { head: t("difference"), cell: (one: Figure) => <Change figure={one} now={found.total[one.key]} before={found.before?.total[one.key]} {...{ language, t }} />, isNumber: true }] : []),
];

function Big({ figure, found, language, t, open }: { figure: Figure; found: Found; language: Language; t: T; open: () => void }) {
  const [number, unit] = parts(figure, found.total[figure.key], language);
  const was = found.before?.total[figure.key];
  return (
    <section class="card big">
      <button class="bare name" title={t("meaning")} onClick={open}>{figure.name}</button>
      <p class="figure">{number} <small class="dim">{unit}</small></p>
      {found.before && <p><Change figure={figure} now={found.total[figure.key]} before={was} {...{ language, t }} /></p>}
      {found.before && <p class="dim">{t("was", { value: told(figure, was, language) })}</p>}
    </section>
  );
}

function People({ people, figures, isNarrow, language, t }: { people: Found["people"]; figures: Figure[]; isNarrow: boolean; language: Language; t: T }) {
  if (isNarrow && people.length) {
    return <section class="stack"><h2>{t("people")}</h2>{people.map((one) => (
      <Card key={one.badge} title={one.name}><dl class="facts">{figures.map((figure) => <Fragment key={figure.key}><dt>{figure.name}</dt><dd class="n">{told(figure, one.values[figure.key], language)}</dd></Fragment>)}</dl></Card>))}</section>;
  }
  return (
    <Card title={t("people")}><Rows title={t("people")} rows={people} id={(one) => one.badge} empty={t("nobody")} columns={[
      { head: t("person"), cell: (one) => one.name },
      ...figures.map((figure) => ({ head: figure.name, cell: (one: Found["people"][number]) => told(figure, one.values[figure.key], language), isNumber: true }))]} /></Card>
  );
}

/** Times are drawn in minutes, which people compare more easily than seconds. */
function Course({ figures, found, language }: { figures: Figure[]; found: Found; language: Language }) {
  const [first] = figures;
  if (!first) return null;
  const isTime = first.unit === "time";
  const scaled = (value: number | null | undefined): number | null => (value === null || value === undefined ? null : isTime ? Math.round(value / 6) / 10 : value);
  const steps = found.steps.filter((step) => step.at <= Date.now());
  return (
    <Card><Chart title={figures.map((one) => one.name).join(" · ")} unit={isTime ? { en: "min", "zh-CN": "分" }[language] : first.unit_name} language={language} zone={found.zone}
      kind={["orders", "lines", "units"].includes(first.unit) ? "bars" : "line"} times={steps.map((step) => step.at)}
      series={figures.map((one) => ({ name: one.name, values: steps.map((step) => scaled(step.values[one.key])) }))} /></Card>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
