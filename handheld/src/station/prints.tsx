/** The print station: scan anything, its label comes out; what becomes of each label is told as it is. */
import { currentForm } from "../floor/fillTask";
import { labelSaid } from "./labels";
import { Band, Fitting, printerSaid } from "./parts";
import type { Work } from "./table";

export function Prints({ handheld, shown, t }: Work) {
  const { task } = handheld.view;
  const form = task?.kind === "relabel" ? currentForm(task) : undefined;
  const copies = Number(form?.info?.["copies"] ?? 1);
  const why = printerSaid(shown, handheld.say);
  return (
    <main class="prints">
      <section class="pane asks">
        <span class="glyph">▤</span>
        <p class="far-l">{t("scanAnything")}</p>
        {copies > 1 ? <b class="far-xl">{t("copies", { count: copies })}</b> : <p class="far-s dim">{t("anythingIs")}</p>}
        {form && copies === 1 && <p class="far-s good"><b>✓ {handheld.say(form.prompt)}</b></p>}
      </section>
      <section class="pane jobs">
        <h2>{t("lastLabels")}</h2>
        {!shown.printer ? <Band tone="bad" mark="✕">{t("noPrinter")}</Band> : why && <Band tone="bad" mark="✕">{why}</Band>}
        <Fitting kind="rows" items={shown.labels} id={(one) => String(one.id)} more={(count) => t("more", { count })} row={(one) => {
          const { tone, mark, said } = labelSaid(one, shown, t, handheld.say);
          return <div class={`job-row ${tone}`}><b class="mark">{mark}</b><span class="grow"><b>{one.code}</b><small>{said}</small></span>{one.copies > 1 && <b>{t("copies", { count: one.copies })}</b>}</div>;
        }} />
      </section>
    </main>
  );
}
