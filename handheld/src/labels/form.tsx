/** What shall stand on the label: a field of the form for each field of the label, filled with its sample. */
import type { Wrong } from "./preview";
import type { Field, Values, Words } from "./shapes";
import { shownIn, type Typed } from "./values";

export function Form({ fields, sample, typed, changed, wrong, t, told }: {
  fields: Field[]; sample: Values; typed: Typed; changed: (typed: Typed) => void; wrong: Wrong | null; t: Words["t"]; told: Words["told"];
}) {
  const isOfOne = wrong !== null && fields.some((one) => one.name === wrong.field);
  const sentence = wrong?.kind === "rows" ? t("noRows") : wrong ? told(wrong.error) : "";
  return (
    <section class="values"><h2>{t("values")}</h2>
      {fields.length === 0 && <p class="dim">{t("noFields")}</p>}
      <div class="fields">{fields.map((field) => (
        <label key={field.name} class={field.kind}><span>{field.name}{field.required && <b title={t("required")}> *</b>}</span>
          <Input field={field} value={shownIn(field, sample, typed)} isWrong={isOfOne && wrong?.field === field.name} changed={(value) => changed({ ...typed, [field.name]: value })} />
          {isOfOne && wrong?.field === field.name && <span class="bad" role="alert">{sentence}</span>}</label>
      ))}</div>
      {wrong && !isOfOne && <p class="bad" role="alert">{sentence}</p>}
      {Object.keys(typed).length > 0 && <p><button onClick={() => changed({})}>{t("sampleAgain")}</button></p>}
    </section>
  );
}

function Input({ field, value, isWrong, changed }: { field: Field; value: string | boolean; isWrong: boolean; changed: (value: string | boolean) => void }) {
  const text = String(value);
  if (field.kind === "flag") return <input type="checkbox" checked={value === true} onChange={(event) => changed(event.currentTarget.checked)} />;
  if (field.kind === "rows") return <textarea rows={6} spellcheck={false} aria-invalid={isWrong} value={text} onInput={(event) => changed(event.currentTarget.value)} />;
  if (field.choices.length > 0) return (
    <select value={text} onChange={(event) => changed(event.currentTarget.value)}>{["", ...field.choices].map((one) => <option key={one} value={one}>{one || "–"}</option>)}</select>
  );
  const typing = { "aria-invalid": isWrong, value: text, onInput: (event: { currentTarget: HTMLInputElement }) => changed(event.currentTarget.value) };
  if (field.kind === "number") return <input type="number" step="any" {...typing} />;
  return field.kind === "date" ? <input type="date" {...typing} /> : <input type="text" {...typing} />;
}
