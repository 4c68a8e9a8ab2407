/** The eight groups of the board as tiles; every figure that somebody could act on leads to its list. */
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { say as sayException } from "../exceptions/texts";
import { Chip, Empty, type Tone } from "../look/parts";
import { FloorMap, Legend } from "./map";
import { clock, Tile } from "./parts";
import { flagged } from "./plan";
import { lookAt, type CutoffRow, type Groups, type Place, type Slack, type Step, type Words } from "./shapes";

export const SLACK: Record<Slack, Tone> = { done: "good", none: "", good: "good", tight: "warn", late: "bad", standing: "bad" };
const WELL = "✓";
const to = (list: string, filter: Record<string, string | number | null>): string => `#${list}?${new URLSearchParams(Object.entries(filter).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]))).toString()}`;

/** Planned, picked, packed and shipped of one, in one bar: what is further is darker. */
export function Progress({ row, label }: { row: Pick<CutoffRow, "lines" | "picked" | "packed" | "shipped">; label: string }) {
  const share = (part: number): string => `${row.lines ? (100 * part) / row.lines : 0}%`;
  return <svg class="progress" width="100%" height="14" role="img" aria-label={`${label}: ${row.picked} / ${row.packed} / ${row.shipped} / ${row.lines}`}>
    <rect class="picked" width={share(row.picked)} height="14" /><rect class="packed" width={share(row.packed)} height="14" /><rect class="shipped" width={share(row.shipped)} height="14" /></svg>;
}

export function Cutoffs({ group, t }: Words & { group: Groups["cutoffs"] }) {
  const [by, setBy] = useState<"carriers" | "waves">("carriers");
  const rows = group[by];
  const list = (row: CutoffRow): string => (by === "waves" ? to("orders", { wave: row.name }) : to("orders", { carrier: row.name || null, cutoff_at: row.cutoff_at }));
  return (
    <Tile name="cutoffs" title={t("cutoffs")} into={["#orders", t("orders")]}>
      <div class="row">{(["carriers", "waves"] as const).map((one) => <button key={one} aria-pressed={by === one} onClick={() => setBy(one)}>{t(one)}</button>)}
        <span class="legend dim"><span><i class="picked" /> {t("picked")}</span><span><i class="packed" /> {t("packed")}</span><span><i class="shipped" /> {t("shipped")}</span></span><span class="right dim">{t("pacePick", { n: group.pace.pick })} · {t("pacePack", { n: group.pace.pack })}</span></div>
      {rows.length ? <div class="scroll" tabIndex={0} role="region" aria-label={t("cutoffs")}><table>
        <thead><tr><th scope="col">{t("cutoff")}</th><th scope="col">{t(by === "waves" ? "wave" : "carrier")}</th><th scope="col" class="n">{t("lines")}</th><th scope="col" class="wide">{t("packed")}</th><th scope="col" class="spare">{t("finish")}</th><th scope="col" /></tr></thead>
        <tbody>{rows.map((row) => (
          <tr key={`${row.cutoff_at ?? ""}/${row.name}`}><td>{clock(row.cutoff_at)}</td><td><a class="into" href={list(row)}>{row.name || t("anyCarrier")}</a></td><td class="n">{row.packed} / {row.lines}</td>
            <td class="wide"><Progress row={row} label={t("packed")} /></td><td class="spare">{clock(row.finish_at)}</td><td class="n"><Chip tone={SLACK[row.slack]}>{t(`slack.${row.slack}`)}</Chip></td></tr>))}</tbody>
      </table></div> : <Empty>{t("noCutoffs")}</Empty>}
    </Tile>
  );
}

export function Backlog({ group, t, ago, speech }: Words & { group: Groups["backlog"] }) {
  const bands = [...group.ages.map((hours, at) => ({ from: group.ages[at - 1] ?? 0, to: hours, head: t("younger", { n: hours }) })), { from: group.ages.at(-1) ?? 0, to: 0, head: t("older", { n: group.ages.at(-1) ?? 0 }) }];
  return (
    <Tile name="backlog" title={t("backlog")} into={["#orders", t("orders")]}>
      <div class="scroll" tabIndex={0} role="region" aria-label={t("backlog")}><table>
        <thead><tr><th scope="col">{t("stage")}</th>{bands.map((band) => <th key={band.head} scope="col" class="n">{band.head}</th>)}<th scope="col" class="n spare">{t("oldest")}</th></tr></thead>
        <tbody>{group.stages.map((row) => (
          <tr key={row.stage}><td><a class="into" href={to("orders", { stage: row.stage })}>{t(`stage.${row.stage}`)}</a></td>
            {bands.map((band, at) => <td key={band.head} class="n">{row.counts[at] ? <a class={`into heat-${at}`} href={to("orders", { stage: row.stage, hours_from: band.from, hours_to: band.to })}>{row.counts[at]}</a> : <span class="dim">·</span>}</td>)}
            <td class="n spare">{row.oldest_at === null ? "" : ago(row.oldest_at)}</td></tr>))}</tbody>
      </table></div>
      {group.tasks.length > 0 && <p class="kinds">{group.tasks.map((one) => <a key={one.kind} class="into" href={to("tasks", { kind: one.kind })}>{speech.texts[`task.${one.kind}`] ?? one.kind} <b>{one.open}</b>{one.leased > 0 && ` + ${one.leased}`}</a>)}</p>}
    </Tile>
  );
}

