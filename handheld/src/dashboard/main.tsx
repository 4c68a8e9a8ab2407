import { render, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Message } from "../floor/types";
import { ApiError, call } from "../net/api";
import { filled } from "../texts";
import { useLanguage } from "../pages/language";
import { Card, Table, time, watch } from "./parts";
import { say as textOf, type Key } from "./texts";
import "./style.css";

interface Figures {
  now: number;
  site: { code: string; name: string } | null;
  tasks: { kind: string; open: number; leased: number; done_today: number }[];
  orders: { state: string; count: number }[];
  cutoffs: { cutoff_at: number | null; carrier: string; lines: number; picked: number; packed: number; shipped: number }[];
  devices: { device: number; name: string; worker: string | null; last_seen_at: number | null; queued: number; last_scan: string }[];
  scans: { at: number; device: string; worker: string | null; kind: string; status: string; message: Message | null }[];
  exceptions: { id: number; at: number; code: string; message: Message }[];
  rates: { at: number; lines: number }[];
  ledger: { moves: number; sealed: number };
}
interface Peripheral {
  name: string;
  kind: string;
  state: "opening" | "connected" | "lost" | "wrong" | "stopped";
  since: number;
  error: string | null;
  reads: number;
  errors: number;
  outages: number;
  last_read: string;
  last_at: number | null;
  latency_ms: number | null;
}
interface Station {
  code: string;
  location: string;
  document: string | null;
  peripherals: Peripheral[];
}
interface Code {
  code: string;
  url: string;
  qr_svg: string;
}

const STATE_CLASS = { connected: "good", opening: "dim", stopped: "dim", lost: "bad", wrong: "bad" };
/** Control signs have no picture of their own. */
const shown = (read: string): string => (read.length > 40 ? `${read.slice(0, 40)}…` : read || "–");

