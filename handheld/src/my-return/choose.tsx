/** What goes back, why, and what the customer would like instead. */
import { useRef, useState } from "preact/hooks";
import { Field, Notice } from "../look/parts";
import { call } from "../net/api";
import { day, keyOf, newKey, REASONS, type Found, type Proved, type Reason, type Words } from "./shapes";

export function Choose({ orders, by, again, done, ...words }: Words & { orders: Found[]; by: Proved; again: () => void; done: (token: string) => void }) {
  const { t } = words;
  const [order, setOrder] = useState<Found | null>(orders.length === 1 ? orders[0] ?? null : null);
  return (
    <>
      {order === null ? (
        <section class="stack"><h2>{t("which")}</h2>
          {orders.map((one) => <button key={one.order} class="huge" onClick={() => setOrder(one)}><span>{t("order", { number: one.order })}<small class="dim">{one.lines.map((line) => line.name).join(", ")}</small></span></button>)}
        </section>) : <One {...words} order={order} by={by} done={done} />}
      <button class="bare" onClick={again}>‹ {t("back")}</button>
    </>
  );
}

function One({ order, by, done, ...words }: Words & { order: Found; by: Proved; done: (token: string) => void }) {
  const { t, speech } = words;
  const lines = order.lines.filter((one) => one.quantity > 0);
  const only = lines.length === 1 && lines[0]?.quantity === 1 ? lines[0].line : 0;
  const [taken, setTaken] = useState<Record<number, number>>(only ? { [only]: 1 } : {});
  const [reason, setReason] = useState<Reason | "">("");
  const [wish, setWish] = useState<"refund" | "exchange">("refund");
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const key = useRef(newKey());
  const before = order.returns.length > 0 && <p class="dim">{t("announced_before", { numbers: order.returns.map((one) => one.number).join(", ") })}</p>;
  const send = async (): Promise<void> => {
    const back = Object.entries(taken).filter(([, quantity]) => quantity > 0).map(([line, quantity]) => ({ line: Number(line), quantity }));
    if (!back.length || !reason) { setWrong(t(back.length ? "needReason" : "needGoods")); return; }
    setBusy(true);
    setWrong("");
    try {
      done((await call<{ token: string }>({}, "POST", "/api/v1/my-return", { ...by, order: order.order, key: key.current, lines: back, reason, wish, note: note.replace(/\s+/g, " ").trim() })).token);
    } catch (error) {
      setWrong(speech.told(error));
      setBusy(false);
    }
  };
  if (order.can !== "yes" || !lines.length) return <><h2>{t("order", { number: order.order })}</h2><Notice tone="warn">{t(order.can === "yes" ? "nothing" : order.can)}</Notice>{before}</>;
  return (
    <form class="stack wide" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <div><h2>{t("order", { number: order.order })}</h2>{order.until !== null && <p class="dim">{t("until", { day: day(order.until, speech.language) })}</p>}{before}</div>
      <section><h2>{t("goods")}</h2>
        <ul class="goods">{lines.map((one) => <Line key={one.line} {...words} line={one} count={taken[one.line] ?? 0} set={(count) => { setTaken({ ...taken, [one.line]: count }); setWrong(""); }} />)}</ul>
      </section>
      <Field label={t("reason")}><select name="reason" value={reason} onChange={(event) => { setReason(event.currentTarget.value as Reason); setWrong(""); }}><option value="" disabled>{t("choose")}</option>{REASONS.map((one) => <option key={one} value={one}>{t(keyOf(one))}</option>)}</select></Field>
      <section role="group" aria-labelledby="wish"><h2 id="wish">{t("wish")}</h2>
        <div class="two">{(["refund", "exchange"] as const).map((one) => <button key={one} type="button" aria-pressed={wish === one} onClick={() => setWish(one)}>{t(one)}</button>)}</div>
      </section>
      <Field label={t("note")}><textarea name="note" rows={2} maxLength={500} value={note} onInput={(event) => setNote(event.currentTarget.value)} /></Field>
      {wrong && <Notice tone="bad">{wrong}</Notice>}
      <button class="main huge" type="submit" disabled={isBusy}>{t(isBusy ? "sending" : "send")}</button>
    </form>
  );
}

function Line({ line, count, set, t }: Words & { line: Found["lines"][number]; count: number; set: (count: number) => void }) {
  return (
    <li class={count ? "chosen" : ""}>
      <span class="name">{line.name}<small class="dim">{t("ofMany", { count: line.quantity })}</small></span>
      <span class="count"><button type="button" aria-label={t("less", { name: line.name })} disabled={count === 0} onClick={() => set(count - 1)}>−</button><output>{count}</output><button type="button" aria-label={t("more", { name: line.name })} disabled={count >= line.quantity} onClick={() => set(count + 1)}>+</button></span>
    </li>
  );
}
