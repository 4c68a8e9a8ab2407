/** The label as it looks; grey while what is written is wrong or newer than it. */
import type { Shown } from "./preview";
import { DOTS_A_MM } from "./preview";
import type { Words } from "./shapes";

export function Picture({ shown, dpi, choose, t }: { shown: Shown; dpi: number; choose: (dpi: number) => void; t: Words["t"] }) {
  const { picture, size, pages, wrong } = shown;
  const note = wrong?.kind === "away" ? wrong.sentence || t("away") : wrong?.kind === "undrawn" ? t("undrawn") : wrong?.kind === "large" ? t("large", { dpi }) : "";
  return (
    <section class="look"><h2>{t("picture")}</h2>
      <div class={wrong ? "drawn old" : "drawn"} aria-busy={shown.isBusy}>{picture ? <img src={picture} alt={t("picture")} /> : <span>{wrong ? "" : t("drawing")}</span>}</div>
      <p class="told"><span>{size && t("size", { width: size.width_mm, height: size.height_mm })}{pages > 1 && ` · ${t("pages", { pages })}`}</span>
        <span class="dpis" role="group" aria-label={t("resolution")}>{Object.keys(DOTS_A_MM).map(Number).map((one) => (
          <button key={one} aria-pressed={one === dpi} onClick={() => choose(one)}>{one} dpi</button>))}</span></p>
      {note && <p class="bad" role="alert">{note}</p>}
    </section>
  );
}