function Dashboard() {
  const { language, texts, swap: otherLanguage } = useLanguage();
  const [figures, setFigures] = useState<Figures | null>(null);
  const [stations, setStations] = useState<Station[]>([]);
  const [needsSignIn, setNeedsSignIn] = useState(false);
  const [isLive, setLive] = useState(false);
  const isSetup = location.pathname === "/setup";
  const t = (key: Key): string => textOf(language, key);
  const kindOf = (kind: unknown): string | undefined => texts[`task.${String(kind)}`] ?? texts[`kind.${String(kind)}`];
  const say = (message: Message | null): string => {
    if (!message) return "";
    const args = Object.fromEntries(Object.entries(message.args).map(([name, value]) => [name, (name === "kind" ? kindOf(value) : texts[String(value)]) ?? value]));
    return filled(texts[message.key] ?? message.key, args);
  };
  const look = async (): Promise<void> => {
    try {
      const [found, bound] = await Promise.all([call<Figures>({}, "GET", "/api/v1/dashboard"), call<{ items: Station[] }>({}, "GET", "/api/v1/stations")]);
      setFigures(found);
      setStations(bound.items);
      setNeedsSignIn(false);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) setNeedsSignIn(true);
    }
  };
  useEffect(() => {
    if (isSetup) return undefined;
    void look();
    const timer = setInterval(() => void look(), 5_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => (needsSignIn || !figures ? undefined : watch(() => void look(), setLive)), [needsSignIn, figures === null]);

  const swap = <button onClick={otherLanguage}>{t("language")}</button>;
  if (isSetup) return <Setup t={t} swap={swap} />;
  if (needsSignIn) return <SignIn t={t} swap={swap} done={() => void look()} />;
  if (!figures) return <p>…</p>;
  return (
    <>
      <header>
        <h1>Aisle · {figures.site?.name}</h1>
        <span class={isLive ? "good" : "dim"}>● {t(isLive ? "live" : "stale")} {time(figures.now)}</span>
        <span class="dim">{t("ledger")}: {figures.ledger.moves.toLocaleString()} {t("moves")}, {figures.ledger.sealed.toLocaleString()} {t("sealed")}</span>
        <span class="right"><a href="/devices">{t("devices")}</a><a href="/labels">{t("labels")}</a><a href={`/cards?language=${language}`}>{t("cards")}</a>{swap}<button onClick={() => void call({}, "DELETE", "/api/v1/sessions/current").then(look)}>{t("signOut")}</button></span>
      </header>
      <div class="grid">
        <Card title={t("tasks")}>
          <Table head={[t("kind"), t("open"), t("leased"), t("doneToday")]} numbers={[1, 2, 3]}
            rows={figures.tasks.map((row) => [texts[`task.${row.kind}`] ?? row.kind, row.open, row.leased, row.done_today])} />
        </Card>
        <Card title={t("orders")}><Bars rows={figures.orders.map((row) => [texts[`order.${row.state}`] ?? row.state, row.count])} /></Card>
        <Card title={t("rates")}><Rates rates={figures.rates} /></Card>
        <Card title={t("cutoffs")} two>
          <Table head={[t("cutoff"), t("carrier"), t("lines"), t("picked"), t("packed"), t("shipped")]} numbers={[2]}
            rows={figures.cutoffs.map((row) => [row.cutoff_at ? time(row.cutoff_at) : "–", row.carrier || "–", row.lines,
              <Meter part={row.picked} of={row.lines} />, <Meter part={row.packed} of={row.lines} />, <Meter part={row.shipped} of={row.lines} />])} />
        </Card>
        <Card title={`${t("exceptions")} (${figures.exceptions.length})`}>
          {figures.exceptions.length ? figures.exceptions.slice(0, 12).map((one) => (
            <div class="exception" key={one.id}><span class="bad">{time(one.at)}</span><span>{say(one.message)}</span>
              <button onClick={() => void call({}, "POST", `/api/v1/exceptions/${one.id}/close`, { note: "" }).then(look)}>{t("close")}</button></div>
          )) : <p class="good">{t("none")}</p>}
        </Card>
        <Card title={t("enrol")} wide><Enrol t={t} /></Card>
        <Card title={t("devices")} wide>
          <Table head={[t("device"), t("worker"), t("seen"), t("queued"), t("lastScan")]} numbers={[3]}
            rows={figures.devices.map((row) => [row.name, row.worker ?? "–", time(row.last_seen_at), row.queued, row.last_scan || "–"])} />
        </Card>
        {stations.length > 0 && <Card title={t("stations")} wide>
          <p><a href="/fitness">{t("fitness")}</a></p>
          <Table head={[t("station"), t("device"), t("kind"), t("state"), t("reads"), t("errors"), t("outages"), t("latency"), t("lastScan"), t("seen")]} numbers={[4, 5, 6, 7]}
            rows={stations.flatMap((station) => station.peripherals.map((one) => [
              <a href={`/station#${encodeURIComponent(station.code)}`}>{station.code}</a>, one.name, t(one.kind as Key),
              <span class={STATE_CLASS[one.state]} title={one.error ?? ""}>● {t(one.state)}{one.error ? `: ${one.error}` : ""}</span>,
              one.reads.toLocaleString(), one.errors, one.outages, one.latency_ms === null ? "–" : `${one.latency_ms} ms`, shown(one.last_read), time(one.last_at)]))} />
        </Card>}
        <Card title={t("scans")} wide>
          <Table head={[t("at"), t("device"), t("worker"), t("kind"), t("answer")]} numbers={[]}
            rows={figures.scans.slice(0, 15).map((row) => [time(row.at), row.device, row.worker ?? "–", texts[`kind.${row.kind}`] ?? row.kind,
              <span class={row.status === "applied" ? "" : "bad"}>{say(row.message)}</span>])} />
        </Card>
      </div>
    </>
  );
}

function Meter({ part, of }: { part: number; of: number }) {
  const share = of ? Math.round((100 * part) / of) : 0;
  return <span title={`${part} / ${of}`}><svg class="meter" width="44" height="12" role="img" aria-label={`${share} %`}><rect width={`${share}%`} height="12" /></svg> {part}</span>;
}

function Bars({ rows }: { rows: [string, number][] }) {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return (
    <svg class="bars" width="100%" height={rows.length * 24 + 4} role="img">
      {rows.map(([name, count], at) => (
        <g key={name}><text x="0" y={at * 24 + 16}>{name}</text><rect x="90" y={at * 24 + 5} width={`${(count / most) * 55}%`} height="14" rx="3" /><text x="100%" y={at * 24 + 16} text-anchor="end">{count}</text></g>
      ))}
    </svg>
  );
}

function Rates({ rates }: { rates: { at: number; lines: number }[] }) {
  const most = Math.max(1, ...rates.map((one) => one.lines));
  const width = 100 / Math.max(12, rates.length);
  return (
    <svg class="bars" width="100%" height="130" role="img">
      {rates.map((one, at) => (
        <g key={one.at}><rect x={`${at * width}%`} y={110 - (90 * one.lines) / most} width={`${width * 0.8}%`} height={(90 * one.lines) / most} />
          <text x={`${at * width}%`} y={106 - (90 * one.lines) / most}>{one.lines}</text>{at % 3 === 0 && <text x={`${at * width}%`} y="126">{time(one.at).slice(0, 5)}</text>}</g>
      ))}
    </svg>
  );
}

function Enrol({ t }: { t: (key: Key) => string }) {
  const [code, setCode] = useState<Code | null>(null);
  const [error, setError] = useState("");
  const make = (): void => void call<Code>({}, "POST", "/api/v1/devices/enrolment-codes", {}).then(setCode).catch((wrong: Error) => setError(wrong.message));
  return (
    <>
      <button class="main" onClick={make}>{t("enrolNow")}</button>
      <p class="bad">{error}</p>
      {code && <div class="qr"><img alt={code.url} src={`data:image/svg+xml;utf8,${encodeURIComponent(code.qr_svg)}`} /><div><p>{t("within")}</p><p class="dim">{code.url}</p><p class="code">{code.code}</p></div></div>}
    </>
  );
}

function Fields({ names, button, send, t }: { names: [string, Key, "text" | "password"][]; button: Key; send: (values: Record<string, string>) => Promise<void>; t: (key: Key) => string }) {
  const [error, setError] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setError("");
    void send(values).catch((wrong: Error) => setError(wrong.message));
  };
  return (
    <form onSubmit={submit}>
      {names.map(([name, key, type]) => <label key={name}>{t(key)}{type === "password"
        ? <input name={name} type="password" autocomplete="current-password" required={name !== "pin"} />
        : <input name={name} type="text" autocomplete="off" required />}</label>)}
      <p class="bad">{error}</p>
      <button class="main" type="submit">{t(button)}</button>
    </form>
  );
}

