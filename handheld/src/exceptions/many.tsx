/** One step for many exceptions of a kind: each is done by itself, and what could not be says why. */
import { useState } from "preact/hooks";
import { Notice, Panel } from "../look/parts";
import { call } from "../net/api";
import { FINAL, type Exception, type Step, type Words } from "./shapes";

/** So many are seen to by one request. */
export const MANY = 100;

interface NotDone { id: number; words: string }
interface Came { step: Step; of: number; done: number; notDone: (NotDone & { what: string })[]; wrong: unknown }
export interface Choosing {
  chosen: Exception[];
  isBusy: boolean;
  came: Came | null;
  has: (one: Exception) => boolean;
  may: (one: Exception) => boolean;
  turn: (one: Exception) => void;
  all: () => void;
  none: () => void;
  go: (step: Step) => void;
}

export const nameOf = (one: Exception): string => one.order ?? ([one.channel, one.paper].filter(Boolean).join(" ") || one.words);

/** Which of the rows are chosen: of one kind, and as they are shown now. */
export function useMany(rows: Exception[], again: () => void): Choosing {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const [came, setCame] = useState<Came | null>(null);
  const chosen = rows.filter((one) => ids.has(one.id));
  const kind = chosen[0]?.kind;
  const may = (one: Exception): boolean => one.steps.length > 0 && (kind === undefined || one.kind === kind) && (ids.has(one.id) || chosen.length < MANY);
  const turn = (one: Exception): void => setIds(new Set(ids.has(one.id) ? chosen.map((other) => other.id).filter((id) => id !== one.id) : [...chosen.map((other) => other.id), one.id]));
  const go = (step: Step): void => {
    const of = chosen;
    setBusy(true);
    call<{ done: number; not_done: NotDone[] }>({}, "POST", "/api/v1/order-exceptions/steps", { step, exceptions: of.map(({ id, version }) => ({ id, version })) })
      .then(({ done, not_done: left }) => {
        const names = new Map(of.map((one) => [one.id, nameOf(one)]));
        setCame({ step, of: of.length, done, notDone: left.map((one) => ({ ...one, what: names.get(one.id) ?? "" })), wrong: null });
        setIds(new Set(left.map((one) => one.id)));
      }, (wrong: unknown) => setCame({ step, of: of.length, done: 0, notDone: [], wrong }))
      .finally(() => { setBusy(false); again(); });
  };
  const all = (): void => setIds(new Set(rows.filter((one) => one.kind === kind && one.steps.length > 0).slice(0, MANY).map((one) => one.id)));
  return { chosen, isBusy, came, has: (one) => ids.has(one.id), may, turn, all, none: () => setIds(new Set()), go };
}

/** What can be done about all that are chosen. */
export function Many({ many, rows, ...words }: Words & { many: Choosing; rows: Exception[] }) {
  const { t } = words;
  const [asked, setAsked] = useState<Step | null>(null);
  const { chosen, isBusy } = many;
  const first = chosen[0];
  if (first === undefined) return null;
  const steps = first.steps.filter((step) => chosen.every((one) => one.steps.includes(step)));
  const alike = rows.filter((one) => one.kind === first.kind && one.steps.length > 0).length;
  const stop = (): void => setAsked(null);
  return (
    <section class="many card" aria-label={t("chosen", { n: chosen.length })}>
      <div class="row">
        <b>{t("chosen", { n: chosen.length })}</b> <span class="dim">{t(`kind.${first.kind}`)}</span>
        <span class="right row">{alike > chosen.length && chosen.length < MANY && <button onClick={many.all}>{t("allAlike", { n: Math.min(alike, MANY) })}</button>}<button onClick={many.none}>{t("chooseNone")}</button></span>
      </div>
      <div class="row">{steps.map((step) => (
        <button key={step} class={FINAL.has(step) ? "danger" : ""} disabled={isBusy} onClick={() => (FINAL.has(step) ? setAsked(step) : many.go(step))}>{t(`step.${step}`)}{FINAL.has(step) && " …"}</button>))}</div>
      {asked !== null && <Panel title={`${t(`step.${asked}`)}: ${t("chosen", { n: chosen.length })}`} close={stop} closeText={t("close")}>
        <div class="stack">
          <p>{t("manyFinal")}</p>
          <p class="dim">{chosen.map(nameOf).join(", ")}</p>
          {pays(chosen, asked) > 0 && <Notice tone="warn">{t("manyPays", { n: pays(chosen, asked) })}</Notice>}
          <div class="row"><button class="danger" onClick={() => { stop(); many.go(asked); }}>{t(`step.${asked}`)} ({chosen.length})</button><button onClick={stop}>{t("leaveIt")}</button></div>
        </div>
      </Panel>}
    </section>
  );
}

/** Of how many the buyer is paid back by that. */
const pays = (chosen: Exception[], step: Step): number => (step === "cancel" || step === "cancel_rest" || step === "agree" ? chosen.filter((one) => one.paid_back_by !== "").length : 0);

/** What came of it: how many were done, and of each other why not. */
export function ManyCame({ came, t, speech }: Words & { came: Came | null }) {
  if (came === null) return null;
  if (came.wrong !== null) return <Notice tone="bad">{speech.told(came.wrong)}</Notice>;
  const said = t("manyDone", { step: t(`step.${came.step}`), n: came.done, of: came.of });
  if (!came.notDone.length) return <Notice tone="good">{said}</Notice>;
  return <Notice tone="warn"><div class="stack tight"><p><b>{said}</b></p><ul class="plain">{came.notDone.map((one) => <li key={one.id}>{one.what}: {one.words}</li>)}</ul></div></Notice>;
}
