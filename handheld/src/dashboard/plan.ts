/** Where each place of the floor is on a picture of it: places that stand one above another are one spot. */
import { BLOCKED, COUNT, HELD, SUSPECT, type BinNow, type Groups, type OnMap, type Place } from "./shapes";

export interface Spot {
  x: number;
  y: number;
  kind: string;
  /** From the floor upwards. */
  places: Place[];
}
export interface Plan {
  spots: Spot[];
  of: Map<number, Spot>;
  /** The extent in mm, and how wide and deep a spot may be without touching the next. */
  left: number; top: number; width: number; depth: number; spotWidth: number; spotDepth: number;
}

const SPOT_MM = 1_000;
const AISLE_SHARE = 0.55;

export function planOf(places: Place[]): Plan {
  const found = new Map<string, Spot>();
  for (const place of places) {
    const key = place[2] === "bin" ? `${place[6]}/${place[7]}` : place[1];
    const spot = found.get(key) ?? { x: place[6], y: place[7], kind: place[2], places: [] };
    spot.places.push(place);
    found.set(key, spot);
  }
  const spots = [...found.values()];
  spots.forEach((spot) => spot.places.sort((a, b) => a[5] - b[5]));
  const bins = spots.filter((spot) => spot.kind === "bin");
  const lanes = spots.filter((spot) => spot.kind !== "bin" && spot.x === 0 && spot.y === 0);
  const { left, top, width, depth } = extent(bins);
  lanes.forEach((spot, at) => { spot.x = left + at * SPOT_MM * 2; spot.y = top - SPOT_MM * 3; });  // nobody said where they are: beside the bins
  const all = extent(spots);
  return { spots, of: new Map(spots.flatMap((spot) => spot.places.map((place) => [place[0], spot] as const))), ...(spots.length ? all : { left, top, width, depth }),
    spotWidth: Math.min(SPOT_MM * 2, gap(bins.map((spot) => spot.x)) * AISLE_SHARE), spotDepth: gap(bins.map((spot) => spot.y)) * 0.86 };
}

function extent(spots: Spot[]): { left: number; top: number; width: number; depth: number } {
  let [left, top, right, bottom] = spots.length ? [Infinity, Infinity, -Infinity, -Infinity] : [0, 0, 0, 0];
  for (const { x, y } of spots) {
    left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y);
  }
  return { left, top, width: Math.max(SPOT_MM, right - left), depth: Math.max(SPOT_MM, bottom - top) };
}

function gap(values: number[]): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((value, at) => value - (sorted[at] ?? 0)).filter((one) => one > 0);
  return gaps.length ? Math.min(...gaps) : SPOT_MM;
}

/** From mm to the picture's points; turned where it fits better lying. */
export interface View { scale: number; dx: number; dy: number; isTurned: boolean }

const EDGE = 20;

export function viewOf(plan: Plan, width: number, height: number): View {
  const [w, h] = [plan.width + plan.spotWidth, plan.depth + plan.spotDepth];
  const fit = (a: number, b: number): number => Math.min((width - 2 * EDGE) / a, (height - 2 * EDGE) / b);
  const isTurned = fit(h, w) > fit(w, h) * 1.15;
  const scale = Math.max(1e-6, isTurned ? fit(h, w) : fit(w, h));
  const [across, down] = isTurned ? [h * scale, w * scale] : [w * scale, h * scale];
  return { scale, isTurned, dx: (width - across) / 2, dy: (height - down) / 2 };
}

/** The middle of a spot on the picture. */
export function middle(plan: Plan, view: View, spot: Spot): [number, number] {
  const a = (spot.x - plan.left + plan.spotWidth / 2) * view.scale;
  const b = (spot.y - plan.top + plan.spotDepth / 2) * view.scale;
  return view.isTurned ? [view.dx + b, view.dy + a] : [view.dx + a, view.dy + b];
}