function SignIn({ t, swap, done }: { t: (key: Key) => string; swap: ComponentChildren; done: () => void }) {
  return (
    <>
      <header><h1>Aisle · {t("title")}</h1><span class="right">{swap}</span></header>
      <Fields t={t} button="signIn" names={[["badge", "badge", "text"], ["password", "password", "password"]]}
        send={async (values) => { await call({}, "POST", "/api/v1/sessions", values); done(); }} />
    </>
  );
}

function Setup({ t, swap }: { t: (key: Key) => string; swap: ComponentChildren }) {
  const [isDone, setDone] = useState(false);
  const token = location.hash.slice(1);
  return (
    <>
      <header><h1>{t("setupTitle")}</h1><span class="right">{swap}</span></header>
      {isDone ? <p class="good">{t("created")} <a href="/dashboard">{t("signIn")}</a></p> : token ? (
        <Fields t={t} button="create" names={[["badge", "badge", "text"], ["name", "name", "text"], ["password", "password", "password"], ["pin", "pin", "password"]]}
          send={async ({ pin, ...values }) => { await call({}, "POST", "/api/v1/setup", { token, ...values, ...(pin ? { pin } : {}) }); setDone(true); }} />
      ) : <p class="bad">{t("wrongLink")}</p>}
    </>
  );
}

const root = document.getElementById("app");
if (root) render(<Dashboard />, root);
