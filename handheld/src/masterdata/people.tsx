/** People: who works here, as what, in which language, and with which PIN. */
import { useEffect, useState } from "preact/hooks";
import { Chip, Notice, Panel, Rows } from "../look/parts";
import { call } from "../net/api";
import { pages } from "../net/lists";
import { ChoiceField, SaveRow, TextField, useForm } from "./form";
import type { Person, Site, Words } from "./shapes";
import { Toolbar } from "./toolbar";

export const ROLES = ["worker", "supervisor", "manager", "admin"] as const;

export function People({ sites, ...words }: Words & { sites: Site[] }) {
  const { t, speech } = words;
  const [all, setAll] = useState<Person[] | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Person | "new" | null>(null);
  const look = (): void => void pages<Person>("/api/v1/workers?limit=200").then((found) => { setAll(found); setWrong(null); }, setWrong);
  useEffect(look, []);
  const wanted = search.toUpperCase();
  const shown = (all ?? []).filter((one) => one.badge.includes(wanted) || one.name.toUpperCase().includes(wanted)).sort((one, other) => (one.badge < other.badge ? -1 : 1));
  return (
    <>
      <Toolbar {...words} kind="workers" search={search} setSearch={setSearch} add={() => setOpen("new")} addLabel={t("newPerson")} changed={look}>
        <a class="button" href={`/cards/badges?language=${speech.language}`} target="_blank" rel="noreferrer">{t("printBadges")}</a>
      </Toolbar>
      {wrong !== null && <Notice tone="bad" act={<button onClick={look}>{t("again")}</button>}>{speech.told(wrong)}</Notice>}
      {all === null ? <p class="dim">…</p> : <Rows title={t("people")} rows={shown} id={(row) => row.badge} empty={t(search ? "nothingFound" : "noPeople")} columns={[
        { head: t("badge"), cell: (row) => <button class="bare open" onClick={() => setOpen(row)}>{row.badge}</button> }, { head: t("name"), cell: (row) => row.name }, { head: t("role"), cell: (row) => t(`role_${row.role}` as "role_worker") },
        { head: t("language"), cell: (row) => (row.language === "zh-CN" ? "中文" : "English") }, { head: t("state"), cell: (row) => (row.disabled ? <Chip tone="bad">{t("lockedOut")}</Chip> : <Chip tone="good">{t("letIn")}</Chip>) }]} />}
      {open !== null && <Panel title={open === "new" ? t("newPerson") : open.badge} close={() => setOpen(null)} closeText={t("close")}><PersonForm {...words} person={open === "new" ? null : open} sites={sites} saved={() => { look(); setOpen(null); }} /></Panel>}
    </>
  );
}

function PersonForm({ person, sites, saved, ...words }: Words & { person: Person | null; sites: Site[]; saved: () => void }) {
  const { t } = words;
  const isBound = person !== null && person.site_id !== null;
  const form = useForm(`person/${person?.badge ?? ""}`, { badge: person?.badge ?? "", name: person?.name ?? "", role: person?.role ?? "worker", language: person?.language ?? words.speech.language, site: isBound ? sites[0]?.code ?? "" : "",
    pin: "", pinAgain: "", password: "", passwordAgain: "", skills: (person?.skills ?? []).join(", "), zones: (person?.zones ?? []).join(", ") }, ["pin", "pinAgain", "password", "passwordAgain"]);
  const f = { form, ...words };
  const hasSkills = person?.skills !== undefined;
  const send = (disabled?: boolean) => form.send(async (values) => {
    if (values.pin !== values.pinAgain) form.refuse("pinAgain", t("notTheSame"));
    if (values.password !== values.passwordAgain) form.refuse("passwordAgain", t("notTheSame"));
    await call({}, "PUT", `/api/v1/workers/${encodeURIComponent(values.badge.trim())}`, { name: values.name, role: values.role, language: values.language, site: values.site || null, ...(values.pin ? { pin: values.pin } : {}),
      ...(values.password ? { password: values.password } : {}), ...(disabled === undefined ? {} : { disabled }), ...(hasSkills ? { skills: listed(values.skills), zones: listed(values.zones) } : {}) });
    saved();
  });
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <div class="grid fields">
        <TextField {...f} name="badge" label={t("badge")} tip={t("badgeTip")} required disabled={person !== null} maxLength={64} /><TextField {...f} name="name" label={t("name")} required maxLength={128} />
        <ChoiceField {...f} name="role" label={t("role")} tip={t(`role_${form.values.role}_tip` as "role_worker_tip")} choices={ROLES.map((one) => [one, t(`role_${one}`)] as const)} />
        <ChoiceField {...f} name="language" label={t("language")} choices={[["en", "English"], ["zh-CN", "中文"]]} />
        <ChoiceField {...f} name="site" label={t("site")} choices={[["", t("everySite")], ...sites.map((one) => [one.code, `${one.code} ${one.name}`] as const)]} />
        {hasSkills && <><TextField {...f} name="skills" label={t("skills")} tip={t("skillsTip")} /><TextField {...f} name="zones" label={t("zones")} tip={t("zonesTip")} /></>}
      </div>
      <div class="grid fields">
        <TextField {...f} name="pin" type="password" inputMode="numeric" label={t("pin")} tip={t(person ? "pinTipOld" : "pinTip")} maxLength={12} /><TextField {...f} name="pinAgain" type="password" inputMode="numeric" label={t("pinAgain")} maxLength={12} />
        {form.values.role !== "worker" && <><TextField {...f} name="password" type="password" label={t("password")} tip={t("passwordTip")} /><TextField {...f} name="passwordAgain" type="password" label={t("passwordAgain")} /></>}
      </div>
      <SaveRow {...f} label={t("save")}>{person && <button type="button" class={person.disabled ? "" : "danger"} onClick={() => void send(!person.disabled)}>{t(person.disabled ? "doLetIn" : "lockOut")}</button>}</SaveRow>
    </form>
  );
}

const listed = (typed: string): string[] => typed.split(/[,，\s]+/).filter(Boolean);
