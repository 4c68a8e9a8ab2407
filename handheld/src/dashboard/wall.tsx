/** The board on a wall: read from five metres away, without anything to touch. */
import { useEffect } from "preact/hooks";
import { Chip } from "../look/parts";
import { FloorMap } from "./map";
import { clock } from "./parts";
import { lookAt, type Board, type Place, type Words } from "./shapes";
import { Progress, SLACK, STEPS } from "./tiles";

const ROWS = 5;

export function Wall({ board, places, isLive, now, t, ago }: Words & { board: Board; places: Place[] | null; isLive: boolean; now: number }) {
  useEffect(() => {
    document.documentElement.toggleAttribute("data-wall", true);
    return () => { document.documentElement.toggleAttribute("data-wall", false); };
  }, []);
  const { cutoffs, backlog, troubles, pace, gear, map } = board.groups;
  const open = (stage: string): number => backlog.stages.find((one) => one.stage === stage)?.counts.reduce((a, b) => a + b, 0) ?? 0;
  const there = troubles.kinds.filter((one) => one.count > 0);
  const urgent = cutoffs.carriers.filter((one) => one.slack !== "done");
  return (
    <div class="wall">
      <header><h1>{board.site.name}</h1><span class={isLive ? "good" : "warn"}>{isLive ? "●" : "○"} {t(isLive ? "live" : "stale")}</span><b class="right">{clock(now)}</b></header>
      <section class="of-cutoffs"><h2>{t("cutoffs")}</h2>
        {urgent.length ? <table><tbody>{urgent.slice(0, ROWS).map((row) => (
          <tr key={`${row.cutoff_at ?? ""}/${row.name}`}><td><b>{clock(row.cutoff_at)}</b></td><td>{row.name || t("anyCarrier")}</td><td class="wide"><Progress row={row} label={t("packed")} /></td><td class="n">{row.packed}/{row.lines}</td>
            <td class="n">{clock(row.finish_at)}</td><td class="n"><Chip tone={SLACK[row.slack]}>{t(`slack.${row.slack}`)}</Chip></td></tr>))}</tbody></table> : <p class="good">✓ {t("slack.done")}</p>}
      </section>
      <section class="of-stages">{(["waiting", "released", "picked", "packed"] as const).map((stage) => <div key={stage}><b class="figure">{open(stage).toLocaleString()}</b><span>{t(`stage.${stage}`)}</span></div>)}</section>
      <section class="of-troubles"><h2>{t("troubles")}</h2>{there.length ? <table><tbody>{there.slice(0, ROWS).map((one) => <tr key={one.kind}><td>{t(`trouble.${one.kind}`)}</td><td class="n"><b class="bad">{one.count}</b></td><td class="n dim">{ago(one.oldest_at)}</td></tr>)}</tbody></table> : <p class="good">✓ {t("allWell")}</p>}
        {lookAt(gear) > 0 && <p class="warn">{t("gear")}: {t("ofAll", { n: lookAt(gear), all: gear.handhelds.length + gear.peripherals.length + gear.printers.length })}</p>}</section>
      <section class="of-pace"><h2>{t("paceHour")}</h2><div class="steps">{STEPS.map((step) => <div key={step}><b class="figure">{pace.zones.filter((one) => one.step === step).reduce((sum, one) => sum + one.lines, 0)}</b><span>{t(`step.${step}`)}</span></div>)}</div></section>
      <section class="of-map">{places && <FloorMap map={map} places={places} t={t} shows="picks" />}</section>
    </div>
  );
}
