/** Why an order is sent by whom it is: what was chosen last, what it counted, and what would have been next. */
import { Card, Rows } from "../look/parts";
import type { Decision, Plan, Words } from "./shapes";
import type { Key } from "./texts";

export function WhySo({ decisions, at, ...words }: Words & { decisions: Decision[]; at: (moment: number) => string }) {
  const { t } = words;
  const last = decisions[0];
  if (last === undefined) return null;
  const { chosen, others = [], barred = {} } = last.why;
  return (
    <Card title={t("whySo")} beside={<span class="dim">{at(last.at)}</span>}>
      <div class="stack">
        <p>{cause(last, t)}</p>
        {chosen && <Chosen {...words} plan={chosen} />}
        {chosen && others.length > 0 && <><h3>{t("nextBest")}</h3><ul class="plain">{others.map((one, place) => <li key={place}>{t("planOf", { sites: sitesOf(one), points: number(one.points, words) })} <span class="dim">{besides(one, chosen, words)}</span></li>)}</ul></>}
        {Object.keys(barred).length > 0 && <><h3>{t("barred")}</h3><ul class="plain">{Object.entries(barred).map(([site, line]) => <li key={site}>{t("barredBy", { site, line })}</li>)}</ul></>}
      </div>
    </Card>
  );
}

const sitesOf = (plan: Plan): string => plan.parts.map((part) => part.site).join(" + ");
const number = (value: number, { speech }: Words): string => value.toLocaleString(speech.language, { maximumFractionDigits: 2 });
const money = (value: number, { speech }: Words): string => value.toLocaleString(speech.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** Nothing where no warehouse's way is known. */
const way = (plan: Plan, words: Words): string => (plan.parts.some((part) => part.km !== null) ? number(plan.km, words) : "–");
const besides = (one: Plan, chosen: Plan, words: Words): string => [
  one.missing ? words.t("missing", { n: number(one.missing, words) }) : one.points > chosen.points && words.t("morePoints", { n: number(one.points - chosen.points, words) }),
  `${words.t("cost")} ${money(one.cost, words)}`, `${words.t("km")} ${way(one, words)}`].filter(Boolean).join(" · ");

function cause({ how, rules, why }: Decision, t: Words["t"]): string {
  if (how === "by_hand") return t("by_hand", { who: why.by, why: why.reason });
  if (why.announced) return t("by_announced");
  return how === "rules" ? t(rules ? "by_rules" : "by_none", { rules }) : t(`by_${how}`);
}

/** What each warehouse sends, and what its points are for. */
function Chosen({ plan, ...words }: Words & { plan: Plan }) {
  const { t } = words;
  return (
    <>
      {plan.parts.length > 0 && <Rows title={t("whySo")} rows={plan.parts} id={(part) => part.site} empty="" columns={[
        { head: t("site"), cell: (part) => <><b>{part.site}</b><br /><span class="dim">{Object.entries(part.points).map(([name, points]) => `${t(`p.${name}` as Key) ?? name} ${number(points, words)}`).join(", ")}</span></> },
        { head: t("pieces_"), isNumber: true, cell: (part) => number(part.pieces, words) }, { head: t("cost"), isNumber: true, cell: (part) => money(part.cost, words) }, { head: t("km"), isNumber: true, cell: (part) => (part.km === null ? "–" : number(part.km, words)) }]} />}
      <p>{t("points")} <b>{number(plan.points, words)}</b> · {t("cost")} <b>{money(plan.cost, words)}</b> · {t("km")} <b>{way(plan, words)}</b>{plan.missing > 0 && <> · <span class="warn">{t("missing", { n: plan.missing })}</span></>}</p>
    </>
  );
}
