/** A return that a customer asked somebody for. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Card, Field, Notice } from "../look/parts";
import { call } from "../net/api";
import { REASONS, type Returnable, type Words } from "./shapes";

export function Make({ order, made, ...words }: Words & { order: string; made: (number: string) => void }) {
  const { t, speech } = words;
  const [number, setNumber] = useState(order);
  const [found, setFound] = useState<Returnable | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const look = async (): Promise<void> => {
    try {
      setFound(await call<Returnable>({}, "GET", `/api/v1/orders/${encodeURIComponent(number.trim().toUpperCase())}/returnable`));
      setWrong(null);
    } catch (error) {
      setFound(null);
      setWrong(error);
    }
  };
  useEffect(() => { if (order) void look(); }, []);
  return (
    <div class="stack narrow">
      <form class="row" onSubmit={(event) => { event.preventDefault(); void look(); }}>
        <a class="button" href="#">‹ {t("back")}</a>
        <span class="grow"><input name="order" required aria-label={t("find")} placeholder={t("find")} value={number} maxLength={64} onInput={(event) => setNumber(event.currentTarget.value)} /></span><button type="submit">{t("look")}</button>
      </form>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      {found && <What {...words} key={found.order} found={found} made={made} />}
    </div>
  );
}

function What({ found, made, ...words }: Words & { found: Returnable; made: (number: string) => void }) {
  const { t, speech } = words;
  const lines = found.lines.filter((one) => one.rest > 0);
  const [taken, setTaken] = useState<Record<number, string>>({});
  const [reason, setReason] = useState<(typeof REASONS)[number]>("changed_mind");
  const [wish, setWish] = useState<"refund" | "exchange">("refund");
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState("");
  const [isBusy, setBusy] = useState(false);
  const key = useRef(`return-${Date.now()}-${Math.random().toString(36).slice(2)}`);
  const send = async (): Promise<void> => {
    const back = lines.map((one) => ({ line: one.line, quantity: Number(taken[one.line] ?? 0) })).filter((one) => one.quantity > 0);
    if (!back.length) { setWrong(t("needGoods")); return; }
    setBusy(true);
    try {
      const answer = await fetch("/api/v1/rmas", { method: "POST", headers: { "Content-Type": "application/json", "X-Aisle-CSRF": "1", "Accept-Language": speech.language, "Idempotency-Key": key.current }, body: JSON.stringify({ order: found.order, lines: back, reason, wish, note }) });
      const told = (await answer.json()) as { number?: string; detail?: string };
      if (!told.number) throw new Error(told.detail ?? answer.statusText);
      made(told.number);
    } catch (error) {
      key.current += "x"; // what was refused may be mended, and is another call then
      setWrong(t("wrong", { why: speech.told(error) }));
      setBusy(false);
    }
  };
  return (
    <Card title={t("newFor", { order: found.order })}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        {found.returns.length > 0 && <p class="dim">{t("before", { numbers: found.returns.map((one) => one.number).join(", ") })}</p>}
        {!lines.length ? <Notice tone="warn">{t("nothingLeft")}</Notice> : <>
          <ul class="plain">{lines.map((one) => (
            <li key={one.line} class="row"><span class="grow"><b>{one.item}</b> <span class="dim">{one.name !== one.item && one.name}</span></span>
              <span class="count"><input type="number" aria-label={one.item} inputMode="numeric" name={`line-${one.line}`} min={0} max={one.rest} value={taken[one.line] ?? ""} placeholder="0" onInput={(event) => setTaken({ ...taken, [one.line]: event.currentTarget.value })} /></span>
              <span class="dim">/ {one.rest} {t("rest")}</span></li>))}</ul>
          <Field label={t("reason")}><select name="reason" value={reason} onChange={(event) => setReason(event.currentTarget.value as typeof reason)}>{REASONS.map((one) => <option key={one} value={one}>{t(one)}</option>)}</select></Field>
          <Field label={t("wish")}><select name="wish" value={wish} onChange={(event) => setWish(event.currentTarget.value as typeof wish)}><option value="refund">{t("refund")}</option><option value="exchange">{t("exchange")}</option></select></Field>
          <Field label={t("note")}><input name="note" value={note} maxLength={512} onInput={(event) => setNote(event.currentTarget.value)} /></Field>
          {wrong && <Notice tone="bad">{wrong}</Notice>}
          <button class="main" type="submit" disabled={isBusy}>{t("make")}</button></>}
      </form>
    </Card>
  );
}
