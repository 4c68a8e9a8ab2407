/** One order: what it is of, where it goes, what happened, and what can still be done. */
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { money } from "../look/money";
import { useNarrow } from "../look/narrow";
import { Card, Chip, Field, Notice, Panel, Rows } from "../look/parts";
import { call } from "../net/api";
import { items } from "../net/lists";
import { OfOrder } from "../exceptions/ofOrder";
import { AddressCard } from "./address";
import { HowSent } from "./parts";
import { channelOf, holdOf, isLate, MAY_CANCEL, toneOf, type Line, type Order, type Parts, type Place, type Story as Told, type Words } from "./shapes";
import { Story } from "./story";
import { WhySo } from "./why";

const LOOK_MS = 8_000;

export function OrderPage({ number, sites, ...words }: Words & { number: string; sites: Place[] }) {
  const { t, speech } = words;
  const [found, setFound] = useState<[Order, Told, Parts] | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const turn = useRef(0);
  const look = async (): Promise<void> => {
    const mine = (turn.current += 1);
    const at = `/api/v1/orders/${encodeURIComponent(number)}`;
    try {
      const both = await Promise.all([call<Order>({}, "GET", at), call<Told>({}, "GET", `${at}/story`), call<Parts>({}, "GET", `${at}/parts`)]);
      if (mine === turn.current) { setFound(both); setWrong(null); }
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
      {found === null && <p><Back t={t} /></p>}
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      {found ? <Whole {...words} order={found[0]} told={found[1]} parts={found[2]} sites={sites} changed={look} /> : wrong === null && <p class="dim">…</p>}
    </div>
  );
}

function Whole({ order, told, parts, sites, changed, ...words }: Words & { order: Order; told: Told; parts: Parts; sites: Place[]; changed: () => Promise<void> }) {
  const { t, speech } = words;
  const into = String(told.items.filter((one) => one.kind === "merged").pop()?.args["into"] ?? "");
  const at = (moment: number | null): string => (moment === null ? t("none_") : new Intl.DateTimeFormat(speech.language, { timeZone: told.timezone, dateStyle: "medium", timeStyle: "medium", hour12: false } as Intl.DateTimeFormatOptions).format(moment));
  return (
    <>
      <header class="row"><Back t={t} /><Chip tone={toneOf(order.state)}>{t(`state_${order.state}`)}</Chip>{isLate(order) && <Chip tone="warn">{t("isLate")}</Chip>}{order.hold && <Chip tone="warn">{holdOf(order.hold, t)}</Chip>}{told.releases.some((one) => one.held && one.state === "waiting") && <Chip tone="warn">{t("isHeld")}</Chip>}<Acts {...words} order={order} told={told} changed={changed} /></header>
      <OfOrder speech={speech} number={order.number} changed={changed} />
      <div class="grid of-order">
        <div class="stack">
          <Card title={t("head")}><Facts rows={[[t("channel"), channelOf(order.channel, t)], [t("reference"), order.channel_ref], [t("customer"), order.customer], [t("placed"), order.placed_at && at(order.placed_at)], [t("came"), at(order.created_at)],
            [t("leaves"), order.promised_at && order.state !== "cancelled" ? at(order.promised_at) : MAY_CANCEL.has(order.state) && t("waits")], [t("toldFirst"), isLate(order) && order.first_promised_at && at(order.first_promised_at)], [t("carrier"), order.carrier], [t("priority"), order.priority], [t("cutoff"), order.cutoff_at && at(order.cutoff_at)],
            ...costs(order, words), [t("note"), order.note]]} /></Card>
          {order.lines.length > 0 && <Card title={t("linesOf")}><Lines {...words} order={order} at={at} /></Card>}
          <HowSent key={order.number} {...words} order={order} parts={parts} into={into} sites={sites} changed={changed} />
          <WhySo {...words} decisions={parts.decisions} at={at} />
          <AddressCard key={`address of ${order.number}`} {...words} order={order} told={told} at={at} changed={changed} />
        </div>
        <Card title={t("story")} beside={<span class="dim">{t("clock", { zone: told.timezone })}</span>}><Story {...words} entries={told.items} at={at} /></Card>
      </div>
    </>
  );
}

const Back = ({ t }: { t: Words["t"] }) => <a class="button" href="#">‹ {t("back")}</a>;

/** What it cost; a currency that no channel told has no amounts. */
function costs({ currency, discount, postage, postage_refunded: back, total }: Order, { t, speech }: Words): [string, unknown][] {
  const said = (amount: number): string => money(amount, currency, speech.language);
  return currency ? [[t("discount"), discount !== 0 && said(-discount)], [t("postage"), postage > 0 && `${said(postage)}${back > 0 ? ` ${t("postageBack", { amount: said(back) })}` : ""}`], [t("total"), total > 0 && said(total)]] : [];
}

function Paid({ line, currency, speech }: Words & { line: Line; currency: string }) {
  const said = (amount: number): string => money(amount, currency, speech.language);
  const pieces = line.quantity / line.pack;
  return <>{said(line.paid)}{line.price > 0 && (line.discount !== 0 || pieces !== 1) && <><br /><span class="dim">{Number.isInteger(pieces) ? pieces : line.quantity} × {said(Number.isInteger(pieces) ? line.price : line.price / line.pack)}</span></>}{line.discount !== 0 && <><br /><span class="dim">{line.discount > 0 ? "−" : "+"} {said(Math.abs(line.discount))}</span></>}</>;
}

function Lines({ order, at, ...words }: Words & { order: Order; at: (at: number) => string }) {
  const { t } = words;
  const { lines, currency } = order;
  const isNarrow = useNarrow();
  const counts = [[t("ordered"), (one: Line) => one.quantity], [t("promisedOf"), (one: Line) => <span class={one.promised + one.short < one.quantity ? "warn" : ""}>{one.promised}</span>],
    [t("shipped"), (one: Line) => one.shipped], [t("short"), (one: Line) => <span class={one.short ? "bad" : ""}>{one.short}</span>],
    ...(currency && lines.some((one) => one.price > 0 || one.paid > 0) ? [[t("paid"), (one: Line) => <Paid {...words} line={one} currency={currency} />] as const] : [])] as const;
  const item = { head: t("item"), cell: (one: Line) => <><b>{one.item}</b>{one.name !== one.item && <><br /><span class="dim">{one.name}</span></>}{one.lot && <><br />{t("lot")} {one.lot}</>}{one.serial && <><br />{t("serial")} {one.serial}</>}{one.expected_at !== null && one.promised + one.short < one.quantity && <><br /><span class="warn">{t(one.expected_at < Date.now() ? "overdue" : "comes", { at: at(one.expected_at) })}</span></>}</> };
  return <Rows title={t("linesOf")} rows={lines} id={(one) => one.number} empty="" columns={isNarrow
    ? [item, { head: t("pieces"), isNumber: true, cell: (one) => counts.map(([head, count]) => <div key={head}><span class="dim">{head}</span> {count(one)}</div>) }]
    : [item, ...counts.map(([head, cell]) => ({ head, cell, isNumber: true }))]} />;
}

function Acts({ order, told, changed, ...words }: Words & { order: Order; told: Told; changed: () => Promise<void> }) {
  const { t } = words;
  const [isAsked, setAsked] = useState(false);
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed }, () => undefined);
  const hold = (code: string, verb: "hold" | "resume") => async (): Promise<string> => {
    await call({}, "POST", `/api/v1/releases/${encodeURIComponent(code)}/${verb}`);
    return t(verb === "hold" ? "held" : "letGone", { what: code });
  };
  const cancel = async (reason: string): Promise<string> => {
    await call({}, "POST", `/api/v1/orders/${encodeURIComponent(order.number)}/cancel`, { reason });
    return t("cancelled", { number: order.number });
  };
  return (
    <>
      <span class="right row">
        {told.releases.filter((one) => one.state === "waiting").map((one) => (one.held
          ? <button key={one.code} disabled={acts.isBusy} onClick={() => acts.act(hold(one.code, "resume"))}>{t("letGo", { what: one.code })}</button>
          : <button key={one.code} disabled={acts.isBusy} onClick={() => acts.act(hold(one.code, "hold"))}>{t("hold", { what: one.code })}</button>))}
        {order.lines.some((one) => one.shipped > 0) && <a class="button" href={`/returns#${encodeURIComponent(`new/${order.number}`)}`}>{t("sendBack")}</a>}
        {MAY_CANCEL.has(order.state) && <button class="danger" disabled={acts.isBusy} onClick={() => setAsked(true)}>{t("cancel")}</button>}
      </span>
      {acts.said && <div class="all"><Said said={acts.said} /></div>}
      {isAsked && <Panel title={`${t("cancel")} ${order.number}`} close={() => setAsked(false)} closeText={t("close")}><Why {...words} number={order.number} stop={() => setAsked(false)} go={(reason) => { setAsked(false); acts.act(() => cancel(reason)); }} /></Panel>}
    </>
  );
}

