/** The parts that the screens of all stations are made of: read from afar, worked without a touch. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../floor/types";
import { ApiError, call, type Keys } from "../net/api";
import type { Handheld } from "../pda/handheld";
import { usePicture } from "../pda/picture";
import { isBroken, type Colour, type Peripheral, type Shown } from "./shapes";
import type { Key, T } from "./texts";

export type Say = (message: Message | undefined) => string;
export type Trouble = "away" | "signIn" | "gone" | null;
export const MARKS: Record<Colour, string> = { green: "✓", amber: "!", red: "✕" };
export const time = (at: number): string => new Date(at).toLocaleTimeString([], { hour12: false });

const LOOK_MS = 500;
/** While a parcel is put on the scale its weight is looked at so often. */
export const WEIGHING_MS = 250;

/** What the server shows for a station, looked at again and again, with 0 no more: a screen that was away is right again by itself. */
export function useShown(keys: () => Keys, code: string, everyMs = LOOK_MS): { shown: Shown | null; trouble: Trouble } {
  const [shown, setShown] = useState<Shown | null>(null);
  const [trouble, setTrouble] = useState<Trouble>(null);
  const every = useRef(everyMs);
  every.current = everyMs;
  useEffect(() => {
    let timer = 0;
    const look = async (): Promise<void> => {
      try {
        const found = await call<Shown>(keys(), "GET", `/api/v1/stations/${encodeURIComponent(code)}/screen`, undefined, 3_000);
        if (timer >= 0) { setShown(found); setTrouble(null); }
      } catch (error) {
        const status = error instanceof ApiError ? error.status : 0;
        if (timer >= 0) setTrouble(status === 401 || status === 403 ? "signIn" : status === 404 ? "gone" : "away");
      }
      if (timer >= 0 && every.current) timer = window.setTimeout(() => void look(), every.current);
    };
    void look();
    return () => { clearTimeout(timer); timer = -1; };
  }, [code]);
  return { shown, trouble };
}

/** Why nothing comes out of the printer now; empty where it is ready. */
export function printerSaid({ printer }: Shown, say: Say): string {
  if (!printer || !printer.condition || printer.condition === "ready" || printer.condition === "one_way") return "";
  const key = `printer.${printer.condition}`;
  const told = say({ key, args: { printer: printer.name } });
  return told === key ? printer.sentence : told;
}

interface HeadProps {
  code: string;
  about: ComponentChildren;
  children?: ComponentChildren;
}

export const Head = ({ code, about, children }: HeadProps) => <header class="head"><h1>{code}</h1><span class="about">{about}</span><span class="right">{children}</span></header>;

/** A colour, an icon and a word for the whole middle of the screen. */
export const Flood = ({ colour, mark, children }: { colour: Colour | "calm"; mark?: string; children: ComponentChildren }) => (
  <div class={`flooded ${colour}`} aria-live="assertive">{(mark ?? (colour === "calm" ? "" : MARKS[colour])) && <b class="mark">{mark ?? MARKS[colour as Colour]}</b>}<p>{children}</p></div>
);

/** A line over the whole width: something is in the way, and what to do about it. */
export const Band = ({ tone, mark, children }: { tone: "warn" | "bad" | "good"; mark: string; children: ComponentChildren }) => <p class={`band ${tone}`} role="status"><b>{mark}</b><span>{children}</span></p>;

export const stateKey = (one: Peripheral): Key => (one.state === "wrong" ? "wrongDevice" : one.state);

/** What is wrong with a device, and what to do now: in the reader's language where the server has the sentence. */
export function deviceSaid(one: Peripheral, t: T, say: Say): string {
  const key = `device.${one.error_code}`;
  const name = `${t(one.kind as Key)} ${one.name}`;
  const told = say({ key, args: { place: name } });
  return one.state === "lost" || told === key ? t("plugIn") : told;
}

/** How the station's devices are, always in the same corner. */
export function Devices({ shown, t, say }: { shown: Shown; t: T; say: Say }) {
  const trouble = printerSaid(shown, say);
  const named = (one: Peripheral): string => (shown.peripherals.filter((other) => other.kind === one.kind).length > 1 ? ` ${one.name}` : "");
  return (
    <footer class="devices">
      {shown.peripherals.map((one) => (
        <span key={one.name} class={`device ${one.state}`}><b>{one.state === "connected" ? "✓" : isBroken(one) ? "✕" : "…"}</b> {t(one.kind as Key)}{named(one)}: {t(stateKey(one))}</span>
      ))}
      {shown.printer && <span class={`device ${trouble ? "lost" : "connected"}`}><b>{trouble ? "✕" : "✓"}</b> {t("printer")}: {trouble || shown.printer.name}</span>}
    </footer>
  );
}

interface FittingProps<One> {
  items: One[];
  id: (one: One) => string;
  row: (one: One) => ComponentChildren;
  more: (count: number) => string;
  kind?: string;
}

/** As many rows as there is room for, and how many are left: nothing is cut in half, nothing has to be scrolled. */
export function Fitting<One>({ items, id, row, more, kind = "" }: FittingProps<One>) {
  const place = useRef<HTMLDivElement>(null);
  const [count, setCount] = useState(items.length);
  const [size, setSize] = useState("");
  const about = `${items.map(id).join()} ${size}`;
  useLayoutEffect(() => setCount(items.length), [about]);
  useLayoutEffect(() => {
    const box = place.current;
    if (box && count > 1 && (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)) setCount(count - 1);
  }, [about, count]);
  useEffect(() => {
    const measure = (): void => setSize(`${innerWidth}×${innerHeight}`);
    measure();
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  const left = items.length - Math.min(count, items.length);
  return (
    <div class={`fitting ${kind}`} ref={place}>
      {items.slice(0, count).map((one) => <div class="one" key={id(one)}>{row(one)}</div>)}
      {left > 0 && <div class="left">{more(left)}</div>}
    </div>
  );
}

/** The item's picture, or its first letters where it has none yet. */
export function Picture({ handheld, of, name }: { handheld: Handheld; of: unknown; name: string }) {
  const source = usePicture(handheld, typeof of === "string" && of ? of : null);
  const [bad, setBad] = useState<unknown>(null);
  if (source && bad !== of) return <img class="photo" src={source} alt="" onError={() => setBad(of)} />;
  return <span class="photo none" aria-hidden="true">{[...name].slice(0, 2).join("")}</span>;
}
