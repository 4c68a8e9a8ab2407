/** Which carton to take, and how it is filled: shown when the server says it, waited for by nothing. */
import { useEffect, useState } from "preact/hooks";
import { slotOf } from "../floor/fillTask";
import type { Form } from "../floor/types";
import { ApiError } from "../net/api";
import type { Handheld } from "./handheld";

interface StepItem {
  item: string;
  count: number;
  colour: string;
}

interface Step {
  picture: string;
  items: StepItem[];
}

interface FirstCarton {
  carton: string;
  length_mm: number;
  width_mm: number;
  height_mm: number;
  picture: string;
  steps: Step[];
}

interface Split {
  carton: string;
  items: { item: string; count: number }[];
}

export interface CartonAdvice {
  state: string;
  cartons: { carton: string; count: number }[];
  first: FirstCarton | null;
  split?: Split[];
  lacking?: { item: string; lacks: string[] }[];
  again_seconds?: number;
}

interface Packed {
  item: string;
  name: string;
  quantity: number;
}

interface HintProps {
  handheld: Handheld;
  form: Form;
  contents: Packed[];
  /** How many pieces were scanned: who scans goes on packing, and the large picture makes room. */
  scanned: number;
}

const TRIES = 3;
const AGAIN_MS = 3_000;
const LACKING_SHOWN = 1;

export function CartonHint({ handheld, form, contents, scanned }: HintProps) {
  const release = String(form.info?.["carton_for"]);
  const slot = slotOf(form, "carton");
  const about = JSON.stringify([release, contents.map((one) => [one.item, one.quantity])]);
  const advice = useAdvice(handheld, release, about);
  const [open, setOpen] = useState(false);
  const first = advice?.first ?? null;
  const told = first?.carton ?? null;
  const standing = slot?.default ?? null;
  const taken = String(slot?.value ?? standing ?? first?.carton ?? "");
  useEffect(() => setOpen(false), [about, scanned, taken]);
  useEffect(() => {
    if (advice && slot && standing !== told) void handheld.advised(form.id, told);
  }, [form.id, advice, told, standing]);
  const choices = (slot?.expected as string[] | null | undefined) ?? [];
  const isAway = handheld.view.away;
  const said = <Trouble handheld={handheld} advice={advice} contents={contents} />;
  if (!taken && !(choices.length && (advice || isAway))) return said;
  const isAdvised = first !== null && taken === first.carton;
  const rest = isAdvised ? advice!.cartons.map((one) => ({ ...one, count: one.count - Number(one.carton === first.carton) })).filter((one) => one.count > 0) : [];
  const then = rest.map((one) => `${one.count}\u00a0×\u00a0${one.carton}`).join(", ");
  const sides = isAdvised && !then ? [first.length_mm, first.width_mm, first.height_mm].join(" × ") : "";
  return (
    <>
      {said}
      <button class="carton" disabled={!choices.length && !first?.steps.length} onClick={() => setOpen(true)}>
        {isAdvised && first.picture && <img src={drawn(first.picture)} alt="" />}
        <span class="named"><small>{handheld.text("takeCarton")} {sides}</small><b class={taken.length > 7 ? "long" : ""}>{taken || "?"}</b></span>
        {then && <small class="then">{handheld.text("next")} {then}</small>}
      </button>
      {open && <Steps handheld={handheld} carton={first} split={advice?.split ?? []} contents={contents} choices={choices} taken={taken} close={() => setOpen(false)} />}
    </>
  );
}

/** Why no carton is told, where somebody can do something about it. */
function Trouble({ handheld, advice, contents }: { handheld: Handheld; advice: CartonAdvice | null; contents: Packed[] }) {
  if (advice?.state === "none_fits") return <div class="after">{handheld.text("noCarton")}</div>;
  const lacking = advice?.state === "unmeasured" ? (advice.lacking ?? []) : [];
  if (!lacking.length) return null;
  const names = lacking.slice(0, LACKING_SHOWN).map((one) => contents.find((packed) => packed.item === one.item)?.name ?? one.item).join(", ");
  const hidden = lacking.length - LACKING_SHOWN;
  return <div class="after lacks">{handheld.text("notMeasured", { items: hidden > 0 ? `${names} +${hidden}` : names })}</div>;
}

