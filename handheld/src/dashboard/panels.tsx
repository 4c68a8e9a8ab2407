/** Which list is open: the page's address says so, so that a list can be linked to and the way back closes it. */
import { useEffect, useState } from "preact/hooks";
import { call } from "../net/api";
import { Panel, Rows } from "../look/parts";
import { Bins, Dry, Flagged } from "./bins";
import { Said, Thing, useActs, type ListWords } from "./lists";
import { Orders } from "./orders";
import { time } from "./parts";
import type { Board, Groups, Handheld, Peripheral, Place, Printer, TroubleKind, Words } from "./shapes";
import { People, Tasks } from "./tasks";
import { WrongChips } from "./tiles";
import { AskedLabels, Exceptions, Recounts, Stuck } from "./troubles";

export interface Opened { list: string; filter: URLSearchParams }

const opened = (): Opened => {
  const [list = "", filter = ""] = location.hash.slice(1).split("?");
  return { list, filter: new URLSearchParams(filter) };
};

export function useOpened(): Opened {
  const [now, set] = useState(opened);
  useEffect(() => {
    const changed = (): void => set(opened());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return now;
}

/** Without the jump to the page's top that an empty address would make. */
export const close = (): void => {
  history.pushState(null, "", location.pathname);
  dispatchEvent(new HashChangeEvent("hashchange"));
};

interface ListProps { board: Board; places: Place[] | null; opened: Opened; words: Words; changed: () => Promise<void> }

export function OpenList({ board, places, opened: { list, filter }, words, changed }: ListProps) {
  const { t } = words;
  const { groups, marks, site } = board;
  const given = (group: keyof Groups): ListWords => ({ ...words, changed, mark: marks[group] });
  const kind = (filter.get("kind") ?? "") as TroubleKind;
  const lists: Record<string, () => [string, preact.ComponentChildren]> = {
    orders: () => [[t("orders"), ...[...filter.entries()].filter(([name]) => name === "carrier" || name === "wave").map(([, value]) => value)].join(" · "), <Orders {...given("backlog")} mark={`${marks.backlog}${marks.cutoffs}`} filter={filter} />],
    tasks: () => [[t("tasks"), words.speech.texts[`task.${kind}`]].filter(Boolean).join(" · "), <Tasks {...given("backlog")} mark={`${marks.backlog}${marks.pace}`} filter={filter} />],
    people: () => [t("people"), <People {...given("pace")} people={groups.pace.people} />],
    trouble: () => [t(`trouble.${kind}`), <TroubleList {...given("troubles")} kind={kind} board={board} />],
    bins: () => [t("bin"), places && <Bins {...given("map")} codes={filter.getAll("code")} site={site.code} map={groups.map} places={places} />],
    flagged: () => [t("map"), places && <Flagged {...given("map")} map={groups.map} places={places} />],
    dry: () => [t("replenishing"), <Dry {...given("replenishing")} bins={groups.replenishing.bins} site={site.code} />],
    gear: () => [t("gear"), <GearList {...given("gear")} group={groups.gear} />],
    system: () => [t("system"), <SystemList {...given("system")} group={groups.system} />],
    enrol: () => [t("enrol"), <Enrol t={t} />],
  };
  const found = lists[list]?.();
  if (!found) return null;
  return <Panel key={`${list}?${filter.toString()}`} title={found[0]} close={close} closeText={t("close")}>{found[1]}</Panel>;
}

function TroubleList({ kind, board, ...words }: ListWords & { kind: TroubleKind; board: Board }) {
  if (kind === "short") return <Orders {...words} filter={new URLSearchParams({ short: "true" })} />;
  if (kind === "recount") return <Recounts {...words} />;
  if (kind === "label") return <AskedLabels {...words} />;
  if (kind === "stuck") return <Stuck {...words} handhelds={board.groups.gear.handhelds} />;
  return <Exceptions {...words} kind={kind} site={board.site.code} />;
}

type Piece = (Handheld | Peripheral | Printer) & { label: string };

function GearList({ t, speech, ago, group }: ListWords & { group: Groups["gear"] }) {
  const all: Piece[] = [...group.printers.map((one) => ({ ...one, label: one.name })), ...group.peripherals.map((one) => ({ ...one, label: `${one.station} · ${one.name}` })), ...group.handhelds.map((one) => ({ ...one, label: one.name }))];
  const sorted = [...all].sort((a, b) => b.wrong.length - a.wrong.length);
  return (
    <div class="stack">
      <div class="row"><a class="button main" href="/devices">{t("toDevices")}</a><a class="button" href="#enrol">{t("enrol")}</a></div>
      <Rows title={t("gear")} rows={sorted.slice(0, 300)} id={(one) => one.label} empty={t("none")} columns={[
        { head: t("device"), cell: (one) => <>{one.label}{"worker" in one && one.worker && <><br /><span class="dim">{one.worker}</span></>}</> },
        { head: t("problem"), cell: (one) => (one.wrong.length ? <WrongChips one={one} t={t} speech={speech} /> : "✓") },
        { head: t("queued"), cell: (one) => ("queued" in one ? one.queued : "waiting" in one ? one.waiting : ""), isNumber: true },
        { head: t("battery"), cell: (one) => ("battery" in one && one.battery !== null ? `${one.battery} %` : ""), isNumber: true },
        { head: t("seen"), cell: (one) => ago("last_seen_at" in one ? one.last_seen_at : "last_at" in one ? one.last_at : one.printed_at), isNumber: true }]} />
    </div>
  );
}

function SystemList(props: ListWords & { group: Groups["system"] }) {
  const { t, group } = props;
  const acts = useActs(props, () => undefined);
  return (
    <div class="stack">
      <Said said={acts.said} />
      <dl class="facts"><dt>{t("sealed")}</dt><dd>{time(group.ledger.sealed_at)}</dd><dt>{t("audited")}</dt><dd>{group.ledger.audited.toLocaleString()} {t("moves")}, {time(group.ledger.audited_at)}</dd></dl>
      <h3>{t("givenUp")}</h3>
      {group.given_up.length ? group.given_up.map((one) => (
        <Thing key={one.key} title={one.name} facts={one.error}><button class="main" disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", `/api/v1/given-up/${one.key}/again`); return t("triedAgain"); })}>{t("again")}</button></Thing>)) : <p class="dim">{t("none")}</p>}
    </div>
  );
}

interface Code { code: string; url: string; qr_svg: string }

function Enrol({ t }: Pick<Words, "t">) {
  const [code, setCode] = useState<Code | null>(null);
  const [error, setError] = useState("");
  const make = (): void => void call<Code>({}, "POST", "/api/v1/devices/enrolment-codes", {}).then(setCode).catch((wrong: Error) => setError(wrong.message));
  return (
    <div class="stack">
      <button class="main" onClick={make}>{t("enrolNow")}</button>
      {error && <p class="bad">{error}</p>}
      {code && <div class="qr"><img alt={code.url} src={`data:image/svg+xml;utf8,${encodeURIComponent(code.qr_svg)}`} /><div><p>{t("within")}</p><p class="dim">{code.url}</p><p class="code">{code.code}</p></div></div>}
    </div>
  );
}
