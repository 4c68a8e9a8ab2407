/** A label by hand: what is shown is what comes out. */
import { useState } from "preact/hooks";
import { Act } from "../devices/parts";
import { call } from "../net/api";
import type { Printer, Values, Words } from "./shapes";

const COPIES_MAX = 500;

export function Print({ printers, template, values, why, prints, t, say }: Pick<Words, "t" | "say"> & { printers: Printer[]; template: string; values: Values; why: string; prints: (site: string) => boolean }) {
  const [chosen, setChosen] = useState("");
  const [copies, setCopies] = useState("1");
  const [done, setDone] = useState("");
  const at = printers.find((one) => one.name === chosen) ?? printers.find((one) => prints(one.site)) ?? printers[0];
  const printer = at?.name ?? "";
  const count = Number(copies);
  const isCount = Number.isInteger(count) && count >= 1 && count <= COPIES_MAX;
  const stateOf = (one: Printer): string => {
    const key = `printer.${one.condition}`;
    const told = say(key, { printer: one.name });
    return one.condition === "" ? one.name : told === key ? `${one.name}: ${one.sentence}` : told;
  };
  const print = async (): Promise<void> => {
    setDone("");
    const made = await call<{ id: number; printer: string }>({}, "POST", `/api/v1/printers/${encodeURIComponent(printer)}/labels`, { template, values, copies: count });
    setDone(t("comesOut", { ...made, copies: count }));
  };
  return (
    <section class="print"><h2>{t("print")}</h2>
      {why ? <p class="dim">{why}</p> : printers.length === 0 ? <p class="dim">{t("noPrinters")}</p> : <>
        <label><span>{t("printer")}</span><select value={printer} onChange={(event) => setChosen(event.currentTarget.value)}>{printers.map((one) => <option key={one.name} value={one.name}>{stateOf(one)}</option>)}</select></label>
        <label><span>{t("copies")}</span><input type="number" min={1} max={COPIES_MAX} value={copies} aria-invalid={!isCount} onInput={(event) => setCopies(event.currentTarget.value)} /></label>
        {at && !prints(at.site) ? <p class="dim">{t("otherThere", { site: at.site })}</p> : isCount ? <p class="acts"><Act isMain label={t("printNow")} act={print} /></p> : <p class="bad" role="alert">{t("copiesWrong", { most: COPIES_MAX })}</p>}
        {done && <p class="good" role="status">{done}</p>}
      </>}
    </section>
  );
}
