/** One return: what came with which grade, and the buttons that settle it. */
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { useNarrow } from "../look/narrow";
import { Card, Notice, Panel, Rows } from "../look/parts";
import { call } from "../net/api";
import { Of } from "./list";
import { money } from "../look/money";
import { Cancel, Exchange, Finish, Pay, Reckoned, Refuse } from "./settle";
import type { Line, Rma, Words } from "./shapes";

const LOOK_MS = 8_000;
type Asked = "payBack" | "refuse" | "exchangeIt" | "finish" | "cancel";
const FORMS = { payBack: Pay, refuse: Refuse, exchangeIt: Exchange, finish: Finish, cancel: Cancel } as const;

export function RmaPage({ number, ...words }: Words & { number: string }) {
  const { t, speech } = words;
  const [rma, setRma] = useState<Rma | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const turn = useRef(0);
  const look = async (): Promise<void> => {
    const mine = (turn.current += 1);
    try {
      const found = await call<Rma>({}, "GET", `/api/v1/rmas/${encodeURIComponent(number)}`);
      if (mine === turn.current) { setRma(found); setWrong(null); }
    } catch (error) {
      if (mine === turn.current) setWrong(error);
    }
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => document.visibilityState === "visible" && void look(), LOOK_MS);
    return () => { turn.current += 1; clearInterval(timer); };
  }, [number, speech.language]);
  return (
    <div class="stack">
      {rma === null && <p><a class="button" href="#">‹ {t("back")}</a></p>}
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      {rma ? <Whole {...words} rma={rma} changed={look} /> : wrong === null && <p class="dim">…</p>}
    </div>
  );
}

function Whole({ rma, changed, ...words }: Words & { rma: Rma; changed: () => Promise<void> }) {
  const { t, speech } = words;
  const at = (moment: number | null): string => (moment === null ? "" : new Date(moment).toLocaleString(speech.language, { dateStyle: "medium", timeStyle: "short", hour12: false } as Intl.DateTimeFormatOptions));
  const [came, quantity] = [rma.lines.reduce((sum, one) => sum + one.came, 0), rma.lines.reduce((sum, one) => sum + one.quantity, 0)];
  return (
    <>
      <header class="row"><a class="button" href="#">‹ {t("back")}</a><Of {...words} one={rma} isPart={rma.state === "received" && came < quantity} /><Acts {...words} rma={rma} came={came} quantity={quantity} changed={changed} /></header>
      {rma.told && <Notice tone={rma.told.state === "refused" ? "bad" : rma.told.state === "told" ? "good" : "act"}>{t(rma.told.state === "waiting" && rma.told.words ? "tell_tried" : `tell_${rma.told.state}`, { ...rma.told, channel: rma.channel })}</Notice>}
      {rma.outcome === "refund" && rma.lines.some((one) => one.refunded > one.came) && <Notice tone="warn">{t("takenBack")}</Notice>}
      <div class="grid of-return">
        <Card title={t("linesOf")}><Lines {...words} rma={rma} />{rma.state === "received" && rma.lines.some((one) => one.paid > 0) && <Reckoned {...words} rma={rma} />}</Card>
        <Card title={t("head")}><Facts rows={[[t("order"), <a key="o" href={`/orders#${encodeURIComponent(rma.order)}`}>{rma.order}</a>], [t("customer"), rma.customer], [t("channel"), rma.channel], [t("by"), t(`by_${rma.made_by}`)], [t("reason"), t(rma.reason)], [t("note"), rma.note], [t("wish"), t(rma.wish)],
          [t("made"), at(rma.created_at)], [t("expires"), rma.state === "announced" && at(rma.expires_at)], [t("settledAt"), at(rma.settled_at)], [t("amount"), rma.outcome === "refund" && <>{money(rma.amount, rma.currency, speech.language)}{rma.postage > 0 && <span class="dim"> {t("ofItPostage", { postage: money(rma.postage, rma.currency, speech.language) })}</span>}</>], [t("why"), rma.why],
          [t("exchangeOrder"), rma.exchange_order && <a key="x" href={`/orders#${encodeURIComponent(rma.exchange_order)}`}>{rma.exchange_order}</a>]]} /></Card>
      </div>
    </>
  );
}

