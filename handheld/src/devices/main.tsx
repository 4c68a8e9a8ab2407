/** All devices of a warehouse: how each is, what it asks, and a try of each. */
import { render, type ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { stored, time, watch } from "../dashboard/parts";
import { ApiError, call } from "../net/api";
import { items, pages } from "../net/lists";
import { filled, type Language } from "../texts";
import { Labels } from "./labels";
import { PortCard } from "./ports";
import { PrinterCard, Question } from "./printers";
import type { Found, Handheld, Job, Printer, Station, Words } from "./shapes";
import { HandheldCard, PeripheralCard } from "./stations";
import { say as textOf } from "./texts";
import "./style.css";

const LOOK_MS = 5_000;
const PAUSE_MS = 700;

function Page() {
  const [language, setLanguage] = useState<Language>(stored());
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [found, setFound] = useState<Found | null>(null);
  const [trouble, setTrouble] = useState<"signIn" | "away" | null>(null);
  const [isLive, setLive] = useState(false);
  const t: Words["t"] = (key, args) => textOf(language, key, args);
  const say: Words["say"] = (key, args) => filled(texts[key] ?? key, args);
  const look = async (): Promise<void> => {
    try {
      setFound(await everything());
      setTrouble(null);
    } catch (error) {
      setTrouble(error instanceof ApiError && (error.status === 401 || error.status === 403) ? "signIn" : "away");
    }
  };
  const asked = useCoalesced(look);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem("aisle-language", language);
    void call<Record<string, string>>({}, "GET", `/api/v1/messages/${language}`).then(setTexts).catch(() => undefined);
  }, [language]);
  useEffect(() => {
    asked();
    const timer = setInterval(asked, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const mayWatch = found !== null && trouble !== "signIn";
  useEffect(() => (mayWatch ? watch(asked, setLive) : undefined), [mayWatch]);
  const head = (
    <header><h1>{t("title")}</h1><span class={isLive ? "good" : "dim"}>● {t(isLive ? "live" : "stale")} {time(Date.now())}</span>
      <span class="right"><a href="/labels">{t("toLabels")}</a><a href="/dashboard">{t("toDashboard")}</a><button onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}>{t("language")}</button></span></header>
  );
  if (trouble === "signIn") return <>{head}<p>{t("signIn")}</p><p><a href="/dashboard">{t("toSignIn")}</a></p></>;
  return <>{head}{trouble && <p class="question">{t("away")}</p>}{found ? <Cards found={found} language={language} t={t} say={say} changed={look} /> : <p>…</p>}</>;
}

function Cards({ found, language, t, say, changed }: Words & { found: Found; changed: () => Promise<void> }) {
  const words = { language, t, say, changed };
  const bound = found.stations.flatMap((station) => station.peripherals.map((one) => ({ station, one })));
  return (
    <main>
      <Room title={t("printers")} none={found.printers.length ? "" : t("noPrinters")} above={found.unknown.map((job) => <Question key={job.id} job={job} {...words} />)}>
        {found.printers.map((one) => <PrinterCard key={one.name} printer={one} held={found.held.filter((job) => job.printer === one.name)} last={found.last} {...words} />)}
      </Room>
      <Room title={t("stations")} none={bound.length ? "" : t("noStations")}>
        {bound.map(({ station, one }) => <PeripheralCard key={`${station.code}/${one.name}`} site={station.site} station={station.code} one={one} {...words} />)}
      </Room>
      {found.ports.length > 0 && <Room title={t("ports")} none="">
        {found.ports.map(({ url }) => <PortCard key={url} url={url} stations={found.stations} {...words} />)}
      </Room>}
      <Room title={t("labels")} none={found.last.length ? "" : t("noLabels")} wide><Labels jobs={found.last} {...words} /></Room>
      <Room title={t("handhelds")} none={found.handhelds.length ? "" : t("noHandhelds")}>
        {found.handhelds.map((one) => <HandheldCard key={one.id} one={one} now={Date.now()} t={t} />)}
      </Room>
    </main>
  );
}

function Room({ title, none, above, wide, children }: { title: string; none: string; above?: ComponentChildren; wide?: boolean; children: ComponentChildren }) {
  return <section><h2>{title}</h2>{above}{none ? <p class="dim">{none}</p> : wide ? children : <div class="cards">{children}</div>}</section>;
}

async function everything(): Promise<Found> {
  const [printers, unknown, held, last, stations, devices, ports] = await Promise.all([
    pages<Printer>("/api/v1/printers"), items<Job>("/api/v1/print-jobs?state=unknown"), items<Job>("/api/v1/print-jobs?state=held"), items<Job>("/api/v1/print-jobs/last"),
    items<Station>("/api/v1/stations"), pages<Handheld>("/api/v1/devices"), items<{ url: string }>("/api/v1/ports")]);
  return { printers, unknown, held, last, stations, ports, handhelds: devices.filter((one) => one.kind === "handheld" && one.revoked_at === null) };
}

/** Asked many times at once, it looks once, and once more if it was asked meanwhile. */
function useCoalesced(look: () => Promise<void>): () => void {
  const newest = useRef(look);
  newest.current = look;
  return useMemo(() => {
    let isLooking = false;
    let isWanted = false;
    const go = (): void => {
      isWanted = true;
      if (isLooking) return;
      isLooking = true;
      isWanted = false;
      void newest.current().finally(() => setTimeout(() => {
        isLooking = false;
        if (isWanted) go();
      }, PAUSE_MS));
    };
    return go;
  }, []);
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
