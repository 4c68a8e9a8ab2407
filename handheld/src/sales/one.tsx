/** One sale: what was on its receipt, as what it is known here, and what of it stands in the book. */
import { Fragment } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useNarrow } from "../look/narrow";
import { Notice, Rows } from "../look/parts";
import { call } from "../net/api";
import { State } from "./list";
import { isLate, moment, money, type Moved, type Sale, type SaleLine, type Whole, type Words } from "./shapes";

export function OneSale({ sale, ...words }: Words & { sale: Sale }) {
  const { t, speech } = words;
  const [whole, setWhole] = useState<Whole | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  useEffect(() => void call<Whole>({}, "GET", `/api/v1/sales/${sale.id}`).then(setWhole, setWrong), [sale.id, speech.language]);
  const shown = whole ?? sale;
  const at = (time: number | null): string => (time === null ? "" : moment(time, speech.language));
  const facts = [[t("till"), shown.channel_name], [t("site"), shown.site], [t("sold"), at(shown.sold_at)], [t("told"), isLate(shown) ? at(shown.taken_at) : ""], [t("wasVoided"), at(shown.voided_at)], [t("total"), money(shown.total, shown.currency, speech.language)]];
  return (
    <div class="stack">
      <p><State {...words} sale={shown} /></p>
      <dl class="facts">{facts.filter(([, value]) => value).map(([name, value]) => <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}</dl>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      {shown.unknown > 0 && <Notice tone="warn" act={<a class="button" href={`/channels?refused=${encodeURIComponent(shown.channel)}`}>{t("name")}</a>}>{t("nameTip")}</Notice>}
      {whole === null ? wrong === null && <p class="dim">…</p> : <>
        {whole.items.length > 0 && <><h3>{t("onReceipt")}</h3><Lines {...words} lines={whole.items} currency={whole.currency} /></>}
        <h3>{t("inBook")}</h3>
        <Moves {...words} moves={whole.moves} />
      </>}
    </div>
  );
}

function Lines({ lines, currency, ...words }: Words & { lines: SaleLine[]; currency: string }) {
  const { t, speech } = words;
  const isNarrow = useNarrow();
  const booked = (one: SaleLine) => <>{one.units}{one.missing > 0 && <><br /><span class="warn">{t("notThere")} {one.missing}</span></>}</>;
  const item = { head: t("item"), cell: (one: SaleLine) => <>{one.item === null ? <span class="bad">{t("notKnown")}</span> : <b>{one.item}</b>} <span class="dim">{one.item_name}</span>{one.name !== one.item && <><br /><span class="dim">{t("asCalled")}: {one.name}</span></>}</> };
  const pieces = { head: t("pieces"), isNumber: true, cell: (one: SaleLine) => <>{one.quantity}{one.quantity < 0 && <><br /><span class="dim">{t("brought")}</span></>}{isNarrow && one.item !== null && <><br /><span class="dim">{t("booked")}</span> {booked(one)}</>}</> };
  return <Rows title={t("onReceipt")} rows={lines} id={(one) => one.number} empty="" columns={isNarrow ? [item, pieces]
    : [item, pieces, { head: t("price"), isNumber: true, cell: (one) => money(one.price, currency, speech.language) }, { head: t("booked"), isNumber: true, cell: booked }]} />;
}

/** Accounts of the book are called by what they stand for. */
function placeOf(code: string, t: Words["t"]): string {
  if (code.endsWith("~CUSTOMER")) return t("customer");
  return code.endsWith("~VARIANCE") ? t("variance") : code;
}

function Moves({ moves, t, speech }: Words & { moves: Moved[] }) {
  return <Rows title={t("inBook")} rows={moves.map((one, place) => ({ ...one, place }))} id={(one) => one.place} empty={t("noMoves")} columns={[
    { head: t("item"), cell: (one) => <>{one.quantity} × {one.item}{one.lot && <> {t("lot", { lot: one.lot })}</>}<br /><span class="dim">{moment(one.at, speech.language)}</span></> },
    { head: t("way"), cell: (one) => `${placeOf(one.from_code, t)} → ${placeOf(one.to_code, t)}` }]} />;
}