/** To cancel is to agree to what its buyer asks the platform for: nobody does that unawares. */
function Why({ number, go, stop, t }: Words & { number: string; go: (reason: string) => void; stop: () => void }) {
  const [reason, setReason] = useState("");
  const [pays, setPays] = useState(false);
  useEffect(() => void items<{ kind: string }>(`/api/v1/orders/${encodeURIComponent(number)}/exceptions`).then((all) => setPays(all.some((one) => one.kind === "refund_asked")), () => undefined), [number]);
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); go(reason.trim()); }}>
      <p>{t("cancelHow")}</p>
      {pays && <Notice tone="warn">{t("cancelPays")}</Notice>}
      <Field label={t("reason")}><input name="reason" value={reason} maxLength={256} required onInput={(event) => setReason(event.currentTarget.value)} /></Field>
      <div class="row"><button class="danger" type="submit">{t(pays ? "cancelAndPay" : "cancel")}</button><button type="button" onClick={stop}>{t("keep")}</button></div>
    </form>
  );
}

const Facts = ({ rows }: { rows: [string, unknown][] }) => <dl class="facts">{rows.filter(([, value]) => value).map(([name, value]) => <Fragment key={name}><dt>{name}</dt><dd>{String(value)}</dd></Fragment>)}</dl>;