export function Troubles({ group, t, ago, speech }: Words & { group: Groups["troubles"] }) {
  const there = group.kinds.filter((one) => one.count > 0);
  const all = [...there, ...group.orders];
  return (
    <Tile name="troubles" title={t("troubles")} beside={<Chip tone={all.length ? "bad" : "good"}>{all.reduce((sum, one) => sum + one.count, 0)}</Chip>}>
      {all.length ? <table>
        <thead><tr><th scope="col">{t("what")}</th><th scope="col" class="n">{t("count")}</th><th scope="col" class="n">{t("unowned")}</th><th scope="col" class="n">{t("oldest")}</th></tr></thead>
        <tbody>{there.map((one) => <tr key={one.kind}><td><a class="into" href={to("trouble", { kind: one.kind })}>{t(`trouble.${one.kind}`)}</a></td><td class="n"><b>{one.count}</b></td>
          <td class="n">{one.unowned ? <span class="bad">{one.unowned}</span> : ""}</td><td class="n">{ago(one.oldest_at)}</td></tr>)}
          {group.orders.map((one) => <tr key={`order/${one.kind}`}><td><a class="into" href={`/exceptions?kind=${one.kind}`}>{t("ofOrders", { kind: sayException(speech.language, `kind.${one.kind}`) })}</a></td><td class="n"><b>{one.count}</b></td>
            <td class="n" /><td class="n">{ago(one.oldest_at)}</td></tr>)}</tbody>
      </table> : <Empty>{WELL} {t("allWell")}</Empty>}
    </Tile>
  );
}

export function MapTile({ group, places, t, open }: Words & { group: Groups["map"]; places: Place[] | null; open: (codes: string[]) => void }) {
  const [shows, setShows] = useState<"picks" | "fill">("picks");
  const beside = (["picks", "fill"] as const).map((one) => <button key={one} aria-pressed={shows === one} onClick={() => setShows(one)}>{t(one === "picks" ? "byPicks" : "byFill")}</button>);
  return (
    <Tile name="map" title={t("map")} beside={beside} into={["#flagged", t("toLookAt", { n: flagged(group).length })]}>
      {places ? <FloorMap map={group} places={places} t={t} shows={shows} open={open} /> : <Empty>…</Empty>}
      <Legend t={t} shows={shows} map={group} />
    </Tile>
  );
}

export function Replenishing({ group, t }: Words & { group: Groups["replenishing"] }) {
  return (
    <Tile name="replenishing" title={t("replenishing")} into={["#dry", t("dryMore", { n: group.bins.length })]}>
      {group.tasks > 0 && <p><a class="into" href={to("tasks", { kind: "replenish" })}>{t("replenishTasks", { n: group.tasks })}</a></p>}
      {group.bins.length ? <table>
        <thead><tr><th scope="col">{t("bin")}</th><th scope="col">{t("item")}</th><th scope="col" class="n">{t("wanted")}</th><th scope="col">{t("bringFrom")}</th></tr></thead>
        <tbody>{group.bins.slice(0, 6).map((one) => <tr key={`${one.location}/${one.item}`}><td><a class="into" href={to("bins", { code: one.location })}>{one.location}</a></td><td>{one.name}</td>
          <td class="n">{one.wanted > one.free ? <span class="bad">{one.wanted}</span> : one.wanted}</td><td>{one.from ? <a class="into" href={to("bins", { code: one.from })}>{one.from}</a> : "–"}</td></tr>)}</tbody>
      </table> : <Empty>{WELL} {t("noDry")}</Empty>}
    </Tile>
  );
}

const WRONG: Record<string, Tone> = { stuck: "bad", lost: "bad", wrong: "bad", asked: "bad", battery: "warn", silent: "warn", build: "", errors: "warn" };

export function WrongChips({ one, t, speech }: Pick<Words, "t" | "speech"> & { one: { wrong: string[]; battery?: number | null; errors_hour?: number } }) {
  return <>{one.wrong.map((wrong) => <Chip key={wrong} tone={WRONG[wrong] ?? "bad"}>{wrong in WRONG ? t(`wrong.${wrong}` as "wrong.stuck", { n: wrong === "battery" ? one.battery : one.errors_hour }) : speech.texts[`printer.${wrong}`] ?? speech.texts[`condition.${wrong}`] ?? wrong}</Chip>)}</>;
}

