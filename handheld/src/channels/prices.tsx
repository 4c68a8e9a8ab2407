/** What a channel's goods should cost, and from which discount on an order is held so that somebody looks at it. */
import { useEffect, useState } from "preact/hooks";
import { Said, useActs, useRows } from "../dashboard/lists";
import { Empty, Field, Panel, Rows } from "../look/parts";
import { call } from "../net/api";
import { items } from "../net/lists";
import { Saying } from "../pages/language";
import type { Channel, Words } from "./shapes";
import { say } from "./texts";

interface Priced { id: number; name: string; item: string; quantity: number; price: number | null }

export function Prices({ channel, ...words }: Words & { channel: Channel }) {
  const { t } = words;
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button class="bare" onClick={() => setOpen(true)}>{t("prices")}</button>
      {isOpen && <Panel title={t("pricesTitle", { what: channel.name })} close={() => setOpen(false)} closeText={t("close")}><PriceList {...words} channel={channel} /></Panel>}
    </>
  );
}

function PriceList({ channel, ...words }: Words & { channel: Channel }) {
  const { t } = words;
  const at = `/api/v1/channels/${encodeURIComponent(channel.code)}`;
  const list = useRows<Priced>(`${at}/listings`, "");
  const currency = useCurrency(channel);
  const [typed, setTyped] = useState<Record<number, string>>({});
  const [tolerance, setTolerance] = useState(channel.price_tolerance === null ? "" : String(channel.price_tolerance));
  const [limit, setLimit] = useState(channel.discount_limit === null ? "" : String(channel.discount_limit));
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed: async () => list.again() }, () => undefined);
  if (list.rows === null || currency === null) return <p class="dim">…</p>;
  const written = (one: Priced): string => typed[one.id] ?? (one.price === null ? "" : asWritten(one.price, currency));
  const changed = list.rows.filter((one) => typed[one.id] !== undefined && pennies(written(one), currency) !== one.price);
  const save = (): void => acts.act(async () => {
    const wrong = changed.find((one) => pennies(written(one), currency) === undefined);
    if (wrong) throw new Saying((language) => say(language, "noPrice", { what: written(wrong), name: wrong.name }));
    for (const one of changed) await call({}, "PATCH", `/api/v1/listings/${one.id}`, { price: pennies(written(one), currency) });
    setTyped({});
    return new Saying((language) => say(language, "pricesSaved", { n: changed.length }));
  });
  const tolerate = (): void => acts.act(async () => {
    await call({}, "PATCH", at, { price_tolerance: percent(tolerance), discount_limit: percent(limit) });
    return new Saying((language) => say(language, "saved", { what: channel.name }));
  });
  return (
    <div class="stack">
      <p class="dim">{t("pricesTip")} {currency ? t("pricesIn", { currency }) : t("pricesInUnits")}</p>
      <form class="row ends" onSubmit={(event) => { event.preventDefault(); tolerate(); }}>
        <span class="grow"><Field label={t("tolerance")}><input name="tolerance" type="number" min={0} max={100} value={tolerance} placeholder={t("toleranceNone")} onInput={(event) => setTolerance(event.currentTarget.value)} /></Field></span>
        <span class="grow"><Field label={t("discountLimit")}><input name="limit" type="number" min={0} max={100} value={limit} placeholder={t("discountLimitNone")} onInput={(event) => setLimit(event.currentTarget.value)} /></Field></span>
        <button type="submit" disabled={acts.isBusy}>{t("save")}</button>
      </form>
      <Said said={acts.said} />
      {!list.rows.length ? <Empty>{t("pricesNone")}</Empty> : (
        <form class="stack" onSubmit={(event) => { event.preventDefault(); save(); }}>
          <Rows title={t("prices")} rows={list.rows} id={(one) => one.id} empty="" columns={[
            { head: t("theirs"), cell: (one) => <><b>{one.name}</b>{(one.name !== one.item || one.quantity !== 1) && <><br /><span class="dim">{one.quantity > 1 ? `${one.quantity} × ` : ""}{one.item}</span></>}</> },
            { head: t("price"), isNumber: true, cell: (one) => <input class="n" name={`price-${one.id}`} inputMode="decimal" autoComplete="off" maxLength={16} aria-label={`${t("price")}: ${one.name}`} value={written(one)} onInput={(event) => setTyped({ ...typed, [one.id]: event.currentTarget.value })} /> }]} />
          {list.more && <button type="button" onClick={list.more}>{t("morePrices")}</button>}
          <div class="row"><button class="main" type="submit" disabled={acts.isBusy || !changed.length}>{t("savePrices", { n: changed.length })}</button></div>
        </form>)}
    </div>
  );
}

/** In what it is paid, as its settings or its last order say; "" where nobody knows yet, null until that is known. */
function useCurrency(channel: Channel): string | null {
  const [currency, setCurrency] = useState<string | null>(typeof channel.settings["currency"] === "string" ? channel.settings["currency"] : null);
  useEffect(() => {
    if (currency !== null) return;
    void items<{ number: string }>(`/api/v1/orders?sort=newest&limit=1&channel=${encodeURIComponent(channel.code)}`)
      .then(async ([last]) => (last ? (await call<{ currency: string }>({}, "GET", `/api/v1/orders/${encodeURIComponent(last.number)}`)).currency : ""))
      .then(setCurrency, () => setCurrency(""));
  }, []);
  return currency;
}

const digitsOf = (currency: string): number => (currency ? new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2 : 0);
const asWritten = (price: number, currency: string): string => (price / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));

const percent = (typed: string): number | null => (typed.trim() === "" ? null : Number(typed));

/** In the currency's smallest unit; null for nothing, undefined for what is no price. */
function pennies(typed: string, currency: string): number | null | undefined {
  const plain = typed.trim().replace(/[，,]/g, ".");
  if (plain === "") return null;
  const whole = Number(plain) * 10 ** digitsOf(currency);
  return /^\d+(\.\d+)?$/.test(plain) && Math.abs(whole - Math.round(whole)) < 1e-6 ? Math.round(whole) : undefined;
}
