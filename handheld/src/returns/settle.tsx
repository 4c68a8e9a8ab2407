/** What becomes of a return: each a small form that says what follows. */
import { useState } from "preact/hooks";
import { Field, Notice } from "../look/parts";
import { call } from "../net/api";
import { money, read, written } from "../look/money";
import type { Rma, Words } from "./shapes";

export interface Settling extends Words {
  rma: Rma;
  /** Whether all that was announced has come. */
  isWhole: boolean;
  go: (work: (path: string) => Promise<string>) => void;
}

export function Pay({ rma, go, ...words }: Settling) {
  const { t, speech } = words;
  const [amount, setAmount] = useState(written(rma.proposed, rma.currency));
  const [withPostage, setWithPostage] = useState(false);
  const [reason, setReason] = useState("");
  const said = read(amount, rma.currency);
  const isWrong = said === null || said > rma.most;
  const postage = withPostage ? rma.postage_left : 0;
  const pay = async (path: string): Promise<string> => {
    const told = await call<{ amount: number }>({}, "POST", `${path}/refund`, { amount: said, postage, reason: reason.trim() });
    return t("paidBack", { amount: money(told.amount, rma.currency, speech.language) });
  };
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); if (!isWrong) go(pay); }}>
      {rma.most === 0 ? <Notice tone="warn">{t(rma.lines.some((one) => one.paid > 0) ? "payNothing" : "payNo")}</Notice> : <>
        <p>{t("payHow", { most: money(rma.most, rma.currency, speech.language) })}</p>
        <Reckoned {...words} rma={rma} />
        <Field label={t("howMuch", { currency: rma.currency })}><input name="amount" inputMode="decimal" required aria-invalid={isWrong} value={amount} onInput={(event) => setAmount(event.currentTarget.value)} /></Field></>}
      {rma.postage_left > 0 && <label class="row"><input type="checkbox" name="postage" checked={withPostage} onChange={(event) => setWithPostage(event.currentTarget.checked)} /><span>{t("withPostage", { postage: money(rma.postage_left, rma.currency, speech.language) })}</span></label>}
      {(rma.most > 0 || rma.postage_left > 0) && <Field label={t("whyOptional")}><input name="reason" maxLength={256} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></Field>}
      <button class="main" type="submit" disabled={isWrong}>{t("payBack")}{said !== null && said + postage > 0 && ` ${money(said + postage, rma.currency, speech.language)}`}</button>
    </form>
  );
}

/** How what is proposed comes about: of each line what was paid for all of it, and for the pieces that came. */
export function Reckoned({ rma, t, speech }: Words & { rma: Rma }) {
  const said = (amount: number): string => money(amount, rma.currency, speech.language);
  return (
    <ul class="plain">{rma.lines.filter((one) => one.came > 0).map((one) => (
      <li key={one.line}>{t(one.came_before ? "reckonedAfter" : "reckoned", { item: one.item, came: one.came, ordered: one.ordered, before: one.came_before, paid: said(one.paid), proposed: said(one.proposed) })}</li>))}</ul>
  );
}

export function Refuse({ rma, go, ...words }: Settling) {
  const { t } = words;
  return <Why {...words} how={t("refuseHow")} verb={t("refuse")} go={(reason) => go(async (path) => { await call({}, "POST", `${path}/refuse`, { reason }); return t("settledNow", { number: rma.number }); })} />;
}

export function Cancel({ rma, go, ...words }: Settling) {
  const { t } = words;
  return <Why {...words} how={t("cancelHow")} verb={t("cancel")} go={(reason) => go(async (path) => { await call({}, "POST", `${path}/cancel`, { reason }); return t("cancelled", { number: rma.number }); })} />;
}

export function Finish({ rma, go, t }: Settling) {
  const finish = async (path: string): Promise<string> => {
    await call({}, "POST", `${path}/finish`, {});
    return t("settledNow", { number: rma.number });
  };
  return <div class="stack"><p>{t("finishHow")}</p><button class="main" onClick={() => go(finish)}>{t("finish")}</button></div>;
}

export function Exchange({ rma, isWhole, go, t }: Settling) {
  const [isOther, setOther] = useState(false);
  const [item, setItem] = useState("");
  const [quantity, setQuantity] = useState(String(rma.lines.reduce((sum, one) => sum + one.quantity, 0)));
  const send = async (path: string): Promise<string> => {
    const lines = isOther ? [{ item: item.trim().toUpperCase(), quantity: Number(quantity) }] : [];
    return t("sent", { order: (await call<{ order: string }>({}, "POST", `${path}/exchange`, { lines, at_once: !isWhole })).order });
  };
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); go(send); }}>
      <p>{t("exchangeHow")}</p>
      {!isWhole && <Notice tone="warn">{t("notAllHere")}</Notice>}
      <div class="row" role="group" aria-label={t("exchangeIt")}><button type="button" aria-pressed={!isOther} onClick={() => setOther(false)}>{t("sameAgain")}</button><button type="button" aria-pressed={isOther} onClick={() => setOther(true)}>{t("otherItem")}</button></div>
      {isOther ? <>
        <Field label={t("item")}><input name="item" required maxLength={64} value={item} onInput={(event) => setItem(event.currentTarget.value)} /></Field>
        <Field label={t("quantity")}><input name="quantity" type="number" min={1} required value={quantity} onInput={(event) => setQuantity(event.currentTarget.value)} /></Field></>
        : <ul class="plain">{rma.lines.map((one) => <li key={one.line}>{one.quantity} × {one.item} <span class="dim">{one.name !== one.item && one.name}</span></li>)}</ul>}
      <button class="main" type="submit">{t("exchangeIt")}</button>
    </form>
  );
}

function Why({ how, verb, go, t }: Words & { how: string; verb: string; go: (reason: string) => void }) {
  const [reason, setReason] = useState("");
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); go(reason.trim()); }}>
      <p>{how}</p>
      <Field label={t("whyNot")}><input name="reason" value={reason} maxLength={256} required onInput={(event) => setReason(event.currentTarget.value)} /></Field>
      <button class="danger" type="submit">{verb}</button>
    </form>
  );
}