export function Gear({ group, t, speech }: Words & { group: Groups["gear"] }) {
  const kinds = [["handhelds", group.handhelds], ["peripherals", group.peripherals], ["printers", group.printers]] as const;
  const all = [...group.peripherals.map((one) => ({ ...one, name: `${one.station} · ${one.name}` })), ...group.printers, ...group.handhelds].filter((one) => one.wrong.length);
  return (
    <Tile name="gear" title={t("gear")} into={["#gear", t("all")]} beside={<Chip tone={all.length ? "warn" : "good"}>{lookAt(group)}</Chip>}>
      <dl class="facts">{kinds.map(([kind, ones]) => <Fragment key={kind}><dt>{t(kind)}</dt><dd>{ones.some((one) => one.wrong.length) ? t("ofAll", { n: ones.filter((one) => one.wrong.length).length, all: ones.length }) : `${ones.length ? WELL : ""} ${t("allGood", { n: ones.length })}`}</dd></Fragment>)}</dl>
      <p class="kinds"><a class="into" href="/fitness">{t("fitness")}</a></p>
      <ul class="plain">{all.slice(0, 6).map((one) => <li key={one.name} class="row"><span class="grow">{one.name}{"worker" in one && one.worker ? <span class="dim"> · {one.worker}</span> : null}</span><WrongChips one={one} t={t} speech={speech} /></li>)}</ul>
    </Tile>
  );
}

export function System({ group, t, ago }: Words & { group: Groups["system"] }) {
  const { ledger, backup, disk_free_percent: disk, outbox, given_up: given } = group;
  const isSlow = outbox.oldest_at !== null && Date.now() - outbox.oldest_at > 60_000;
  return (
    <Tile name="system" title={t("system")} into={["#system", t("all")]} beside={<Chip tone={given.length || backup.failed || backup.is_late || (disk ?? 100) < 10 ? "bad" : isSlow ? "warn" : "good"}>{given.length || backup.failed || backup.is_late || (disk ?? 100) < 10 || isSlow ? "!" : WELL}</Chip>}>
      <dl class="facts">
        <dt>{t("ledger")}</dt><dd>{ledger.moves.toLocaleString()} {t("moves")}, {ledger.sealed.toLocaleString()} {t("sealed")}</dd>
        <dt>{t("audited")}</dt><dd>{ledger.audited_at === null ? t("never") : ago(ledger.audited_at)}</dd>
        <dt>{t("backup")}</dt><dd class={backup.failed || backup.is_late ? "bad" : ""}>{backup.failed ? t("backupFailed", { why: backup.failed }) : backup.at === null ? t(backup.is_wanted ? "never" : "backupOff") : ago(backup.at)}</dd>
        <dt>{t("disk")}</dt><dd class={(disk ?? 100) < 10 ? "bad" : ""}>{disk === null ? "–" : `${disk} %`}</dd>
        <dt>{t("outbox")}</dt><dd class={isSlow ? "warn" : ""}>{outbox.waiting}{outbox.oldest_at !== null && ` · ${ago(outbox.oldest_at)}`}</dd>
        <dt>{t("givenUp")}</dt><dd class={given.length ? "bad" : ""}>{given.length}</dd>
      </dl>
    </Tile>
  );
}

export const STEPS: Step[] = ["receive", "put_away", "pick", "pack", "load", "count"];

/** What each zone did in the last hour, step by step. */
export function Zones({ group, t }: Words & { group: Groups["pace"] }) {
  const zones = [...new Set(group.zones.map((one) => one.zone))].sort();
  const steps = STEPS.filter((step) => group.zones.some((one) => one.step === step));
  if (!zones.length) return <Empty>{t("noSteps")}</Empty>;
  const of = (zone: string, step: Step): number => group.zones.find((one) => one.zone === zone && one.step === step)?.lines ?? 0;
  return (
    <table>
      <thead><tr><th scope="col">{t("paceHour")}</th>{steps.map((step) => <th key={step} scope="col" class="n">{t(`step.${step}`)}</th>)}</tr></thead>
      <tbody>{zones.map((zone) => <tr key={zone}><td>{zone || t("noZone")}</td>{steps.map((step) => <td key={step} class="n">{of(zone, step) || <span class="dim">·</span>}</td>)}</tr>)}</tbody>
    </table>
  );
}

export function PeopleTile({ group, t, speech, ago }: Words & { group: Groups["pace"] }) {
  return (
    <Tile name="people" title={t("people")} into={["#people", t("all")]}>
      {group.people.length ? <table><tbody>{group.people.slice(0, 8).map((one) => <tr key={`${one.device}/${one.task ?? ""}`}><td>{one.worker}</td>
        <td>{one.kind ? `${speech.texts[`task.${one.kind}`] ?? one.kind}${one.zone ? ` · ${one.zone}` : ""}` : <span class="dim">{t("free")}</span>}</td><td class="n dim">{one.started_at === null ? "" : ago(one.started_at)}</td></tr>)}</tbody></table> : <Empty>{t("nobody")}</Empty>}
    </Tile>
  );
}
