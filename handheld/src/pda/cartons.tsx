/** Which carton to take, and how it is filled: shown when the server says it, waited for by nothing. */
import { useEffect, useState } from "preact/hooks";
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

export interface CartonAdvice {
  state: string;
  cartons: { carton: string; count: number }[];
  first: FirstCarton | null;
}

interface Packed {
  item: string;
  name: string;
  quantity: number;
}

interface HintProps {
  handheld: Handheld;
  release: string;
  contents: Packed[];
  /** How many pieces were scanned: who scans goes on packing, and the large picture makes room. */
  scanned: number;
}

const TRIES = 3;
const AGAIN_MS = 3_000;

export function CartonHint({ handheld, release, contents, scanned }: HintProps) {
  const about = JSON.stringify([release, contents.map((one) => [one.item, one.quantity])]);
  const advice = useAdvice(handheld, release, about);
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [about, scanned]);
  if (advice?.state === "none_fits") return <div class="after">{handheld.text("noCarton")}</div>;
  const first = advice?.first;
  if (!first) return null;
  const rest = advice.cartons.map((one) => ({ ...one, count: one.count - Number(one.carton === first.carton) })).filter((one) => one.count > 0);
  const then = rest.map((one) => `${one.count}\u00a0×\u00a0${one.carton}`).join(", ");
  const sides = then ? "" : [first.length_mm, first.width_mm, first.height_mm].join(" × ");
  return (
    <>
      <button class="carton" disabled={!first.steps.length} onClick={() => setOpen(true)}>
        {first.picture && <img src={drawn(first.picture)} alt="" />}
        <span class="named"><small>{handheld.text("takeCarton")} {sides}</small><b class={first.carton.length > 7 ? "long" : ""}>{first.carton}</b></span>
        {then && <small class="then">{handheld.text("next")} {then}</small>}
      </button>
      {open && <Steps handheld={handheld} carton={first} contents={contents} close={() => setOpen(false)} />}
    </>
  );
}

/** What the server advises for just this content; null until it has said so, and when it has nothing to say. */
function useAdvice(handheld: Handheld, release: string, about: string): CartonAdvice | null {
  const [told, setTold] = useState<{ about: string; advice: CartonAdvice } | null>(null);
  const { away } = handheld.view;
  const isTold = told?.about === about;
  useEffect(() => {
    if (away || isTold) return undefined;
    let timer = 0;
    const ask = (tries: number): void => {
      handheld.cartons(release).then((advice) => timer >= 0 && setTold({ about, advice }), (error: unknown) => {
        const isOver = timer < 0 || tries <= 1 || (error instanceof ApiError && error.status >= 400 && error.status < 429);
        if (!isOver) timer = window.setTimeout(() => ask(tries - 1), AGAIN_MS);
      });
    };
    ask(TRIES);
    return () => {
      clearTimeout(timer);
      timer = -1;
    };
  }, [release, about, away, isTold]);
  return isTold ? told.advice : null;
}

interface StepsProps {
  handheld: Handheld;
  carton: FirstCarton;
  contents: Packed[];
  close: () => void;
}

const ITEMS_SHOWN = 3;

function Steps({ handheld, carton, contents, close }: StepsProps) {
  const [at, setAt] = useState(0);
  const step = carton.steps[at];
  if (!step) return null;
  const isLast = at + 1 === carton.steps.length;
  const named = (item: string): string => contents.find((one) => one.item === item)?.name ?? item;
  const hidden = step.items.length - ITEMS_SHOWN;
  return (
    <div class="pad steps">
      <h1><span>{carton.carton}</span><span>{handheld.text("progress", { done: at + 1, all: carton.steps.length })}</span></h1>
      <img src={drawn(step.picture)} alt="" />
      {step.items.slice(0, ITEMS_SHOWN).map((one) => (
        <div class="piece" key={one.item}><svg viewBox="0 0 20 20" width="22" height="22"><rect width="20" height="20" rx="4" fill={one.colour} stroke="#555" /></svg>
          <b>{one.count} ×</b><span>{named(one.item)}</span></div>
      ))}
      {hidden > 0 && <div class="piece">… +{hidden}</div>}
      <div class="buttons">
        <button onClick={() => (at ? setAt(at - 1) : close())}>{handheld.text("back")}</button>
        <button onClick={() => (isLast ? close() : setAt(at + 1))}>{handheld.text(isLast ? "done" : "nextStep")}</button>
      </div>
    </div>
  );
}

const drawn = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`;
