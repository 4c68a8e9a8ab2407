/** The label as it looks; grey while what is written is wrong or newer than it. */
import type { Shown, Wrong } from "./preview";
import { DOTS_A_MM } from "./preview";
import type { Words } from "./shapes";

export function Picture({ shown, dpi, choose, t, told }: { shown: Shown; dpi: number; choose: (dpi: number) => void } & Pick<Words, "t" | "told">) {
  const { picture, size, pages, wrong } = shown;
  return (
    <section class="look"><h2>{t("picture")}</h2>
      <div class={wrong ? "drawn old" : "drawn"} aria-busy={shown.isBusy}>{picture ? <img src={picture} alt={t("picture")} /> : <span>{wrong ? "" : t("drawing")}</span>}</div>
      <p class="told"><span>{size && t("size", { width: size.width_mm, height: size.height_mm })}{pages > 1 && ` · ${t("pages", { pages })}`}</span>
        <span class="dpis" role="group" aria-label={t("resolution")}>{Object.keys(DOTS_A_MM).map(Number).map((one) => (
          <button key={one} aria-pressed={one === dpi} onClick={() => choose(one)}>{one} dpi</button>))}</span></p>
      {wrong && <Note wrong={wrong} dpi={dpi} t={t} told={told} />}
    </section>
  );
}

/** Why there is no newer picture; what is wrong with description and values is said beside them. */
function Note({ wrong, dpi, t, told }: { wrong: Wrong; dpi: number } & Pick<Words, "t" | "told">) {
  switch (wrong.kind) {
    case "away":
      return <p class="bad" role="alert">{wrong.sentence ? told(wrong.error) : t("away")}</p>;
    case "undrawn":
    case "large":
      return <p class="bad" role="alert">{t(wrong.kind, { dpi })}</p>;
    case "unprinted":
      return <p class="dim">{t("unprinted")}</p>;
    default:
      return null;
  }
}
