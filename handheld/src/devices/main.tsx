/** All devices of a warehouse: how each is, what it asks, and a try of each. */
import { render, type ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { time, watch } from "../dashboard/parts";
import { items, pages } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
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
  const speech = useLanguage();
  const [isLive, setLive] = useState(false);
  const t: Words["t"] = (key, args) => textOf(speech.language, key, args);
  const { found, trouble, look } = useFound(everything);
  const asked = useCoalesced(look);
  useEffect(() => {
    asked();
    const timer = setInterval(asked, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const mayWatch = found !== null && trouble !== "signIn";
  useEffect(() => (mayWatch ? watch(asked, setLive) : undefined), [mayWatch]);
  const beside = <span class={isLive ? "good" : "dim"}>● {t(isLive ? "live" : "stale")} {time(Date.now())}</span>;
  return (
    <Frame title={t("title")} {...{ speech, trouble, look, beside }}>
      {found ? <Cards found={found} language={speech.language} t={t} say={speech.say} changed={look} /> : <p>…</p>}
    </Frame>
  );
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
