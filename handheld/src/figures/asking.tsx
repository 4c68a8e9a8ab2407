/** Which days, compared with which, of whom. */
import { Field } from "../look/parts";
import { COMPARES, SPANS, type Asked, type Found } from "./shapes";
import type { T } from "./value";

const STEPS = [["", "auto"], ["hour", "hour"], ["day", "day"], ["week", "weeks"], ["month", "months"]] as const;

export interface Choices {
  sites: { code: string; name: string }[];
  people: { badge: string; name: string }[];
  zones: string[];
}

export function Asking({ asked, ask, found, choices, files, t }: { asked: Asked; ask: (asked: Asked) => void; found: Found | null; choices: Choices; files: ((ending: "csv" | "pdf") => string) | null; t: T }) {
  const set = (part: Partial<Asked>): void => ask({ ...asked, ...part });
  const day = (label: "from" | "to", key: "from" | "to" | "compareFrom" | "compareTo") => (
    <Field label={t(label)}><input type="date" value={asked[key]} onChange={(event) => set({ [key]: event.currentTarget.value })} /></Field>);
  const own = (key: "own" | "ownCompare"): Partial<Asked> => (key === "own" ? { span: key, from: asked.from || (found?.span.from ?? ""), to: asked.to || (found?.span.to ?? "") }
    : { compare: key, compareFrom: asked.compareFrom || (found?.before?.from ?? ""), compareTo: asked.compareTo || (found?.before?.to ?? "") });
  return (
    <section class="asking card stack">
      <div class="row">
        <span class="choice grow" role="group" aria-label={t("span", { from: t("from"), to: t("to") })}>{SPANS.map((one) => <button key={one} aria-pressed={asked.span === one} onClick={() => set(one === "own" ? own("own") : { span: one })}>{t(one)}</button>)}</span>
        {files && <><a class="button" href={files("csv")}>{t("csv")}</a><a class="button" href={files("pdf")}>{t("pdf")}</a></>}
      </div>
      {asked.span === "own" && <div class="fields">{day("from", "from")}{day("to", "to")}</div>}
      <div class="fields">
        <Field label={t("compare")}><select value={asked.compare} onChange={(event) => set(event.currentTarget.value === "ownCompare" ? own("ownCompare") : { compare: event.currentTarget.value as Asked["compare"] })}>
          {COMPARES.map((one) => <option key={one} value={one}>{t(one)}</option>)}</select></Field>
        {asked.compare === "ownCompare" && day("from", "compareFrom")}{asked.compare === "ownCompare" && day("to", "compareTo")}
        <Field label={t("by")}><select value={asked.by} onChange={(event) => set({ by: event.currentTarget.value })}>{STEPS.map(([value, key]) => <option key={value} value={value}>{t(key)}</option>)}</select></Field>
        <Field label={t("worker")}><select value={asked.worker} onChange={(event) => set({ worker: event.currentTarget.value, zone: "" })}>
          <option value="">{t("everybody")}</option>{choices.people.map((one) => <option key={one.badge} value={one.badge}>{one.name}</option>)}</select></Field>
        {choices.zones.length > 1 && <Field label={t("zone")}><select value={asked.zone} onChange={(event) => set({ zone: event.currentTarget.value, worker: "" })}>
          <option value="">{t("everywhere")}</option>{choices.zones.map((one) => <option key={one} value={one}>{one}</option>)}</select></Field>}
        {choices.sites.length > 1 && <Field label={t("warehouse")}><select value={asked.site || found?.site.code} onChange={(event) => set({ site: event.currentTarget.value })}>
          {choices.sites.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></Field>}
      </div>
    </section>
  );
}
