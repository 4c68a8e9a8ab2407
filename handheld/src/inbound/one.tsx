/** One paper: what was announced of each item and has come, and its end when nothing of it will. */
import { useEffect, useState } from "preact/hooks";
import type { Acting } from "../dashboard/lists";
import { useNarrow } from "../look/narrow";
import { Chip, Field, Notice, Rows } from "../look/parts";
import { call } from "../net/api";
import { mayCancel, toneOf, type Line, type Whole, type Words } from "./shapes";

export function OnePaper({ code, acts, done, ...words }: Words & { code: string; acts: Acting; done: () => void }) {
  const { t, speech } = words;
  const [paper, setPaper] = useState<Whole | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const at = `/api/v1/inbound/${encodeURIComponent(code)}`;
  useEffect(() => void call<Whole>({}, "GET", at).then(setPaper, setWrong), [code, speech.language]);
  const cancel = (reason: string): void => {
    setWrong(null);
    acts.act(async () => {
      try {
        await call({}, "POST", `${at}/cancel`, { reason });
      } catch (error) {
        setWrong(error);
        throw error;
      }
      done();
      return t("wasCancelled", { code });
    });
  };
  return (
    <div class="stack">
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      {paper === null ? wrong === null && <p class="dim">…</p> : <>
        <p><Chip tone={toneOf(paper.state)}>{t(paper.state)}</Chip></p>
        <Lines {...words} lines={paper.lines} />
        {mayCancel(paper.state, paper.lines.reduce((sum, one) => sum + one.received, 0)) && <Cancel {...words} code={code} isBusy={acts.isBusy} go={cancel} />}
      </>}
    </div>
  );
}

function Lines({ lines, ...words }: Words & { lines: Line[] }) {
  const { t, speech } = words;
  const isNarrow = useNarrow();
  const about = (one: Line): string => [one.lot && t("lot", { lot: one.lot }), one.expiry_on && t("expires", { day: one.expiry_on }), one.sscc && t("pallet", { sscc: one.sscc })].filter(Boolean).join(" · ");
  const count = (one: Line) => <>{one.received.toLocaleString(speech.language)} / {one.quantity.toLocaleString(speech.language)}{one.damaged > 0 && <><br /><span class="bad">{t("damaged", { n: one.damaged })}</span></>}</>;
  return <Rows title={t("whatComes")} rows={lines} id={(one) => one.number} empty="" columns={[
    { head: t("item"), cell: (one) => <><b>{one.item}</b> {one.name !== one.item && <span class="dim">{one.name}</span>}{isNarrow && about(one) && <><br /><span class="dim">{about(one)}</span></>}{one.closed_reason && one.received < one.quantity && <><br /><span class="warn">{t("closed")}</span></>}</> },
    ...(isNarrow || !lines.some(about) ? [] : [{ head: t("about"), cell: (one: Line) => about(one) }]),
    { head: t("pieces"), isNumber: true, cell: count }]} />;
}

function Cancel({ code, isBusy, go, t }: Words & { code: string; isBusy: boolean; go: (reason: string) => void }) {
  const [isAsked, setAsked] = useState(false);
  const [reason, setReason] = useState("");
  if (!isAsked) return <div class="row"><button class="danger" onClick={() => setAsked(true)}>{t("cancel")}</button></div>;
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); if (reason.trim()) go(reason.trim()); }}>
      <p>{t("cancelHow")}</p>
      <Field label={t("reason")}><input name="reason" value={reason} maxLength={256} required onInput={(event) => setReason(event.currentTarget.value)} /></Field>
      <div class="row"><button class="danger" type="submit" disabled={isBusy}>{t("cancelIt", { code })}</button><button type="button" onClick={() => setAsked(false)}>{t("keep")}</button></div>
    </form>
  );
}
