/** What a form shows: where in huge letters, what, how many, into what, and what to scan now. */
import { isNone } from "../floor/fillTask";
import type { Form, Message } from "../floor/types";
import { CartonHint } from "./cartons";
import type { TextKey } from "../texts";
import type { Handheld } from "./handheld";
import { ContentsView, piecesIn, RowsView, TallyView, WaysOn, type Content, type Row, type Way } from "./lists";
import { ItemPicture } from "./picture";
import { cardName, inGroups } from "./wording";

type Text = (name: string) => string | null;

export function FormView({ handheld, form }: { handheld: Handheld; form: Form }) {
  const info = form.info ?? {};
  const text: Text = (name) => (isNone(info[name]) ? null : String(info[name]));
  const place = cardName(handheld, text("location") ?? text("lpn") ?? text("order") ?? "");
  const open = form.slots.find((slot) => isNone(slot.value) && !slot.optional && isNone(slot.default));
  const tally = form.slots.find((slot) => slot.tally);
  const asked = open ?? tally;
  const says = handheld.say(form.prompt);
  const explains = !text("name") && info["quantity"] === undefined && !info["rows"] && !tally && asked !== undefined && !says.toLowerCase().includes(handheld.say(asked.prompt).toLowerCase());
  const hasWays = Array.isArray(info["ways"]); // what is wrong names the parcel, and needs the room
  const isMixed = Array.isArray(info["rows"]) && !text("item"); // a sum over several items says nothing, the rows say each
  const isGoods = !isMixed && (text("name") || (info["quantity"] !== undefined && !info["contents"]));
  return (
    <>
      {place && !hasWays && <Where place={place} level={info["level"]} levels={info["levels"]} text={text} handheld={handheld} />}
      {explains && !hasWays && <div class="hint">{says}</div>}
      {isGoods && <What handheld={handheld} info={info} text={text} title={text("name") ?? says} isPlace={place === text("lpn")} hasMore={Array.isArray(info["rows"])} />}
      {text("tote") && <div class="into">{handheld.text("into")} <b>{text("slot") ?? text("tote")}</b> {text("slot") ? text("tote") : ""}</div>}
      {Array.isArray(info["rows"]) && <RowsView key={form.id} handheld={handheld} rows={info["rows"] as Row[]} notes={(info["notes"] ?? []) as Message[]} />}
      {tally && text("carton_for") && (
        <CartonHint handheld={handheld} form={form} contents={(info["contents"] ?? []) as Content[]} scanned={piecesIn(tally)} />
      )}
      {!tally && Array.isArray(info["contents"]) && <ContentsView handheld={handheld} contents={info["contents"] as Content[]} />}
      {tally && <TallyView handheld={handheld} slot={tally} contents={info["contents"] as Content[] | undefined} />}
      {hasWays && <WaysOn handheld={handheld} wrong={info["wrong"] as Message} ways={info["ways"] as Way[]} />}
      <div class="ask">
        {form.mode === "full" ? handheld.text("fullAsk") : handheld.say(asked ? asked.prompt : form.prompt)}
        <span class="have">{form.slots.filter((slot) => !slot.tally && slot.name !== "carton" && !isNone(slot.value)).map((slot) => String(slot.value)).join(" · ")}</span>
      </div>
    </>
  );
}

const LONG = 10;
const LONG_BESIDE_RACK = 9;
const HUGE = 15;

function Where({ handheld, place, level, levels, text }: { handheld: Handheld; place: string; level: unknown; levels: unknown; text: Text }) {
  const next = text("location_next");
  const isRacked = typeof level === "number" && typeof levels === "number" && levels > 1;
  const long = isRacked ? LONG_BESIDE_RACK : LONG;
  return (
    <div class={`spot ${isRacked ? "racked" : ""}`}>
      <div class="names">
        <div class={`where ${place.length > HUGE ? "huge" : place.length > long ? "long" : ""}`}>{inGroups(place)}</div>
        {next && <div class="after">{handheld.text("next")} {next}</div>}
      </div>
      {isRacked && <Rack level={level} levels={levels} label={handheld.text("level", { level: level + 1, levels })} />}
    </div>
  );
}

const RACK_HEIGHT = 56;

/** The rack from the floor up, with the shelf to go to filled: seen before a number is read. */
function Rack({ level, levels, label }: { level: number; levels: number; label: string }) {
  const step = RACK_HEIGHT / levels;
  return (
    <svg class="rack" width="44" height={RACK_HEIGHT + 4} viewBox={`0 0 44 ${RACK_HEIGHT + 4}`} role="img" aria-label={label}>
      {Array.from({ length: levels }, (_, at) => (
        <rect key={at} class={at === level ? "here" : ""} x="5" y={2 + RACK_HEIGHT - (at + 1) * step + 1} width="34" height={Math.max(2, step - 2)} rx="2" />))}
      <path d={`M3 1V${RACK_HEIGHT + 3}M41 1V${RACK_HEIGHT + 3}`} />
    </svg>
  );
}

interface Goods {
  handheld: Handheld;
  info: Record<string, unknown>;
  text: Text;
  title: string;
  isPlace: boolean;
  /** Something to read stands below, which comes before a picture where there is no room for both. */
  hasMore: boolean;
}

function What({ handheld, info, text, title, isPlace, hasMore }: Goods) {
  const kept = [text("lot") && `${handheld.text("lot")} ${text("lot")}`, text("expiry") && `${handheld.text("expiry")} ${text("expiry")}`].filter(Boolean).join(" · ");
  const packs = packsIn(handheld, info["packs"]);
  return (
    <div class={`what ${hasMore ? "above" : ""}`}>
      <div class="text">
        <div class="title">{title}</div>
        <div class="small">{[isPlace ? null : text("lpn"), text("item")].filter(Boolean).join(" · ")}</div>
        {kept && <div class="small kept">{kept}</div>}
      </div>
      <div class="count">
        <ItemPicture handheld={handheld} address={text("picture")} />
        {text("quantity") !== null && <><div class="many">{text("quantity")}</div>{packs && <div class="packs">{packs}</div>}</>}
      </div>
    </div>
  );
}

interface Pack {
  count: number;
  level: string;
  quantity: number;
}
const LEVELS: Record<string, TextKey> = { inner: "packInner", case: "packCase", pallet: "packPallet" };

/** The same number in packs, as they are taken: "2 cases of 24 + 3". */
function packsIn(handheld: Handheld, packs: unknown): string {
  const parts = Array.isArray(packs) ? (packs as Pack[]) : [];
  return parts.map(({ count, level, quantity }) => (quantity === 1 ? String(count) : handheld.text(LEVELS[level] ?? "packOther", { count, quantity }))).join(" + ");
}
