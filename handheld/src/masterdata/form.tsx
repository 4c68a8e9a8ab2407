/** Forms that lose nothing: what is typed is kept until the server has taken it, and what it refuses stands beside its field. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Field, Notice } from "../look/parts";
import { ApiError } from "../net/api";
import type { Words } from "./shapes";

type Values = Record<string, string | number | boolean>;

export interface Form<T extends Values> {
  values: T;
  set: (name: keyof T & string, value: string | number | boolean) => void;
  /** What the server said last, and which field it means, if it is one of those that are shown. */
  wrong: unknown;
  wrongAt: string | null;
  shown: Set<string>;
  isBusy: boolean;
  /** Whether something was typed that the server does not have. */
  isChanged: boolean;
  discard: () => void;
  send: (work: (values: T) => Promise<void>) => Promise<void>;
  refuse: (field: string, sentence: string) => void;
}

/** What this page refuses itself. */
class Refused extends Error {
  constructor(readonly field: string, sentence: string) {
    super(sentence);
  }
}

/** `place` is under what name a draft is kept in this tab; secrets are never kept. */
export function useForm<T extends Values>(place: string, start: T, secrets: readonly string[] = []): Form<T> {
  const [values, setValues] = useState<T>(() => ({ ...start, ...kept(place, start) }));
  const [wrong, setWrong] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const shown = useRef(new Set<string>());
  const newest = useRef(values);
  return {
    values, wrong, wrongAt: fieldOf(wrong), shown: shown.current, isBusy, isChanged: Object.keys(start).some((name) => values[name] !== start[name]),
    discard: () => {
      sessionStorage.removeItem(`draft:${place}`);
      newest.current = { ...start };
      setValues(newest.current);
      setWrong(null);
    },
    set: (name, value) => {
      const changed = { ...newest.current, [name]: value };
      newest.current = changed;
      setValues(changed);
      sessionStorage.setItem(`draft:${place}`, JSON.stringify(Object.fromEntries(Object.entries(changed).filter(([key]) => !secrets.includes(key)))));
    },
    send: async (work) => {
      setBusy(true);
      setWrong(null);
      try {
        await work(newest.current);
        sessionStorage.removeItem(`draft:${place}`);
        newest.current = { ...start };
        setValues(newest.current);
      } catch (error) {
        setWrong(error);
      }
      setBusy(false);
    },
    refuse: (field, sentence) => { throw new Refused(field, sentence); },
  };
}

function kept<T extends Values>(place: string, start: T): Partial<T> {
  try {
    const found = JSON.parse(sessionStorage.getItem(`draft:${place}`) ?? "{}") as Values;
    return Object.fromEntries(Object.entries(found).filter(([name, value]) => typeof start[name] === typeof value)) as Partial<T>;
  } catch {
    return {};
  }
}

/** `json.name`, `filters.zone` and `weight_g, volume_ml` each mean the first field that they name. */
export function fieldOf(error: unknown): string | null {
  if (error instanceof Refused) return error.field;
  if (!(error instanceof ApiError)) return null;
  const said = typeof error.args["field"] === "string" ? error.args["field"] : error.errors[0]?.where;
  return said ? (said.split(",")[0] ?? "").replace(/^json\./, "").split(".")[0] ?? null : null;
}

interface Shared<T extends Values> extends Words {
  form: Form<T>;
  name: keyof T & string;
  label: string;
  tip?: string | undefined;
}

function wrongOf<T extends Values>(form: Form<T>, name: string, { speech }: Words): string | null {
  form.shown.add(name);
  return form.wrongAt === name ? (besideField(form.wrong) ?? speech.told(form.wrong)) : null;
}

/** What the server says of one place, without the place's name in the request: it stands beside its field. */
const besideField = (error: unknown): string | null => (error instanceof ApiError && error.args["field"] === undefined ? (error.errors[0]?.what ?? null) : null);

export function TextField<T extends Values>({ form, name, label, tip, t, speech, ...more }: Shared<T> & { type?: "text" | "password"; required?: boolean; disabled?: boolean; placeholder?: string; inputMode?: "numeric" | "text"; maxLength?: number }) {
  const wrong = wrongOf(form, name, { t, speech });
  return <Field label={label} wrong={wrong} {...(tip ? { tip } : {})}><input name={name} autocomplete={more.type === "password" ? "new-password" : "off"} value={String(form.values[name])} aria-invalid={wrong ? "true" : undefined} onInput={(event) => form.set(name, event.currentTarget.value)} {...(more as object)} /></Field>;
}

/** Whole numbers; an empty field is nothing. */
export function NumberField<T extends Values>(props: Shared<T> & { placeholder?: string; disabled?: boolean }) {
  return <TextField {...props} inputMode="numeric" />;
}

export function ChoiceField<T extends Values>({ form, name, label, tip, choices, disabled, t, speech }: Shared<T> & { choices: readonly (readonly [string, string])[]; disabled?: boolean }) {
  const wrong = wrongOf(form, name, { t, speech });
  return <Field label={label} wrong={wrong} {...(tip ? { tip } : {})}><select name={name} disabled={disabled} value={String(form.values[name])} onChange={(event) => form.set(name, event.currentTarget.value)}>{choices.map(([value, words]) => <option key={value} value={value}>{words}</option>)}</select></Field>;
}

export function TickField<T extends Values>({ form, name, label, disabled }: Shared<T> & { disabled?: boolean }) {
  form.shown.add(name);
  return <label class="check"><span>{label}</span><input type="checkbox" name={name} disabled={disabled} checked={Boolean(form.values[name])} onChange={(event) => form.set(name, event.currentTarget.checked)} /></label>;
}

/** The button, and above it what was refused that belongs to no field. */
export function SaveRow<T extends Values>({ form, label, children, t, speech }: Words & { form: Form<T>; label: string; children?: ComponentChildren }) {
  const isAway = form.wrong instanceof ApiError && form.wrong.status === 0;
  return (
    <>
      {form.wrong !== null && (form.wrongAt === null || !form.shown.has(form.wrongAt)) && <Notice tone="bad">{speech.told(form.wrong)}{isAway && <> {t("keptHere")}</>}</Notice>}
      <div class="row"><button class="main" type="submit" disabled={form.isBusy}>{label}</button>{children}{form.isChanged && <button type="button" class="bare" onClick={form.discard}>{t("discard")}</button>}</div>
    </>
  );
}

/** The number in a field, or what stands for an empty one; text that is no number goes to the server as it is, which says so. */
export const numberOf = <E,>(typed: string | number | boolean, empty: E): number | string | E => {
  const text = String(typed).trim();
  return text === "" ? empty : /^-?\d+$/.test(text) ? Number(text) : text;
};