export function sizeOf(plan: Plan, view: View): [number, number] {
  const [w, h] = [Math.max(2, plan.spotWidth * view.scale), Math.max(2, plan.spotDepth * view.scale)];
  return view.isTurned ? [h, w] : [w, h];
}

/** The spot that was pointed at, or the nearest within a finger's width. */
export function spotAt(plan: Plan, view: View, x: number, y: number, reach = 24): Spot | null {
  const [w, h] = sizeOf(plan, view);
  let best: Spot | null = null;
  let least = Infinity;
  for (const spot of plan.spots) {
    const [mx, my] = middle(plan, view, spot);
    const off = Math.max(Math.abs(x - mx) - w / 2, Math.abs(y - my) - h / 2);
    if (off < least) [best, least] = [spot, off];
  }
  return least <= reach ? best : null;
}

export interface SpotNow { fill: number; flags: number; picks: number }

/** What a spot shows of all its levels: the fullest, every flag, all picks. */
export function spotsNow(plan: Plan, bins: BinNow[]): Map<Spot, SpotNow> {
  const now = new Map<Spot, SpotNow>();
  for (const [id, fill, flags, picks] of bins) {
    const spot = plan.of.get(id);
    if (!spot) continue;
    const one = now.get(spot) ?? { fill: 0, flags: 0, picks: 0 };
    now.set(spot, { fill: Math.abs(fill) > Math.abs(one.fill) || one.fill === 0 ? fill : one.fill, flags: one.flags | flags, picks: one.picks + picks });
  }
  return now;
}

export const flagged = (map: Groups["map"]): BinNow[] => map.bins.filter(([, , flags]) => flags & (BLOCKED | SUSPECT | COUNT | HELD));

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Draws all of it anew: five thousand rectangles cost a few milliseconds, and nothing of it is a node of the page. */
export function draw(canvas: HTMLCanvasElement, plan: Plan, map: Groups["map"], shows: "picks" | "fill"): View {
  const { clientWidth: width, clientHeight: height } = canvas;
  const dots = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * dots);
  canvas.height = Math.round(height * dots);
  const view = viewOf(plan, width, height);
  const pen = canvas.getContext("2d");
  if (!pen) return view;
  pen.scale(dots, dots);
  const colours = Object.fromEntries(["raised", "bar", "bar-soft", "line", "dim", "ink", "bad", "warn", "act", "on", "card"].map((name) => [name, token(name)])) as Record<string, string>;
  const now = spotsNow(plan, map.bins);
  const most = Math.max(1, ...[...now.values()].map((one) => one.picks));
  const [w, h] = sizeOf(plan, view);
  for (const spot of plan.spots) {
    const [x, y] = middle(plan, view, spot);
    drawSpot(pen, spot, now.get(spot), [x - w / 2, y - h / 2, w, h], { colours, most, shows });
  }
  nameZones(pen, plan, view, colours);
  drawPeople(pen, plan, view, map.people, colours);
  return view;
}

/** Every zone by its name at its end, and docks and stations by theirs where they fit. */
function nameZones(pen: CanvasRenderingContext2D, plan: Plan, view: View, colours: Record<string, string>): void {
  const ends = new Map<string, { x: number; y: number; count: number }>();
  const [w, h] = sizeOf(plan, view);
  pen.font = `${11 * letters()}px ${token("sans")}`;
  pen.fillStyle = colours["dim"] ?? "";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const spot of plan.spots) {
    const [x, y] = middle(plan, view, spot);
    const [, code, , zone] = spot.places[0] ?? [0, "", "", ""];
    const name = code.split("-").slice(1).join("-");
    if (spot.kind !== "bin" && pen.measureText(name).width < w - 4) pen.fillText(name, x, y);
    if (spot.kind !== "bin" || !zone) continue;
    const end = ends.get(zone) ?? { x: 0, y: Infinity, count: 0 };
    ends.set(zone, view.isTurned ? { x: Math.min(end.count ? end.x : Infinity, x), y: (end.count ? end.y * end.count : 0) / (end.count + 1) + y / (end.count + 1), count: end.count + 1 }
      : { x: (end.x * end.count + x) / (end.count + 1), y: Math.min(end.y, y), count: end.count + 1 });
  }
  for (const [zone, { x, y }] of ends) pen.fillText(zone, view.isTurned ? x - w / 2 - 8 * letters() : x, view.isTurned ? y : y - h / 2 - 8 * letters());
}