function Lines({ rma, t, speech }: Words & { rma: Rma }) {
  const isNarrow = useNarrow();
  const counts = [[t("announced"), (one: Line) => one.quantity], [t("restocked"), (one: Line) => <span class={one.restocked ? "good" : ""}>{one.restocked}</span>], [t("quarantined"), (one: Line) => <span class={one.quarantined ? "warn" : ""}>{one.quarantined}</span>],
    [t("scrapped"), (one: Line) => <span class={one.scrapped ? "bad" : ""}>{one.scrapped}</span>], ...(rma.amount ? [[t("paid"), (one: Line) => money(one.amount, rma.currency, speech.language)] as const] : [])] as const;
  const item = { head: t("item"), cell: (one: Line) => <><b>{one.item}</b>{one.name !== one.item && <><br /><span class="dim">{one.name}</span></>}</> };
  return <Rows title={t("linesOf")} rows={rma.lines} id={(one) => one.line} empty="" columns={isNarrow
    ? [item, { head: t("pieces"), isNumber: true, cell: (one) => counts.map(([head, count]) => <div key={head}><span class="dim">{head}</span> {count(one)}</div>) }]
    : [item, ...counts.map(([head, cell]) => ({ head, cell, isNumber: true }))]} />;
}

function Acts({ rma, came, quantity, changed, ...words }: Words & { rma: Rma; came: number; quantity: number; changed: () => Promise<void> }) {
  const { t } = words;
  const [asked, setAsked] = useState<Asked | null>(null);
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed }, () => undefined);
  const isOpen = rma.state === "announced" || rma.state === "received";
  const may: Record<Asked, boolean> = {
    payBack: isOpen && came > 0 && !rma.exchange_order, exchangeIt: isOpen && !rma.exchange_order, refuse: isOpen && came > 0 && !rma.exchange_order,
    finish: isOpen && came > 0 && rma.exchange_order !== null, cancel: rma.state === "announced",
  };
  const order: Asked[] = rma.wish === "exchange" ? ["exchangeIt", "payBack", "finish", "refuse", "cancel"] : ["payBack", "exchangeIt", "finish", "refuse", "cancel"];
  const main = order.find((one) => may[one] && came > 0);
  const path = `/api/v1/rmas/${encodeURIComponent(rma.number)}`;
  const print = async (): Promise<string> => {
    await call({}, "POST", `${path}/label`, {});
    return t("printed", { number: rma.number });
  };
  const Form = asked && FORMS[asked];
  return (
    <>
      <span class="right row">
        {order.filter((one) => may[one]).map((one) => <button key={one} class={one === main ? "main" : one === "refuse" || one === "cancel" ? "danger" : ""} disabled={acts.isBusy} onClick={() => setAsked(one)}>{t(one)}</button>)}
        <button disabled={acts.isBusy} onClick={() => acts.act(print)}>{t("print")}</button><a class="button" href={`${path}/label.pdf`} target="_blank" rel="noopener">{t("page")}</a>
      </span>
      {acts.said && <div class="all"><Said said={acts.said} /></div>}
      {Form && asked && <Panel title={`${t(asked)} ${rma.number}`} close={() => setAsked(null)} closeText={t("close")}>
        <Form {...words} rma={rma} isWhole={came === quantity} go={(work) => { setAsked(null); acts.act(() => work(path)); }} /></Panel>}
    </>
  );
}

const Facts = ({ rows }: { rows: [string, preact.ComponentChildren][] }) => <dl class="facts">{rows.filter(([, value]) => value).map(([name, value]) => <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}</dl>;
