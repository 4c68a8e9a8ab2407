/** Draws ZPL as a picture. What draws is some megabytes, so it is brought when the first picture is looked at. */
import type { ZplApi } from "zpl-renderer-js";
import { call } from "../net/api";

/** What was asked for is shown with 8 dots to the millimetre whatever the printer has; without a size it is a label of 4 by 6 inches. */
const DOTS_A_MM = 8;
const WIDTH_DOTS = 812;
const LENGTH_DOTS = 1218;
/** A larger picture takes more memory than a browser should be asked for. */
export const SIDE_DOTS_MAX = 4_000;
const KEPT_MAX = 60;

const drawn = new Map<number, Promise<string>>();
let renderer: Promise<ZplApi> | null = null;
let before: Promise<unknown> = Promise.resolve();

/** The address of a label's picture; rejected when the label is gone or cannot be drawn. What is on a label never changes. */
export function pictureOf(id: number): Promise<string> {
  const known = drawn.get(id);
  if (known) return known;
  const made = call<{ payload: string }>({}, "GET", `/api/v1/print-jobs/${id}/payload`).then((found) => drawZpl(found.payload));
  drawn.set(id, made);
  made.catch(() => drawn.delete(id));
  if (drawn.size > KEPT_MAX) drawn.delete([...drawn.keys()][0] as number);
  return made;
}

/** The address of the picture of ZPL, one at a time: the page stays alive between two of them; "" when it is not wanted any more by then. */
export async function drawZpl(zpl: string, dotsAMm = DOTS_A_MM, isWanted: () => boolean = () => true): Promise<string> {
  renderer ??= brought();
  const api = await renderer;
  const mine = before.catch(() => undefined).then(() => (isWanted() ? api.zplToBase64Async(zpl, side(zpl, "PW", WIDTH_DOTS, dotsAMm), side(zpl, "LL", LENGTH_DOTS, dotsAMm), dotsAMm) : ""));
  before = mine;
  const png = await mine;
  return png && `data:image/png;base64,${png}`;
}

/** What could not be brought is asked for again with the next picture. */
function brought(): Promise<ZplApi> {
  const made = import("zpl-renderer-js").then(({ ready }) => ready).then(({ api }) => api);
  made.catch(() => { renderer = null; });
  return made;
}

/** A side in millimetres, as the label itself says. */
export function side(zpl: string, command: "PW" | "LL", otherwise: number, dotsAMm = DOTS_A_MM): number {
  const dots = Number(new RegExp(`\\^${command}(\\d{1,5})`).exec(zpl)?.[1] ?? otherwise);
  return Math.min(Math.max(dots, dotsAMm), SIDE_DOTS_MAX) / dotsAMm;
}
