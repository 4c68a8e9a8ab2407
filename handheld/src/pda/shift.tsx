/** At work: with what, on a break or not, and home. */
import type { TextKey } from "../texts";
import type { Handheld } from "./handheld";

const VEHICLES = ["", "forklift", "reach_truck", "pallet_truck"] as const;

/** In the menu: what somebody works with. A trolley is taken by its first scan. */
export function Equipment({ handheld }: { handheld: Handheld }) {
  const { shift, away, asking } = handheld.view;
  if (!shift || away) return null; // who is at work only the server knows
  const { text } = handheld;
  return (
    <div class="choices two" role="group" aria-label={text("equipment")}><span>{text("equipment")}{shift.trolley && ` · ${shift.trolley}`}</span>
      {VEHICLES.map((vehicle) => (
        <button key={vehicle} aria-pressed={shift.vehicle === vehicle} disabled={asking} onClick={() => void handheld.shift("shift_start", { vehicle, trolley: shift.trolley })}>
          {vehicleName(handheld, vehicle)}</button>))}</div>
  );
}

export const vehicleName = (handheld: Handheld, vehicle: string): string =>
  vehicle ? handheld.say({ key: `vehicle.${vehicle}`, args: {} }) : handheld.text("onFoot");

/** In the menu: a break, and the end of the shift. */
export function Leaving({ handheld }: { handheld: Handheld }) {
  const { shift, away, asking } = handheld.view;
  if (!shift || away) return null;
  const { text } = handheld;
  const leave = (kind: "break_begin" | "shift_end"): void => {
    handheld.openMenu(false);
    void handheld.shift(kind);
  };
  return (
    <div class="choices two">
      <button disabled={asking} onClick={() => leave("break_begin")}>{text("breakBegin")}</button>
      <button disabled={asking} onClick={() => leave("shift_end")}>{text("shiftEnd")}</button>
    </div>
  );
}

/** Over everything while somebody is on a break: no task is offered, and one tap ends it. */
export function Pause({ handheld }: { handheld: Handheld }) {
  const { shift, asking, screen } = handheld.view;
  if (!shift?.break_since || shift.ended_at !== null || (screen !== "home" && screen !== "task")) return null;
  const time = new Date(shift.break_since).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  return (
    <div class="sheet" role="dialog" aria-label={handheld.text("onBreak", { time })}>
      <h1 class="big">{handheld.text("onBreak", { time })}</h1>
      <p class="hint">{handheld.text("breakSays")}</p>
      <button class="main wide" disabled={asking} onClick={() => void handheld.shift("break_end")}>{handheld.text("breakEnd")}</button>
    </div>
  );
}

/** What the supervisor has sent to this worker by name; the next task is the first of it. */
export function Sent({ handheld }: { handheld: Handheld }) {
  const [first, ...others] = handheld.view.pushed;
  if (!first) return null;
  const key: TextKey = others.length ? "sentMany" : "sentOne";
  return <p class="sent" role="status">{handheld.text(key, { task: handheld.say(first.title), count: others.length + 1 })}</p>;
}
