/** One channel: how it is, what waits, and what can be done. */
import { Fragment } from "preact";
import type { Acting } from "../dashboard/lists";
import { Card, Chip, Notice } from "../look/parts";
import { call } from "../net/api";
import { Saying } from "../pages/language";
import { Prices } from "./prices";
import { titleOf } from "./settings";
import type { Channel, Kind, Words } from "./shapes";
import { say } from "./texts";

const SECOND = 1_000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
/** So many rounds may pass before a channel counts as behind. */
const ROUNDS = 3;

export function ChannelCard({ one, kind, now, acts, open, ...words }: Words & { one: Channel; kind: Kind | undefined; now: number; acts: Acting; open: (what: "refused" | "settings" | "sells") => void }) {
  const { t } = words;
  const isFailing = one.failures > 0;
  const act = (verb: "pause" | "resume" | "pull", told: "wasPaused" | "wasResumed" | "wasAsked") => (): void => acts.act(async () => {
    await call({}, "POST", `/api/v1/channels/${encodeURIComponent(one.code)}/${verb}`);
    return new Saying((language) => say(language, told, { what: one.name }));
  });
  const chip = one.state === "paused" ? <Chip tone="warn">{t("paused")}</Chip> : isFailing ? <Chip tone="bad">{t("failing")}</Chip> : <Chip tone="good">{t("running")}</Chip>;
  return (
    <Card title={one.name} beside={chip}>
      <div class="stack">
        <dl class="facts">{facts(one, kind, now, t).map(([name, value]) => <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}</dl>
        {isFailing && <Notice tone="bad">{one.error} {one.error_at !== null && <span class="dim">({t("ago", { time: span(now - one.error_at, t) })})</span>}</Notice>}
        <div class="row">
          {one.refused > 0 && <button class="danger" onClick={() => open("refused")}>{t("refusedOrders")}: {one.refused}</button>}
          {one.state === "running" ? <><button disabled={acts.isBusy} onClick={act("pull", "wasAsked")}>{t("pull")}</button><button disabled={acts.isBusy} onClick={act("pause", "wasPaused")}>{t("pause")}</button></>
            : <button class="main" disabled={acts.isBusy} onClick={act("resume", "wasResumed")}>{t("resume")}</button>}
          <a class="button" href={`/orders?channel=${encodeURIComponent(one.code)}`}>{t("toOrders")}</a>
          <button onClick={() => open("sells")}>{t("sells")}</button>
          <button class="bare" onClick={() => open("settings")}>{t("settings")}</button>
          <Prices {...words} channel={one} />
        </div>
      </div>
    </Card>
  );
}

function facts(one: Channel, kind: Kind | undefined, now: number, t: Words["t"]): [string, string][] {
  const ago = (at: number | null): string => (at === null ? t("never") : t("ago", { time: span(now - at, t) }));
  const counts: [string, number][] = [[t("refusedOrders"), one.refused], [t("wantedOrders"), one.wanted], [t("notices"), one.notices_waiting], [t("noticesRefused"), one.notices_refused]];
  return [
    [t("kind"), kind ? titleOf(kind, t) : one.kind], [t("site"), one.site], [t("behind"), lag(one, now, t)], [t("asked"), ago(one.pulled_at)],
    ...(one.heard_at === null ? [] : [[t("heard"), ago(one.heard_at)] as [string, string]]), ...(one.failures > 0 ? [[t("failures"), String(one.failures)] as [string, string]] : []),
    ...counts.filter(([, count]) => count > 0).map(([name, count]) => [name, String(count)] as [string, string])];
}

/** What changed before that is in: the last page that was read to its end, or the last round that was. */
function lag(one: Channel, now: number, t: Words["t"]): string {
  if (one.pulled_at === null) return t("isSilent");
  const behind = now - Math.max(one.watermark, one.pulled_at);
  return behind < (ROUNDS * one.every_seconds + 5) * SECOND && one.failures === 0 ? t("upToDate") : span(behind, t);
}

export function span(ms: number, t: Words["t"]): string {
  const past = Math.max(0, ms);
  if (past < 2 * MINUTE) return t("s", { n: Math.round(past / SECOND) });
  if (past < 2 * HOUR) return t("min", { n: Math.round(past / MINUTE) });
  return past < 2 * DAY ? t("h", { n: Math.round(past / HOUR) }) : t("d", { n: Math.round(past / DAY) });
}