/** What the server advises for just this content; null until it has said so, and when it has nothing to say. */
export function useAdvice(handheld: Handheld, release: string, about: string): CartonAdvice | null {
  const [told, setTold] = useState<{ about: string; advice: CartonAdvice } | null>(null);
  const { away } = handheld.view;
  const isTold = told?.about === about;
  const isFinal = isTold && !told.advice.again_seconds;
  useEffect(() => {
    if (away || isFinal) return undefined;
    let timer = 0;
    const ask = (tries: number): void => {
      handheld.cartons(release).then((advice) => {
        if (timer < 0) return;
        if (advice.state !== "not_yet") setTold({ about, advice });
        if (advice.again_seconds) timer = window.setTimeout(() => ask(TRIES), 1_000 * advice.again_seconds); // others come first, or time was short
      }, (error: unknown) => {
        const isOver = timer < 0 || tries <= 1 || (error instanceof ApiError && error.status >= 400 && error.status < 429);
        if (!isOver) timer = window.setTimeout(() => ask(tries - 1), AGAIN_MS);
      });
    };
    ask(TRIES);
    return () => {
      clearTimeout(timer);
      timer = -1;
    };
  }, [release, about, away, isFinal]);
  return isTold ? told.advice : null;
}

interface StepsProps {
  handheld: Handheld;
  carton: FirstCarton | null;
  split: Split[];
  contents: Packed[];
  choices: string[];
  taken: string;
  close: () => void;
}

const ITEMS_SHOWN = 3;
const CARTONS_SHOWN = 4;

/** Of several cartons first what goes into which, then how the one at hand is filled; and which cartons could be taken instead. */
function Steps({ handheld, carton, split, contents, choices, taken, close }: StepsProps) {
  const [at, setAt] = useState(0);
  const before = split.length > 1 ? 1 : 0;
  const pages = before + (carton?.steps.length ?? 0);
  const step = carton?.steps[at - before];
  const isLast = at + 1 >= pages;
  const named = (item: string): string => contents.find((one) => one.item === item)?.name ?? item;
  const hidden = (step?.items.length ?? 0) - ITEMS_SHOWN;
  return (
    <div class="pad steps">
      <h1><span>{carton?.carton ?? handheld.text("takeCarton")}</span>{pages > 0 && <span>{handheld.text("progress", { done: at + 1, all: pages })}</span>}</h1>
      {step ? <img src={drawn(step.picture)} alt="" /> : <div class="splits">{before > 0 && <SplitView split={split} named={named} />}</div>}
      {step?.items.slice(0, ITEMS_SHOWN).map((one) => (
        <div class="piece" key={one.item}><svg viewBox="0 0 20 20" width="22" height="22"><rect width="20" height="20" rx="4" fill={one.colour} stroke="#555" /></svg>
          <b>{one.count} ×</b><span>{named(one.item)}</span></div>
      ))}
      {hidden > 0 && <div class="piece">… +{hidden}</div>}
      {choices.length > 0 && (
        <div class="choices">
          {choices.map((one) => <button key={one} class={one === taken ? "on" : ""} onClick={() => (one === taken ? close() : void handheld.takeCarton(one))}>{one}</button>)}
        </div>
      )}
      <div class="buttons">
        <button onClick={() => (at ? setAt(at - 1) : close())}>{handheld.text("back")}</button>
        {pages > 0 && <button onClick={() => (isLast ? close() : setAt(at + 1))}>{handheld.text(isLast ? "done" : "nextStep")}</button>}
      </div>
    </div>
  );
}

function SplitView({ split, named }: { split: Split[]; named: (item: string) => string }) {
  const hidden = split.length - CARTONS_SHOWN;
  return (
    <>
      {split.slice(0, CARTONS_SHOWN).map((one, at) => (
        <div key={at}><b>{at + 1}. {one.carton}</b> <span>{one.items.map((item) => `${item.count} × ${named(item.item)}`).join(", ")}</span></div>
      ))}
      {hidden > 0 && <div>… +{hidden}</div>}
    </>
  );
}

export const drawn = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`;
