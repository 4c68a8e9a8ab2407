/** What is in a bin, and what can be done with it: counted, blocked, its goods held and released. */
import { useState } from "preact/hooks";
import { call } from "../net/api";
import { Chip, Empty } from "../look/parts";
import { Said, Thing, useActs, useRows, type ListWords } from "./lists";
import { flagged } from "./plan";
import { BLOCKED, COUNT, HELD, SUSPECT, type DryBin, type Groups, type Place } from "./shapes";

interface Stock { id: number; location: string; lpn: string | null; item: string; lot: string; serial: string; status: string; quantity: number; allocated: number }

const FLAGS = [[SUSPECT, "suspect", "bad"], [COUNT, "count", "warn"], [BLOCKED, "blocked", ""], [HELD, "held", "bad"]] as const;

export function Bins(props: ListWords & { codes: string[]; site: string; map: Groups["map"]; places: Place[] }) {
  return <div class="stack wide">{props.codes.map((code) => <Bin key={code} code={code} {...props} />)}</div>;
}

function Bin(props: ListWords & { code: string; site: string; map: Groups["map"]; places: Place[] }) {
  const { t, code, site, map, places, mark } = props;
  const list = useRows<Stock>(`/api/v1/stock?location=${encodeURIComponent(code)}`, mark);
  const acts = useActs(props, list.again);
  const id = places.find(([, one]) => one === code)?.[0];
  const [, fill, flags, picks] = map.bins.find(([one]) => one === id) ?? [0, 0, 0, 0];
  const block = (blocked: boolean) => acts.act(async () => {
    await call({}, "PATCH", `/api/v1/locations/${encodeURIComponent(code)}`, { blocked });
    return t(blocked ? "blocked" : "unblocked", { what: code });
  });
  return (
    <section class="stack">
      <div class="row"><h3 class="grow">{code}</h3>{FLAGS.filter(([bit]) => flags & bit).map(([, name, tone]) => <Chip key={name} tone={tone}>{t(`flag.${name}`)}</Chip>)}
        <span class="dim">{[fill > 0 ? t("filled", { n: fill }) : fill < 0 ? t("someFill") : t("empty"), picks > 0 && t("picks", { n: picks, hours: map.hours })].filter(Boolean).join(" · ")}</span></div>
      <div class="row">
        <button class="main" disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", "/api/v1/counts", { site, locations: [code] }); return t("recountAsked", { what: code }); })}>{t("recount")}</button>
        <button disabled={acts.isBusy} onClick={() => block(!(flags & BLOCKED))}>{t(flags & BLOCKED ? "unblock" : "block")}</button>
      </div>
      <Said said={acts.said} />
      {list.rows && !list.rows.length && <Empty>{t("nothingInside")}</Empty>}
      {list.rows?.map((one) => <Goods key={one.id} one={one} acts={acts} {...props} />)}
    </section>
  );
}

const REASONS = ["QUALITY", "RECALL", "PACKAGING", "CUSTOMS", "DAMAGED"] as const;

function Goods({ one, acts, t, site, speech }: ListWords & { one: Stock; acts: ReturnType<typeof useActs>; site: string }) {
  const [reason, setReason] = useState<string>("QUALITY");
  const which = { site, ...(one.lpn ? { lpn: one.lpn } : { location: one.location }), item: one.item, lot: one.lot, serial: one.serial };
  const isFree = one.status === "available";
  return (
    <Thing title={`${one.quantity.toLocaleString()} × ${one.item}`} chip={<Chip tone={isFree ? "good" : "bad"}>{t(`status.${one.status}` as "status.hold")}</Chip>}
      facts={[one.lot && `${t("lot")} ${one.lot}`, one.serial, one.lpn && `${t("inside")} ${one.lpn}`, one.allocated > 0 && `${t("allocated")} ${one.allocated}`].filter(Boolean).join(" · ")}>
      {isFree ? <>
        <select aria-label={t("cause")} value={reason} onChange={(event) => setReason(event.currentTarget.value)}>{REASONS.map((name) => <option key={name} value={name}>{speech.texts[`card.HOLD-${name}`] ?? t("status.damaged")}</option>)}</select>
        <button disabled={acts.isBusy} onClick={() => acts.act(async () => t("goodsHeld", { n: (await call<{ quantity: number }>({}, "POST", "/api/v1/stock/holds", { ...which, reason })).quantity }))}>{t("holdGoods")}</button></>
        : one.status !== "expired" && <button disabled={acts.isBusy} onClick={() => acts.act(async () => t("goodsReleased", { n: (await call<{ quantity: number }>({}, "POST", "/api/v1/stock/releases", which)).quantity }))}>{t("releaseGoods")}</button>}
    </Thing>
  );
}

export function Flagged({ t, map, places }: ListWords & { map: Groups["map"]; places: Place[] }) {
  const codes = new Map(places.map(([id, code]) => [id, code]));
  const all = flagged(map);
  return (
    <div class="stack">
      {!all.length && <Empty>{t("nothingHere")}</Empty>}
      {all.slice(0, 200).map(([id, , flags]) => {
        const code = codes.get(id) ?? "";
        return <Thing key={id} title={<a class="into" href={`#bins?code=${encodeURIComponent(code)}`}>{code}</a>} chip={FLAGS.filter(([bit]) => flags & bit).map(([, name, tone]) => <Chip key={name} tone={tone}>{t(`flag.${name}`)}</Chip>)} />;
      })}
    </div>
  );
}

/** Bins whose last piece is promised: counted, or opened to be looked at. */
export function Dry(props: ListWords & { bins: DryBin[]; site: string }) {
  const { t, bins, site } = props;
  const acts = useActs(props, () => undefined);
  return (
    <div class="stack">
      <Said said={acts.said} />
      {!bins.length && <Empty>{t("noDry")}</Empty>}
      {bins.map((one) => (
        <Thing key={`${one.location}/${one.item}`} title={<a class="into" href={`#bins?code=${encodeURIComponent(one.location)}`}>{one.location}</a>} chip={one.wanted > one.free ? <Chip tone="bad">{t("wanted")} {one.wanted}</Chip> : null}
          facts={[`${one.quantity} × ${one.name}`, `${t("elsewhere")} ${one.free}`, one.from && `${t("bringFrom")} ${one.from}`].filter(Boolean).join(" · ")}>
          {one.from && <a class="button" href={`#bins?code=${encodeURIComponent(one.from)}`}>{one.from}</a>}
          <button disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", "/api/v1/counts", { site, locations: [one.location] }); return t("recountAsked", { what: one.location }); })}>{t("recount")}</button>
        </Thing>))}
    </div>
  );
}
