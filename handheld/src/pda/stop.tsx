/** A full screen in a colour: a scan that was wrong, or a question. What was scanned, what was wanted, what to do now. */
import type { Handheld } from "./handheld";
import { ItemPicture } from "./picture";
import { pictureOf } from "./pictures";
import { hasOnlyTheseAnswers } from "./view";
import { cardName, withWholeCodes } from "./wording";

const WANTED_SHOWN = 3;

export function Stop({ handheld }: { handheld: Handheld }) {
  const refusal = handheld.view.refusal;
  if (!refusal) return null;
  const saysAll = Boolean(refusal.wanted && refusal.scanned && refusal.title.includes(refusal.wanted)); // the same stands below, larger
  const seen = (code: string | null | undefined) => <ItemPicture handheld={handheld} address={code ? pictureOf(handheld.held.all(), code) : null} />;
  return (
    <div class={`stop ${refusal.isQuestion || refusal.isNotice ? "question" : ""}`} role="alert" onClick={() => !refusal.isQuestion && handheld.dismiss()}>
      <h1><span class="sign" aria-hidden="true">{refusal.isQuestion ? "?" : refusal.isNotice ? "!" : "✕"}</span> {saysAll ? handheld.text("refusedTitle") : withWholeCodes(refusal.title)}</h1>
      <dl>
        {refusal.scanned && <div><dt>{handheld.text("scanned")}</dt><dd>{seen(refusal.item)}{withWholeCodes(cardName(handheld, refusal.scanned))}</dd></div>}
        {refusal.wanted && <div><dt>{handheld.text("wanted")}</dt><dd>{seen(refusal.wanted)}{withWholeCodes(named(handheld, refusal.wanted))}</dd></div>}
        {refusal.now && <div class="now"><dt>{handheld.text("doNow")}</dt><dd>{refusal.now}</dd></div>}
      </dl>
      <div class="buttons">
        {refusal.next.map((step) => <button key={step.label} onClick={() => void handheld.follow(step.kind, step.slots)}>{step.label}</button>)}
        {!hasOnlyTheseAnswers(refusal) && <button onClick={() => handheld.dismiss()}>{handheld.text(refusal.isQuestion && refusal.next.length ? "no" : "understood")}</button>}
      </div>
    </div>
  );
}

/** What is wanted by name and code, as far as the task knows names; of many the first. */
function named(handheld: Handheld, wanted: string): string {
  const values = Object.values(handheld.view.task?.codes ?? {}).flat();
  const parts = wanted.split(", ");
  const names = parts.slice(0, WANTED_SHOWN).map((code) => {
    const name = values.find((value) => value.type === "item" && value.key === code)?.name;
    return name && name !== code ? `${name} (${code})` : cardName(handheld, code);
  });
  return [...names, ...(parts.length > WANTED_SHOWN ? ["…"] : [])].join(", ");
}
