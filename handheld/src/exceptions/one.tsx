/** One exception: what is wrong, whose it is, and what can be done about it with one click. */
import { useState } from "preact/hooks";
import { Thing, Twice, type Acting } from "../dashboard/lists";
import { money } from "../look/money";
import { Chip, Field, Notice, Panel } from "../look/parts";
import { call } from "../net/api";
import { Saying } from "../pages/language";
import { nameOf, type Choosing } from "./many";
import { FINAL, type Exception, type Owner, type Step, type Words } from "./shapes";
import type { Language } from "../texts";
import { say, span } from "./texts";
import { Unfolded } from "./unfolded";

/** What is harmless and likely right is offered first; to let something go in spite of what was found is somebody's choice. */
const PLAIN: ReadonlySet<Step> = new Set(["take_suggestion", "try_again", "tell_again", "wait_for_stock"]);

type Given = Words & { one: Exception; acts: Acting; owners: Owner[]; showsSite?: boolean; showsOrder?: boolean; many?: Choosing };

export function One({ one, acts, owners, showsSite = false, showsOrder = true, many, ...words }: Given) {
  const { t, speech } = words;
  const at = (moment: number): string => new Date(moment).toLocaleString(speech.language, { dateStyle: "medium", timeStyle: "short" });
  const how = one.ended_how && t(`how.${one.ended_how}`, { who: one.ended_by, step: one.step ? t(`step.${one.step}`) : "" });
  const facts = [showsSite && one.site, one.paper ? `${one.channel ?? ""} ${one.paper}` : one.channel, one.owner_name, one.state === "done" ? how : t("since", { time: span(Date.now() - one.opened_at, t) }),
    one.state === "open" && one.wait_until !== null && one.wait_until > Date.now() && t("waitsUntil", { time: at(one.wait_until) }),
    one.state === "open" && (one.kind === "oversold" || one.kind === "waiting") && (one.promised_at === null ? t("noDate") : t("leaves", { time: at(one.promised_at) }))].filter(Boolean).join(" · ");
  const suggested = Object.values(one.suggestion).join(" · ");
  return (
    <Thing title={many && one.steps.length > 0 ? <span class="choosable"><Choose many={many} one={one} t={t} /><span>{one.words}</span></span> : <>{one.words}</>} chip={<Chip tone={one.state === "done" ? "good" : "warn"}>{t(`kind.${one.kind}`)}</Chip>}
      facts={<>{showsOrder && one.order && <><a href={`/orders#${encodeURIComponent(one.order)}`}>{one.order}</a> · </>}{facts}{one.note && <><br />{t("note")}: {one.note}</>}</>}>
      {one.state === "open" && <>
        {one.steps.includes("take_suggestion") && <p class="whole">{t("suggested")} <b>{suggested}</b></p>}
        {one.steps.map((step, place) => <StepButton key={step} {...words} one={one} step={step} isMain={place === 0 && PLAIN.has(step)} acts={acts} go={() => acts.act(() => take(one, step))} />)}
        {one.paper && one.channel && <a class="button" href={`/channels?refused=${encodeURIComponent(one.channel)}`}>{t("toChannel")}</a>}
        {one.kind === "address" && one.order && <a class="button" href={`/orders?address=${encodeURIComponent(one.order)}#${encodeURIComponent(one.order)}`}>{t("toAddress")}</a>}
        {one.kind === "channel" && <a class="button" href="/channels">{t("toChannels")}</a>}
        <Unfolded head={t("more_")}>{() => <Whose {...words} one={one} acts={acts} owners={owners} />}</Unfolded>
      </>}
    </Thing>
  );
}

const Choose = ({ many, one, t }: Pick<Words, "t"> & { many: Choosing; one: Exception }) => (
  <label class="choose"><input type="checkbox" name="choose" aria-label={t("choose", { what: nameOf(one) })} checked={many.has(one)} disabled={many.isBusy || !many.may(one)} onChange={() => many.turn(one)} /></label>);

