/** How many commands there is room for below a task: never so many that what the step shows is squeezed. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface Room {
  columns: number;
  rows: number;
}

const GAP = 8;
const AROUND = 14;
const NARROWEST = 64;
/** Of a list, which shows fewer lines where there is less room. */
const LIST_LEAST = 132;

/** Measured before it is painted where a drawing shows something else: to measure costs as much as to draw. `count` buttons are wanted. */
export function useRoom(count: number) {
  const footer = useRef<HTMLElement>(null);
  const measured = useRef("");
  const [room, setRoom] = useState<Room>({ columns: 4, rows: 1 });
  useLayoutEffect(() => {
    const main = footer.current?.parentElement?.querySelector("main");
    if (!footer.current || !main) return;
    const shown = `${count} ${room.columns}x${room.rows} ${whatIsShown(main)}`;
    if (measured.current === shown) return;
    measured.current = shown;
    const now = roomFor(count, main.clientHeight + footer.current.offsetHeight - needed(main));
    if (now.columns !== room.columns || now.rows !== room.rows) setRoom(now);
  });
  return { footer, ...room };
}

/** All that a height hangs on, read without making the browser lay anything out. */
function whatIsShown(main: HTMLElement): string {
  const { dataset, attributes } = document.documentElement;
  const worn = `${dataset["text"] ?? ""} ${String(attributes.getNamedItem("data-gloves") !== null)}`;
  return `${innerWidth}x${innerHeight} ${worn} ${[...main.children].map((child) => `${child.className} ${child.childElementCount}`).join()} ${(main.textContent ?? "").replace(/\d/g, "0")}`; // one digit is as wide as another
}

function roomFor(count: number, height: number): Room {
  const page = document.documentElement;
  const isLarge = page.dataset["text"] === "140" || page.dataset["text"] === "200";
  if (isLarge) return { columns: 2, rows: 2 };
  const target = parseFloat(getComputedStyle(page).getPropertyValue("--target"));
  const fit = Math.max(1, Math.floor((height - AROUND + GAP) / (target + GAP)));
  const wide = Math.floor((innerWidth - 20 + GAP) / (Math.max(target, NARROWEST) + GAP));
  const most = Math.floor((innerWidth - 20 + GAP) / (target + GAP));
  const across = Math.ceil(count / fit) > wide ? Math.min(most, wide + 1) : wide;
  const rows = Math.min(fit, Math.ceil(count / across));
  return { columns: Math.min(across, Math.ceil(count / rows)), rows }; // full rows: large buttons rather than holes
}

/** The height that a task's step takes when nothing of it is squeezed. */
function needed(main: HTMLElement): number {
  const { paddingTop, paddingBottom } = getComputedStyle(main);
  const heights = [...main.children].map((child) => (child.matches(".list") ? LIST_LEAST : Math.max((child as HTMLElement).offsetHeight, child.scrollHeight)));
  const apart = [...main.children].slice(1).reduce((sum, child) => sum + (child.matches(".ask") ? GAP : parseFloat(getComputedStyle(child).marginTop)), 0);
  return parseFloat(paddingTop) + parseFloat(paddingBottom) + heights.reduce((sum, height) => sum + height, 0) + apart;
}
