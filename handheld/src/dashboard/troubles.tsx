/** The lists behind the exceptions: each kind with what answers it. */
import { useEffect, useState } from "preact/hooks";
import { call } from "../net/api";
import { items } from "../net/lists";
import type { Said as Sentence } from "../texts";
import { filled } from "../texts";
import { Chip, Empty, Field, Rows } from "../look/parts";
import { More, Said, Thing, Twice, useActs, useRows, type ListWords } from "./lists";
import type { Handheld, TroubleKind } from "./shapes";

interface Exception { id: number; at: number; code: string; args: Record<string, unknown>; worker: string | null; owner: string | null; owner_badge: string | null }
interface Worker { badge: string; name: string; disabled: boolean | number }

export function Exceptions(props: ListWords & { kind: TroubleKind; site: string }) {
  const { t, ago, kind, mark, speech } = props;
  const list = useRows<Exception>(`/api/v1/exceptions?state=open&kind=${kind}`, mark);
  const acts = useActs(props, list.again);
  const [workers, setWorkers] = useState<Worker[]>([]);
  useEffect(() => void items<Worker>("/api/v1/workers?limit=200").then((all) => setWorkers(all.filter((one) => !one.disabled))).catch(() => undefined), []);
  return (
    <div class="stack">
      <Said said={acts.said} />
      {list.rows && !list.rows.length && <Empty>{t("nothingHere")}</Empty>}
      {list.rows?.map((one) => (
        <Thing key={one.id} title={sentence(speech.texts, { key: `exception.${one.code}`, args: one.args })} chip={<Chip tone={one.owner ? "act" : "warn"}>{one.owner ?? t("unowned")}</Chip>} facts={[ago(one.at), one.worker].filter(Boolean).join(" · ")}>
          <ExceptionActs one={one} acts={acts} workers={workers} {...props} />
        </Thing>))}
      <More t={t} list={list} />
    </div>
  );
}

/** What an operation is called, in the words that workers know. */
export function sentence(texts: Record<string, string>, { key, args }: Sentence): string {
  const worded = Object.entries(args).map(([name, value]) => [name, name === "kind" ? texts[`kind.${String(value)}`] ?? texts[`task.${String(value)}`] ?? value : name === "why" ? texts[`refused.${String(value)}`] ?? texts[String(value)] ?? value : value]);
  return filled(texts[key] ?? key, Object.fromEntries(worded) as Record<string, unknown>);
}