/** Final steps are asked for twice; what pays somebody back says so first. */
function StepButton({ one, step, isMain, acts, go, ...words }: Words & { one: Exception; step: Step; isMain: boolean; acts: Acting; go: () => void }) {
  const { t } = words;
  if (one.paid_back_by !== "" && (step === "cancel" || step === "cancel_rest")) return <Paying {...words} one={one} step={step} acts={acts} go={go} />;
  if (FINAL.has(step)) return <Twice t={t as unknown as Parameters<typeof Twice>[0]["t"]} disabled={acts.isBusy} go={go}>{t(`step.${step}`)}</Twice>;
  return <button class={isMain ? "main" : ""} disabled={acts.isBusy} onClick={go}>{t(`step.${step}`)}</button>;
}

function Paying({ one, step, acts, go, t, speech }: Words & { one: Exception; step: "cancel" | "cancel_rest"; acts: Acting; go: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const stop = (): void => setAsked(false);
  return (
    <>
      <button class="danger" disabled={acts.isBusy} onClick={() => setAsked(true)}>{t(`step.${step}`)} …</button>
      {isAsked && <Panel title={`${t(`step.${step}`)} ${one.order ?? ""}`} close={stop} closeText={t("close")}>
        <div class="stack">
          <p>{one.words}</p>
          <Notice tone="warn">{paysBack(one, step, t, speech.language)}</Notice>
          <div class="row"><button class="danger" disabled={acts.isBusy} onClick={() => { stop(); go(); }}>{t(`pays.${step}`)}</button><button onClick={stop}>{t("leaveIt")}</button></div>
        </div>
      </Panel>}
    </>
  );
}

/** That money goes to the buyer, by whom, and how much where that is known. */
function paysBack(one: Exception, step: "cancel" | "cancel_rest", t: Words["t"], language: Language): string {
  const amount = one.paid_back > 0 && one.currency ? ` ${money(one.paid_back, one.currency, language)}` : "";
  const channel = one.channel ?? "";
  return step === "cancel_rest" ? t("paysRest", { channel }) : t(one.paid_back_by === "request" ? "paysRequest" : "paysChannel", { amount, channel });
}

async function take(one: Exception, step: Step): Promise<Saying> {
  const { result, words } = await call<{ result: string; words: string }>({}, "POST", `/api/v1/order-exceptions/${one.id}/steps/${step}`, { version: one.version });
  if (result === "refused") throw new Saying((language) => say(language, "came.refused", { words }));
  return new Saying((language) => (result ? say(language, result === "taken" ? "came.taken" : "came.ended") : say(language, "did", { step: say(language, `step.${step}`) })));
}

function Whose({ one, acts, owners, t }: Words & { one: Exception; acts: Acting; owners: Owner[] }) {
  const [note, setNote] = useState(one.note);
  const at = `/api/v1/order-exceptions/${one.id}`;
  const give = (badge: string) => acts.act(async () => {
    const { owner } = await call<{ owner: string }>({}, "POST", `${at}/owner`, { badge, version: one.version });
    return t("given", { who: owners.find((person) => person.badge === owner)?.name ?? owner });
  });
  return (
    <div class="stack">
      <div class="row low">
        <button disabled={acts.isBusy} onClick={() => give("")}>{t("take")}</button>
        <label class="give"><span>{t("give")}</span><select name="give" value={one.owner} disabled={acts.isBusy} onChange={(event) => give(event.currentTarget.value)}>
          {owners.some((person) => person.badge === one.owner) || <option value={one.owner}>{one.owner_name}</option>}
          {owners.map((person) => <option key={person.badge} value={person.badge}>{person.name}</option>)}</select></label>
      </div>
      <form class="row low" onSubmit={(event) => { event.preventDefault(); acts.act(async () => { await call({}, "PUT", `${at}/note`, { note: note.trim(), version: one.version }); return t("noted"); }); }}>
        <span class="grow"><Field label={t("note")}><input name="note" value={note} maxLength={512} onInput={(event) => setNote(event.currentTarget.value)} /></Field></span>
        <button type="submit" disabled={acts.isBusy}>{t("keepNote")}</button>
      </form>
    </div>
  );
}
