/** What a channel sells of ours: how much it may, what it was told, and whether it may be sold before it is there. */
import { useState } from "preact/hooks";
import { Said, Thing, useActs, useRows, type Acting } from "../dashboard/lists";
import { Unfolded } from "../exceptions/unfolded";
import { Chip, Empty, Field } from "../look/parts";
import { call } from "../net/api";
import { Saying } from "../pages/language";
import { BACKORDERS, type Backorder, type Channel, type Listing, type Words } from "./shapes";
import { say } from "./texts";

export function Listings({ channel, ...words }: Words & { channel: Channel }) {
  const { t } = words;
  const list = useRows<Listing>(`/api/v1/channels/${encodeURIComponent(channel.code)}/listings`, "");
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed: async () => list.again() }, () => undefined);
  if (list.rows === null) return <p class="dim">…</p>;
  return (
    <div class="stack">
      <Said said={acts.said} />
      {!list.rows.length && <Empty>{t("sellsNone")}</Empty>}
      {list.rows.map((one) => <One key={one.id} {...words} one={one} channel={channel} acts={acts} />)}
      {list.more && <button onClick={list.more}>{t("more")}</button>}
    </div>
  );
}

function One({ one, channel, acts, ...words }: Words & { one: Listing; channel: Channel; acts: Acting }) {
  const { t, speech } = words;
  const rule = one.backorder ?? channel.backorder;
  const means = one.name === one.item && one.quantity === 1 ? "" : `${one.quantity > 1 ? `${one.quantity} × ` : ""}${one.item}`;
  const facts = [means, one.told === null ? t("untold") : t("wasTold", { n: one.told.toLocaleString(speech.language) }), t(`backorder.${rule}`, { n: one.presell_days ?? channel.presell_days }),
    one.backorder === null && one.presell_days === null ? t("asChannel") : "", !one.is_on && t("isOff")].filter(Boolean).join(" · ");
  return (
    <Thing title={one.name} chip={<Chip tone={one.may_sell > 0 ? "good" : ""}>{t("maySell", { n: one.may_sell.toLocaleString(speech.language) })}</Chip>} facts={facts}>
      <Unfolded head={t("changeRule")}>{() => <Rule {...words} one={one} channel={channel} acts={acts} />}</Unfolded>
    </Thing>
  );
}

function Rule({ one, channel, acts, t }: Words & { one: Listing; channel: Channel; acts: Acting }) {
  const [rule, setRule] = useState<Backorder | "">(one.backorder ?? "");
  const [days, setDays] = useState(one.presell_days === null ? "" : String(one.presell_days));
  const save = (): void => acts.act(async () => {
    await call({}, "PATCH", `/api/v1/listings/${one.id}`, { backorder: rule || null, presell_days: days === "" ? null : Number(days) });
    return new Saying((language) => say(language, "saved", { what: one.name }));
  });
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); save(); }}>
      <div class="grid fields">
        <Field label={t("backorder")} tip={t(`backorderTip.${rule || channel.backorder}`)}><select name="backorder" value={rule} onChange={(event) => setRule(event.currentTarget.value as Backorder | "")}>
          <option value="">{t("asChannelIs", { rule: t(`backorder.${channel.backorder}`, { n: channel.presell_days }) })}</option>
          {BACKORDERS.map((name) => <option key={name} value={name}>{t(`backorderIs.${name}`)}</option>)}</select></Field>
        {(rule || channel.backorder) === "dated" && <Field label={t("presellDays")}><input name="presell_days" type="number" min={1} max={730} value={days} placeholder={String(channel.presell_days)} onInput={(event) => setDays(event.currentTarget.value)} /></Field>}
      </div>
      <div class="row"><button type="submit" class="main" disabled={acts.isBusy}>{t("save")}</button></div>
    </form>
  );
}