function ExceptionActs({ one, acts, workers, t, site }: ListWords & { one: Exception; acts: ReturnType<typeof useActs>; workers: Worker[]; site: string }) {
  const [note, setNote] = useState("");
  const own = (badge?: string | null) => acts.act(async () => {
    const { owner } = await call<{ owner: string | null }>({}, "POST", `/api/v1/exceptions/${one.id}/owner`, badge === undefined ? {} : { badge });
    return `${t("owner")}: ${owner ?? t("giveNobody")}`;
  });
  const location = typeof one.args["location"] === "string" ? one.args["location"] : null;
  const lpn = one.code === "no_printer" && typeof one.args["lpn"] === "string" ? one.args["lpn"] : null;
  return (
    <>
      {!one.owner && <button disabled={acts.isBusy} onClick={() => own()}>{t("mine")}</button>}
      <select aria-label={t("give")} disabled={acts.isBusy} value="" onChange={(event) => { const { value } = event.currentTarget; if (value) own(value === "-" ? null : value); }}>
        <option value="">{t("give")}</option>{one.owner && <option value="-">{t("giveNobody")}</option>}{workers.map((worker) => <option key={worker.badge} value={worker.badge}>{worker.name}</option>)}
      </select>
      {location && <button disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", "/api/v1/counts", { site, locations: [location] }); return t("recountAsked", { what: location }); })}>{t("recount")}</button>}
      {lpn && <button disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", `/api/v1/lpns/${encodeURIComponent(lpn)}/label`); return t("reprinted", { what: lpn }); })}>{t("reprint")}</button>}
      <span class="grow"><Field label={t("note")}><input value={note} maxLength={512} onInput={(event) => setNote(event.currentTarget.value)} /></Field></span>
      <button class="main" disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", `/api/v1/exceptions/${one.id}/close`, { note }); return t("answered"); })}>{t("close1")}</button>
    </>
  );
}

interface Count { id: number; location: string; cause: string; created_at: number }
interface CountLine { round: number; book: number; counted: number; item: string; name: string; lot: string; lpn: string | null; worker: string | null }

export function Recounts(props: ListWords) {
  const { t, ago, mark } = props;
  const list = useRows<Count>("/api/v1/counts?state=recount", mark);
  const acts = useActs(props, list.again);
  return (
    <div class="stack">
      <Said said={acts.said} />
      {list.rows && !list.rows.length && <Empty>{t("nothingHere")}</Empty>}
      {list.rows?.map((one) => (
        <Thing key={one.id} title={one.location} facts={ago(one.created_at)}>
          <CountLines {...props} id={one.id} />
          <button class="main" disabled={acts.isBusy} onClick={() => acts.act(async () => { const { adjusted } = await call<{ adjusted: number }>({}, "POST", `/api/v1/counts/${one.id}/accept`); return t("accepted", { what: one.location, n: adjusted }); })}>{t("accept")}</button>
          <button disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", `/api/v1/counts/${one.id}/send-back`); return t("sentBack", { what: one.location }); })}>{t("sendBack")}</button>
        </Thing>))}
      <More t={t} list={list} />
    </div>
  );
}

function CountLines({ id, mark, t }: ListWords & { id: number }) {
  const [lines, setLines] = useState<CountLine[]>([]);
  useEffect(() => void call<{ lines: CountLine[] }>({}, "GET", `/api/v1/counts/${id}`).then((found) => setLines(found.lines)).catch(() => undefined), [id, mark]);
  return <div class="whole"><Rows title={t("trouble.recount")} rows={lines} id={(line) => `${line.round}/${line.item}/${line.lot}/${line.lpn ?? ""}`} empty="…" columns={[
    { head: t("item"), cell: (line) => <>{line.name}<br /><span class="dim">{[line.item, line.lot, line.lpn].filter(Boolean).join(" · ")}</span></> },
    { head: t("worker"), cell: (line) => <>{t("round", { n: line.round })}<br /><span class="dim">{line.worker ?? "–"}</span></> },
    { head: t("book"), cell: (line) => line.book, isNumber: true }, { head: t("counted"), cell: (line) => <b class={line.book === line.counted ? "" : "bad"}>{line.counted}</b>, isNumber: true }]} /></div>;
}

interface Job { id: number; printer: string; label: string; code: string; error: string | null }

export function AskedLabels(props: ListWords) {
  const { t, mark } = props;
  const list = useRows<Job>("/api/v1/print-jobs?state=unknown", mark);
  const acts = useActs(props, list.again);
  const answer = (one: Job, cameOut: boolean) => acts.act(async () => { await call({}, "POST", `/api/v1/print-jobs/${one.id}/answer`, { came_out: cameOut }); return t("answered"); });
  return (
    <div class="stack">
      <Said said={acts.said} />
      {list.rows && !list.rows.length && <Empty>{t("nothingHere")}</Empty>}
      {list.rows?.map((one) => (
        <Thing key={one.id} title={one.code} facts={one.printer}>
          <button class="main" disabled={acts.isBusy} onClick={() => answer(one, true)}>{t("cameOut")}</button><button disabled={acts.isBusy} onClick={() => answer(one, false)}>{t("cameNot")}</button>
        </Thing>))}
      <More t={t} list={list} />
    </div>
  );
}

interface Held { id: number; device: string | null }

/** Handhelds that were not seen for minutes while they hold what was not sent: their tasks go to others, or they are shut out. */
export function Stuck(props: ListWords & { handhelds: Handheld[] }) {
  const { t, ago, handhelds } = props;
  const acts = useActs(props, () => undefined);
  const stuck = handhelds.filter((one) => one.wrong.includes("stuck"));
  const takeAll = async (one: Handheld): Promise<string> => {
    const held = await items<Held>("/api/v1/tasks?state=leased&limit=200");
    await Promise.all(held.filter((task) => task.device === one.name).map((task) => call({}, "POST", `/api/v1/tasks/${task.id}/hand-back`)));
    return t("tookBack");
  };
  return (
    <div class="stack">
      <Said said={acts.said} />
      {!stuck.length && <Empty>{t("nothingHere")}</Empty>}
      {stuck.map((one) => (
        <Thing key={one.device} title={one.name} chip={<Chip tone="bad">{t("queued")} {one.queued}</Chip>} facts={[one.worker, `${t("seen")} ${ago(one.last_seen_at)}`].filter(Boolean).join(" · ")}>
          <button disabled={acts.isBusy} onClick={() => acts.act(() => takeAll(one))}>{t("takeTasks")}</button>
          <Twice t={t} disabled={acts.isBusy} go={() => acts.act(async () => { await call({}, "DELETE", `/api/v1/devices/${one.device}`); return t("wasShut", { what: one.name }); })}>{t("shutOut")}</Twice>
        </Thing>))}
    </div>
  );
}
