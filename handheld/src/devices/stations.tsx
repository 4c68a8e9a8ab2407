import { useState } from "preact/hooks";
import { time } from "../dashboard/parts";
import { call } from "../net/api";
import { Act, Device, Facts } from "./parts";
import type { Handheld, Peripheral, Words } from "./shapes";
import type { Key } from "./texts";

const READ_SHOWN_MAX = 60;
const SILENT_MS = 120_000;
const ANSWERS: Record<string, Key> = { sent: "sent", away: "notThere", cannot: "cannot", late: "late" };
const shown = (read: string): string => (read.length > READ_SHOWN_MAX ? `${read.slice(0, READ_SHOWN_MAX)}…` : read);

export function PeripheralCard({ site, station, one, t, changed }: Words & { site: string; station: string; one: Peripheral; changed: () => Promise<void> }) {
  const [isAsked, setAsked] = useState(false);
  const zero = async (): Promise<void> => {
    await call({}, "POST", `/api/v1/stations/${encodeURIComponent(station)}/peripherals/${encodeURIComponent(one.name)}/zero?site=${encodeURIComponent(site)}`);
    setAsked(true);
    await changed();
  };
  const isGood = one.state === "connected" ? true : one.state === "lost" || one.state === "wrong" ? false : null;
  const answer = ANSWERS[one.answer];
  return (
    <Device name={`${station} · ${one.name}`} place={t(one.kind as Key)} isGood={isGood} state={one.since ? t("stateSince", { state: t(one.state), time: time(one.since) }) : t(one.state)}>
      {one.error && <p class="said">{one.error}</p>}
      <Facts rows={[[t("firmware"), one.firmware], [t("lastRead"), one.last_read && `${shown(one.last_read)} (${time(one.last_at)})`], [t("reads"), one.reads.toLocaleString()], [t("errorsHour"), one.errors_hour],
        [t("errors"), one.errors.toLocaleString()], [t("outages"), one.outages], [t("latency"), one.latency_ms === null ? "" : `${one.latency_ms} ms`], [t("address"), one.url]]} />
      {one.kind !== "light" && <p class="acts">
        {one.kind === "scale" && <Act label={t("zero")} act={zero} />}
        <TestRead one={one} t={t} />
        {isAsked && <span role="status">{one.wanted ? t("zeroing") : answer ? t(answer) : ""}</span>}
      </p>}
    </Device>
  );
}

/** Shows the first read that comes after the button was pressed. */
function TestRead({ one, t }: { one: Peripheral; t: Words["t"] }) {
  const [before, setBefore] = useState<number | null>(null);
  if (before === null) return <button onClick={() => setBefore(one.reads)}>{t("testScan")}</button>;
  const isRead = one.reads > before;
  return <><button onClick={() => setBefore(isRead ? one.reads : null)}>{t(isRead ? "testScan" : "stop")}</button><span role="status" class={isRead ? "good read" : "read"}>{isRead ? t("readNow", { read: shown(one.last_read) }) : t("scanNow")}</span></>;
}

export function HandheldCard({ one, now, t }: { one: Handheld; now: number; t: Words["t"] }) {
  const isSilent = one.last_seen_at === null || now - one.last_seen_at > SILENT_MS;
  return (
    <Device name={one.name} state={t(isSilent ? "silent" : "inUse")} isGood={isSilent ? null : true}>
      <Facts rows={[[t("worker"), one.worker ?? t("nobody")], [t("seen"), time(one.last_seen_at)], [t("lastScan"), shown(one.last_scan ?? "")], [t("queued"), one.queued],
        [t("errorsHour"), one.errors_hour], [t("latency"), one.latency_ms === null ? "" : `${one.latency_ms} ms`], [t("battery"), one.battery === null ? "" : `${one.battery} %`], [t("build"), one.build]]} />
    </Device>
  );
}
