/** Who works on what, and tasks: taken back from whoever holds them. */
import { useEffect, useState } from "preact/hooks";
import { call } from "../net/api";
import { items } from "../net/lists";
import { Chip, Empty, Rows } from "../look/parts";
import { More, Said, Thing, useActs, useRows, type ListWords } from "./lists";
import type { Person } from "./shapes";

interface Task { id: number; kind: string; state: string; priority: number; zone: string; document: string | null; cutoff_at: number | null; created_at: number; started_at: number | null; worker: string | null; device: string | null; held: number; for_worker: string | null; for_device: string | null }
interface Worker { badge: string; name: string; disabled: boolean | number }

const handBack = (t: ListWords["t"], task: number) => async (): Promise<string> => {
  await call({}, "POST", `/api/v1/tasks/${task}/hand-back`);
  return t("tookBack");
};

export function Tasks(props: ListWords & { filter: URLSearchParams }) {
  const { t, ago, speech, filter, mark } = props;
  const state = filter.get("state") ?? "open";
  const kind = filter.get("kind") ?? "";
  const list = useRows<Task>(`/api/v1/tasks?${new URLSearchParams({ kind, state }).toString()}`, mark);
  const acts = useActs(props, list.again);
  const [workers, setWorkers] = useState<Worker[]>([]);
  useEffect(() => void items<Worker>("/api/v1/workers?limit=200").then((all) => setWorkers(all.filter((one) => !one.disabled))).catch(() => undefined), []);
  return (
    <div class="stack">
      <div class="row">{(["open", "leased"] as const).map((one) => <a key={one} class="button" aria-current={state === one ? "true" : undefined} href={`#tasks?${new URLSearchParams({ kind, state: one }).toString()}`}>{t(`state.${one}`)}</a>)}</div>
      <Said said={acts.said} />
      {list.rows && !list.rows.length && <Empty>{t("noTasks")}</Empty>}
      {list.rows?.map((one) => (
        <Thing key={one.id} title={`${speech.texts[`task.${one.kind}`] ?? one.kind}${one.document ? ` · ${one.document}` : ""}`} chip={<>{one.held ? <Chip tone="warn">{t("heldTask")}</Chip> : null}{(one.worker ?? one.for_worker ?? one.for_device) && <Chip tone="act">{one.worker ?? `→ ${one.for_worker ?? one.for_device}`}</Chip>}</>}
          facts={[one.zone, one.device, `${t("priority")} ${one.priority}`, `${t("age")} ${ago(one.created_at)}`, one.started_at !== null && `${t("since")} ${ago(one.started_at)}`].filter(Boolean).join(" · ")}>
          <Steering one={one} workers={workers} acts={acts} t={t} />
        </Thing>))}
      <More t={t} list={list} />
    </div>
  );
}

/** A task is sent to somebody, taken back, put first, held back and let go. */
function Steering({ one, workers, acts, t }: Pick<ListWords, "t"> & { one: Task; workers: Worker[]; acts: ReturnType<typeof useActs> }) {
  const steer = (how: string, body: object | undefined, words: string) => acts.act(async () => {
    await call({}, "POST", `/api/v1/tasks/${one.id}/${how}`, body);
    return words;
  });
  const isSomebodys = one.state === "leased" || one.for_worker !== null || one.for_device !== null;
  return (
    <>
      {isSomebodys && <button disabled={acts.isBusy} onClick={() => acts.act(handBack(t, one.id))}>{t("takeBack")}</button>}
      <select aria-label={t("sendTo")} disabled={acts.isBusy} value="" onChange={(event) => { const { value } = event.currentTarget; if (value) steer("send", { worker: value }, t("sent")); }}>
        <option value="">{t("sendTo")}</option>{workers.map((worker) => <option key={worker.badge} value={worker.badge}>{worker.name}</option>)}
      </select>
      {one.held ? <button class="main" disabled={acts.isBusy} onClick={() => steer("release", undefined, t("letGo"))}>{t("resume")}</button> : <>
        {one.state === "open" && <button disabled={acts.isBusy} onClick={() => steer("order", { place: "first" }, t("isFirst"))}>{t("first")}</button>}
        <button disabled={acts.isBusy} onClick={() => steer("hold", undefined, t("isHeld"))}>{t("hold")}</button></>}
    </>
  );
}

export function People(props: ListWords & { people: Person[] }) {
  const { t, ago, speech, people } = props;
  const acts = useActs(props, () => undefined);
  return (
    <div class="stack">
      <Said said={acts.said} />
      <Rows title={t("people")} rows={people} id={(one) => `${one.device}/${one.task ?? ""}`} empty={t("nobody")} columns={[
        { head: t("worker"), cell: (one) => <>{one.worker}<br /><span class="dim">{one.device_name}</span></> },
        { head: t("kind"), cell: (one) => (one.kind ? <>{speech.texts[`task.${one.kind}`] ?? one.kind}<br /><span class="dim">{[one.document, one.zone].filter(Boolean).join(" · ")}</span></> : <span class="dim">{t("free")}</span>) },
        { head: t("since"), cell: (one) => ago(one.started_at) },
        { head: t("actions"), cell: ({ task }) => task !== null && <button disabled={acts.isBusy} onClick={() => acts.act(handBack(t, task))}>{t("takeBack")}</button> }]} />
    </div>
  );
}
