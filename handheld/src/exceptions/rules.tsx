/** The rules of a warehouse, kind by kind: whose exceptions are, what is done by itself, to whom they pass. */
import { useEffect, useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { Field, Notice } from "../look/parts";
import { call } from "../net/api";
import { items } from "../net/lists";
import type { Owner, Rule, Step, Words } from "./shapes";
import { Unfolded } from "./unfolded";

export function Rules({ site, owners, ...words }: Words & { site: string; owners: Owner[] }) {
  const { t, speech } = words;
  const [rules, setRules] = useState<Rule[] | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const look = (): void => void items<Rule>(`/api/v1/exception-rules?site=${encodeURIComponent(site)}`).then((found) => { setRules(found); setWrong(null); }, setWrong);
  useEffect(look, [site]);
  const acts = useActs({ t: t as unknown as Parameters<typeof useActs>[0]["t"], changed: async () => undefined }, look);
  const save = (rule: Rule) => acts.act(async () => {
    const { kind, solves: _solves, opens_by_time: _opens, ...body } = rule;
    await call({}, "PUT", `/api/v1/exception-rules/${kind}`, { ...body, site });
    return t("saved", { what: t(`kind.${kind}`) });
  });
  return (
    <div class="stack">
      <p class="dim">{t("rulesTip")}</p>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      <Said said={acts.said} />
      <div class="rules">{rules?.map((rule) => <Unfolded key={rule.kind} head={<><b>{t(`kind.${rule.kind}`)}</b> <span class="dim">{summary(rule, owners, t)}</span></>}>
        {() => <RuleForm {...words} rule={rule} owners={owners} isBusy={acts.isBusy} save={save} />}</Unfolded>)}</div>
    </div>
  );
}

function summary(rule: Rule, owners: Owner[], t: Words["t"]): string {
  const named = (badge: string | null): string => owners.find((one) => one.badge === badge)?.name ?? badge ?? t(rule.kind === "any" ? "firstOwner" : "asAll");
  const solve = rule.solve ? t("ruleSolves", { step: t(`step.${rule.solve}`), n: rule.solve_after_minutes }) : "";
  const passes = rule.pass_after_hours !== null ? t("rulePasses", { n: rule.pass_after_hours, who: named(rule.pass_to) }) : "";
  return [named(rule.owner), solve, passes].filter(Boolean).join(" · ");
}

const whole = (typed: string): number | null => (typed.trim() === "" ? null : Number(typed));

function RuleForm({ rule, owners, isBusy, save, t }: Words & { rule: Rule; owners: Owner[]; isBusy: boolean; save: (rule: Rule) => void }) {
  const [said, setSaid] = useState(rule);
  const set = (change: Partial<Rule>): void => setSaid({ ...said, ...change });
  const people = (empty: string) => [<option key="" value="">{empty}</option>, ...owners.map((one) => <option key={one.badge} value={one.badge}>{one.name}</option>)];
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); save(said); }}>
      <div class="grid fields">
        <Field label={t("ruleOwner")}><select name="owner" value={said.owner ?? ""} onChange={(event) => set({ owner: event.currentTarget.value || null })}>{people(t(rule.kind === "any" ? "firstOwner" : "asAll"))}</select></Field>
        {rule.solves.length > 0 && <>
          <Field label={t("solve")}><select name="solve" value={said.solve} onChange={(event) => set({ solve: event.currentTarget.value as Step | "" })}><option value="">{t("nothing")}</option>{rule.solves.map((one) => <option key={one} value={one}>{t(`step.${one}`)}</option>)}</select></Field>
          <Field label={t("after")}><input name="after" type="number" min={0} max={86_400} value={said.solve_after_minutes} onInput={(event) => set({ solve_after_minutes: Number(event.currentTarget.value) })} /></Field></>}
        {rule.opens_by_time && <Field label={t("opens")}><input name="opens" type="number" min={0} max={8_760} value={said.opens_after_hours ?? ""} onInput={(event) => set({ opens_after_hours: whole(event.currentTarget.value) })} /></Field>}
        {rule.kind !== "any" && <>
          <Field label={t("passTo")}><select name="pass_to" value={said.pass_to ?? ""} onChange={(event) => set({ pass_to: event.currentTarget.value || null, pass_after_hours: event.currentTarget.value ? said.pass_after_hours ?? 24 : null })}>{people(t("nobody"))}</select></Field>
          <Field label={t("passAfter")}><input name="pass_after" type="number" min={1} max={8_760} disabled={said.pass_to === null} required={said.pass_to !== null} value={said.pass_after_hours ?? ""} onInput={(event) => set({ pass_after_hours: whole(event.currentTarget.value) })} /></Field></>}
      </div>
      <div class="row"><button class="main" type="submit" disabled={isBusy}>{t("save")}</button></div>
    </form>
  );
}