interface Look { colours: Record<string, string>; most: number; shows: "picks" | "fill" }

function drawSpot(pen: CanvasRenderingContext2D, spot: Spot, now: SpotNow | undefined, [x, y, w, h]: [number, number, number, number], { colours, most, shows }: Look): void {
  pen.globalAlpha = 1;
  pen.fillStyle = colours["raised"] ?? "";
  pen.fillRect(x, y, w, h);
  if (spot.kind !== "bin") {
    pen.strokeStyle = colours["dim"] ?? "";
    pen.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
  }
  if (!now) return;
  const share = shows === "picks" ? now.picks / most : now.fill < 0 ? 0.5 : now.fill / 100;
  if (share > 0) {
    pen.fillStyle = colours["bar"] ?? "";
    pen.globalAlpha = 0.2 + 0.8 * share;
    pen.fillRect(x, y, w, h);
    pen.globalAlpha = 1;
  }
  if (now.flags) drawFlags(pen, now.flags, [x, y, w, h], colours);
}

/** A sign beside the colour: shut is a cross, doubtful a full frame, to be counted a dashed one, held a corner. */
function drawFlags(pen: CanvasRenderingContext2D, flags: number, [x, y, w, h]: [number, number, number, number], colours: Record<string, string>): void {
  pen.lineWidth = 2;
  pen.setLineDash(flags & SUSPECT ? [] : [3, 2]);
  if (flags & (SUSPECT | COUNT)) {
    pen.strokeStyle = colours[flags & SUSPECT ? "bad" : "warn"] ?? "";
    pen.strokeRect(x - 1, y - 1, w + 2, h + 2);
  }
  pen.setLineDash([]);
  if (flags & BLOCKED) {
    pen.strokeStyle = colours["ink"] ?? "";
    pen.beginPath();
    pen.moveTo(x, y); pen.lineTo(x + w, y + h); pen.moveTo(x + w, y); pen.lineTo(x, y + h);
    pen.stroke();
  }
  if (flags & HELD) {
    pen.fillStyle = colours["bad"] ?? "";
    pen.beginPath();
    pen.moveTo(x + w, y); pen.lineTo(x + w, y + Math.max(5, h / 2)); pen.lineTo(x + w - Math.max(5, w / 2), y);
    pen.fill();
  }
  pen.lineWidth = 1;
}

const PERSON = 9;
/** What is written grows with the page's letters, as on the wall. */
const letters = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

function drawPeople(pen: CanvasRenderingContext2D, plan: Plan, view: View, people: OnMap[], colours: Record<string, string>): void {
  const at = new Map<Spot, number>();
  const size = letters();
  const round = PERSON * size;
  pen.font = `700 ${11 * size}px ${token("sans")}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const one of people) {
    const spot = plan.of.get(one.place);
    if (!spot) continue;
    const number = at.get(spot) ?? 0;
    at.set(spot, number + 1);
    const [x, y] = middle(plan, view, spot);
    pen.beginPath();
    pen.arc(x + number * round, y, round, 0, 7);
    pen.fillStyle = colours["act"] ?? "";
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = colours["card"] ?? "";
    pen.stroke();
    pen.fillStyle = colours["on"] ?? "";
    pen.fillText(initials(one.worker), x + number * round, y + 0.5);
  }
}

/** Two letters of a name, one sign of a Chinese one. */
export const initials = (name: string): string => (/^[\u3400-\u9fff]/.test(name) ? name.slice(0, 1) : name.split(/\s+/).map((word) => word[0] ?? "").join("").slice(0, 2).toUpperCase());
