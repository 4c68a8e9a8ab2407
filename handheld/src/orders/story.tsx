/** What happened to an order, one sentence after another. */
import { sentence, who } from "./sentence";
import type { Entry, Words } from "./shapes";

/** Each drawn in 24 by 24. */
const SIGNS: Record<string, string> = {
  cart: "M3 4h3l3 11h9l3-8H7M10 20h.01M17 20h.01", inbox: "M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5", check: "M4 12l6 6L20 6", cross: "M6 6l12 12M18 6L6 18", floor: "M4 20V9l8-5 8 5v11M9 20v-6h6v6",
  wave: "M3 8c3-3 6 3 9 0s6 3 9 0M3 16c3-3 6 3 9 0s6 3 9 0", stop: "M8 5v14M16 5v14", go: "M7 5l11 7-11 7z", hand: "M4 16l4 4h7l5-8-3-2-3 4V4h-3v8", box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8", scale: "M5 20h14M12 20V8M6 8h12M6 8l-3 6h6zM18 8l-3 6h6z", tag: "M4 5h16v14H4zM8 9v6M11 9v6M14 9v6M17 9v6",
  truck: "M2 6h12v10H2zM14 10h4l3 3v3h-7M6 19h.01M17 19h.01", bell: "M6 17V11a6 6 0 0112 0v6zM4 17h16M11 20h2", pencil: "M4 20l1-4L16 5l3 3L8 19z", pin: "M12 21c5-6 7-9 7-11a7 7 0 10-14 0c0 2 2 5 7 11zM12 10h.01", back: "M9 7L4 12l5 5M4 12h11a5 5 0 010 8",
  apart: "M12 21v-7L6 8V3M12 14l6-6V3M3 6l3-3 3 3M15 6l3-3 3 3", join: "M6 3v5l6 6v7M18 3v5l-6 6M9 18l3 3 3-3",
};
const SIGN_OF: Record<string, keyof typeof SIGNS> = {
  placed: "cart", delayed: "stop", came: "inbox", refused: "cross", promised: "check", handed: "floor", wave: "wave", held: "stop", let_go: "go", order_held: "stop", order_let_go: "go", rest_cancelled: "cross", repriced: "pencil", picked: "hand", packed: "box", weighed: "scale", label_printed: "tag", label_seen: "tag", label_waits: "tag",
  loaded: "truck", left: "truck", telling: "bell", told: "bell", not_told: "bell", changed: "pencil", readdressed: "pin", cancelled: "cross", returned: "back", set_down: "pin", handed_out: "hand", return_announced: "back", return_cancelled: "cross", return_expired: "cross", return_refund: "check", return_refused: "cross", return_sent: "truck", return_exchange: "check", sourced: "floor", sourced_again: "floor", split: "apart", gathered: "join", merged: "join", joined: "join", unmerged: "apart", trouble: "stop", trouble_over: "check", asked: "back", asked_over: "check", asked_paid: "check",
};
const TONES: Record<string, string> = { return_refund: "good", return_exchange: "good", return_refused: "bad", refused: "bad", not_told: "bad", cancelled: "bad", rest_cancelled: "bad", held: "warn", order_held: "warn", delayed: "warn", telling: "warn", trouble: "warn", asked: "warn", label_waits: "warn", left: "good", handed_out: "good", told: "good" };

export function Story({ entries, at, ...words }: Words & { entries: Entry[]; at: (at: number) => string }) {
  const { t } = words;
  return (
    <ol class="story">{entries.map((one, place) => (
      <li key={`${one.at}/${place}`} class={TONES[one.kind] ?? ""}>
        <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d={SIGNS[SIGN_OF[one.kind] ?? "check"]} /></svg>
        <div><p>{sentence(one, at, words)}</p><p class="dim"><time dateTime={new Date(one.at).toISOString()}>{at(one.at)}</time>{one.who && <> · {who(one.who, t)}</>}</p></div>
      </li>))}</ol>
  );
}
