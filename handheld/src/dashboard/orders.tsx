/** The orders behind the cut-offs, the backlog and the shorts: held back, let go, released, cancelled. */
import { call } from "../net/api";
import { Chip, Empty } from "../look/parts";
import { More, Said, Thing, Twice, useActs, useRows, type ListWords } from "./lists";
import { clock } from "./parts";
import type { Stage } from "./shapes";

interface Order { id: number; code: string; order_number: string; site: string; customer: string; carrier: string; priority: number; cutoff_at: number | null; created_at: number; stage: Stage; wave: string | null; lines: number; picked: number; packed: number; short: number }

export function Orders(props: ListWords & { filter: URLSearchParams }) {
  const { t, ago, filter, mark } = props;
  const list = useRows<Order>(`/api/v1/releases?${filter.toString()}`, mark);
  const acts = useActs(props, list.again);
  if (!list.rows) return <p>…</p>;
  return (
    <div class="stack">
      <Said said={acts.said} />
      {!list.rows.length && <Empty>{t("noOrders")}</Empty>}
      {list.rows.map((one) => (
        <Thing key={one.code} title={one.code} chip={<Chip tone={one.stage === "held" ? "warn" : one.stage === "waiting" ? "" : "act"}>{t(`stage.${one.stage}`)}</Chip>}
          facts={[one.customer, one.carrier, one.cutoff_at !== null && `${t("cutoff")} ${clock(one.cutoff_at)}`, `${t("age")} ${ago(one.created_at)}`, `${t("picked")} ${one.picked}/${one.lines}`, `${t("packed")} ${one.packed}/${one.lines}`,
            one.short > 0 && `${t("short")} ${one.short}`, one.wave].filter(Boolean).join(" · ")}>
          <Acts one={one} {...props} acts={acts} />
        </Thing>))}
      <More t={t} list={list} />
    </div>
  );
}

function Acts({ one, t, acts }: ListWords & { one: Order; acts: ReturnType<typeof useActs> }) {
  if (one.stage !== "waiting" && one.stage !== "held") return one.wave && one.stage === "released" ? <a class="button" href="#tasks?kind=pick">{t("tasks")}</a> : null;
  const what = { what: one.code };
  const at = `/api/v1/releases/${encodeURIComponent(one.code)}`;
  const release = async (): Promise<string> => {
    const made = await call<{ wave: unknown }>({}, "POST", "/api/v1/waves", { site: one.site, picking: "single", filters: { order: one.code } });
    return t(made.wave ? "released" : "nothingReleased", what);
  };
  return (
    <>
      {one.stage === "waiting" ? <>
        <button class="main" disabled={acts.isBusy} onClick={() => acts.act(release)}>{t("release")}</button>
        <button disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", `${at}/hold`); return t("heldBack", what); })}>{t("hold")}</button></>
        : <button class="main" disabled={acts.isBusy} onClick={() => acts.act(async () => { await call({}, "POST", `${at}/resume`); return t("resumed", what); })}>{t("resume")}</button>}
      <Twice t={t} disabled={acts.isBusy} go={() => acts.act(async () => { await call({}, "POST", `/api/v1/orders/${encodeURIComponent(one.order_number)}/cancel`, { reason: "" }); return t("cancelled", { what: one.order_number }); })}>{t("cancel")}</Twice>
    </>
  );
}
