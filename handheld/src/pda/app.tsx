/** The one screen that plays any task, and the few around it. */
import { useLayoutEffect, useReducer, useState } from "preact/hooks";
import { currentForm, isNone } from "../floor/fillTask";
import type { Entry, Form, Message, Slot, Task } from "../floor/types";
import { Camera, CameraButton } from "../camera/button";
import { Voice, VoiceButton } from "../voice/view";
import { CartonHint } from "./cartons";
import type { Handheld } from "./handheld";
import { takesAnything } from "./holding";
import { mustStayOpen } from "./trust";
import { isLocal, openedBin } from "./withoutNetwork";

export function App({ handheld }: { handheld: Handheld }) {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => handheld.subscribe(() => draw(0)), [handheld]); // a later effect would miss what a quick start has shown by then
  const { screen, flash, refusal, asking } = handheld.view;
  return (
    <div class="screen">
      {asking && <div class="working" />}
      <Bar handheld={handheld} />
      {screen === "otherTab" && <main><h1 class="big">{handheld.text("otherTab")}</h1></main>}
      {screen === "enrol" && <Enrol handheld={handheld} />}
      {screen === "signIn" && <SignIn handheld={handheld} />}
      {screen === "home" && <Home handheld={handheld} />}
      {screen === "task" && handheld.view.task && <TaskScreen handheld={handheld} task={handheld.view.task} />}
      {flash && Date.now() - flash.at < 900 && !refusal && (
        <div class={`flash ${flash.kind}`} key={flash.at} role="status">
          <span><span class="icon">{flash.kind === "good" ? "✓" : flash.kind === "bad" ? "✕" : "!"}</span>{flash.text === "✓" ? "" : flash.text}</span>
        </div>
      )}
      {refusal && <Stop handheld={handheld} />}
      <Camera handheld={handheld} />
      <Voice handheld={handheld} />
    </div>
  );
}

function Bar({ handheld }: { handheld: Handheld }) {
  const { away, queued, worker, newBuild } = handheld.view;
  const tier = handheld.view.tier ?? (window.isSecureContext ? null : "B");
  if (handheld.view.screen === "enrol" || handheld.view.screen === "starting") return <div class="bar"><span class="name">Aisle</span></div>;
  return (
    <div class="bar">
      <span class={`dot ${away ? "off" : ""}`} title={handheld.text(away ? "offline" : "online")} />
      <span class="name">{worker || "Aisle"}</span>
      {tier && (
        <span class={`tier ${mustStayOpen(tier) ? "open" : ""}`} title={handheld.text(`tier${tier}`)} onClick={() => handheld.screen.explainTier(tier)}>
          <b>{tier === "U" ? "B" : tier}</b>{mustStayOpen(tier) ? handheld.text("keepOpen") : ""}
        </span>
      )}
      {newBuild && !queued && <button class="update" onClick={update}>{handheld.text("update")}</button>}
      <span class={queued ? "unsent" : ""}>{queued ? handheld.text("notSent", { count: queued }) : handheld.text(away ? "offline" : "allSent")}</span>
    </div>
  );
}

function update(): void {
  navigator.serviceWorker?.controller?.postMessage("update");
  setTimeout(() => location.reload(), 200);
}

function Enrol({ handheld }: { handheld: Handheld }) {
  const [code, setCode] = useState(/enrol=([0-9A-Za-z]+)/.exec(location.hash)?.[1] ?? "");
  const [name, setName] = useState(`PDA ${Math.floor(Math.random() * 900 + 100)}`);
  return (
    <main>
      <h1 class="big">{handheld.text("enrolTitle")}</h1>
      <label>{handheld.text("enrolCode")}<input class="typed" data-typed value={code} autocapitalize="characters" onInput={(event) => setCode(event.currentTarget.value)} /></label>
      <label>{handheld.text("enrolName")}<input class="typed" data-typed value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <p class="error">{handheld.view.error}</p>
      <button class="main" disabled={code.length < 4} onClick={() => void handheld.enrol(code, name)}>{handheld.text("enrol")}</button>
      <LanguageButton handheld={handheld} />
    </main>
  );
}

function LanguageButton({ handheld }: { handheld: Handheld }) {
  const other = handheld.view.language === "en" ? "zh-CN" : "en";
  return <button class="wide" onClick={() => void handheld.setLanguage(other)}>{handheld.text("language")}</button>;
}

function SignIn({ handheld }: { handheld: Handheld }) {
  const [typed, setTyped] = useState("");
  const { badge, error } = handheld.view;
  if (badge) {
    return <Pad title={`${badge} · ${handheld.text("pin")}`} secret most={12} error={error} handheld={handheld}
      done={(pin) => void handheld.signIn(pin)} cancel={() => handheld.setBadge("")} />;
  }
  return (
    <main>
      <h1 class="big">{handheld.text("signInTitle")}</h1>
      <p class="error">{error}</p>
      <label>{handheld.text("badge")}<input class="typed" data-typed value={typed} onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && typed && handheld.setBadge(typed)} /></label>
      <button class="main" disabled={!typed} onClick={() => handheld.setBadge(typed)}>{handheld.text("send")}</button>
      <LanguageButton handheld={handheld} />
    </main>
  );
}

interface PadProps {
  handheld: Handheld;
  title: string;
  most: number;
  secret?: boolean;
  error?: string;
  done: (typed: string) => void;
  cancel: () => void;
}

function Pad({ handheld, title, most, secret, error, done, cancel }: PadProps) {
  const [typed, setTyped] = useState("");
  const press = (digit: string): void => setTyped((before) => (before.length < most ? before + digit : before));
  return (
    <div class="pad">
      <h1>{title}</h1>
      {error && <p class="error">{error}</p>}
      <div class="shown">{secret ? "•".repeat(typed.length) : typed || "–"}</div>
      <div class="keys">
        {[..."123456789"].map((digit) => <button key={digit} onClick={() => press(digit)}>{digit}</button>)}
        <button class={typed ? "" : "word"} onClick={() => (typed ? setTyped(typed.slice(0, -1)) : cancel())}>{typed ? "⌫" : handheld.text("back")}</button>
        <button onClick={() => press("0")}>0</button>
        <button class="ok" disabled={!typed || handheld.view.asking} onClick={() => { setTyped(""); done(typed); }}>✓</button>
      </div>
    </div>
  );
}

function Home({ handheld }: { handheld: Handheld }) {
  const { away, counts } = handheld.view;
  const kinds = away ? [] : Object.entries(counts).filter(([, count]) => count); // what waits only the server can give
  return (
    <main class="home">
      <button class="main wide" disabled={handheld.view.asking} onClick={() => void handheld.claim(null)}>{handheld.text("nextTask")}</button>
      <p class="after">{handheld.text("scanAnything")}</p>
      <div class="counts">
        {kinds.map(([kind, count]) => (
          <button key={kind} onClick={() => void handheld.claim(kind)}>{handheld.say({ key: `task.${kind}`, args: {} })}<span>{count}</span></button>
        ))}
      </div>
      {away && <button class="wide" onClick={() => void handheld.scan("COUNT")}>{handheld.text("countBin")}</button>}
      {!kinds.length && !away && <p>{handheld.text("nothingWaits")}</p>}
      <TypeCode handheld={handheld} />
      <div class="buttons">
        <LanguageButton handheld={handheld} />
        <button onClick={() => void handheld.scan("CMD-UNDO")}>{handheld.text("undo")}</button>
        <button onClick={() => void handheld.signOut()}>{handheld.text("signOut")}</button>
      </div>
    </main>
  );
}

function TypeCode({ handheld }: { handheld: Handheld }) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  if (!open) return (
    <div class="entry">
      <button class="type" onClick={() => setOpen(true)}>⌨ {handheld.text("typed")}</button>
      <CameraButton handheld={handheld} />
      <VoiceButton handheld={handheld} />
    </div>
  );
  const send = (): void => {
    setOpen(false);
    setTyped("");
    if (typed.trim()) void handheld.scan(typed);
  };
  return <input class="typed" data-typed autofocus placeholder={handheld.text("typed")} value={typed} onInput={(event) => setTyped(event.currentTarget.value)}
    onKeyDown={(event) => event.key === "Enter" && send()} onBlur={send} />;
}

function TaskScreen({ handheld, task }: { handheld: Handheld; task: Task }) {
  const form = currentForm(task);
  const [more, setMore] = useState(false);
  const [asks, setAsks] = useState(false);
  const done = task.forms.filter((one) => one.state !== "open").length;
  const all = task.progress?.all ?? task.forms.length;
  const shownDone = task.forms.length === 1 && task.forms[0]?.repeat ? (task.progress?.done ?? 0) : done;
  return (
    <>
      <main>
        <div class="head"><span>{handheld.say(task.title)} {cardName(handheld, task.document ?? "") === task.document ? task.document : ""}</span><b>{all > 0 && handheld.text("progress", { done: shownDone, all })}</b></div>
        {form ? <FormView handheld={handheld} form={form} /> : <h1 class="big">{handheld.text("complete")}</h1>}
      </main>
      <Commands handheld={handheld} form={form} task={task} more={more} setMore={setMore} askHowMany={() => setAsks(true)} />
      {form && asks && (
        <Pad title={askedText(handheld, form)} most={7} handheld={handheld} cancel={() => setAsks(false)}
          done={(typed) => { setAsks(false); void handheld.scan(`QTY-${typed}`); }} />
      )}
      {form && needsKeypad(form) && (
        <Pad title={askedText(handheld, form)} most={7} handheld={handheld}
          done={(typed) => void handheld.scan(`QTY-${typed}`)} cancel={() => void handheld.scan("CMD-UNDO")} />
      )}
    </>
  );
}

/** The keypad comes only when a quantity is the next thing asked. */
function needsKeypad(form: Form): boolean {
  if (form.mode === "short" || form.mode === "damaged") return true;
  const open = form.slots.find((slot) => isNone(slot.value) && !slot.optional && isNone(slot.default));
  return open?.name === "quantity" && open.mode === "ask";
}

function askedText(handheld: Handheld, form: Form): string {
  const asked = handheld.text(form.mode === "short" ? "shortAsk" : form.mode === "damaged" ? "damagedAsk" : "howMany");
  return `${asked} ${String(form.info?.["name"] ?? "")}`;
}

function FormView({ handheld, form }: { handheld: Handheld; form: Form }) {
  const info = form.info ?? {};
  const text = (name: string): string | null => (isNone(info[name]) ? null : String(info[name]));
  const place = cardName(handheld, text("location") ?? text("lpn") ?? text("order") ?? "");
  const open = form.slots.find((slot) => isNone(slot.value) && !slot.optional && isNone(slot.default));
  const tally = form.slots.find((slot) => slot.tally);
  const asked = open ?? tally;
  const says = handheld.say(form.prompt);
  const explains = !text("name") && info["quantity"] === undefined && !info["rows"] && !tally && asked !== undefined && !says.toLowerCase().includes(handheld.say(asked.prompt).toLowerCase());
  const hasWays = Array.isArray(info["ways"]); // what is wrong names the parcel, and needs the room
  const isMixed = Array.isArray(info["rows"]) && !text("item"); // a sum over several items says nothing, the rows say each
  return (
    <>
      {place && !hasWays && <div class={`where ${place.length > 15 ? "huge" : place.length > 10 ? "long" : ""}`}>{inGroups(place)}</div>}
      {text("location_next") && <div class="after">{handheld.text("next")} {text("location_next")}</div>}
      {explains && !hasWays && <div class="hint">{says}</div>}
      {!isMixed && (text("name") || (info["quantity"] !== undefined && !info["contents"])) && (
        <div class="what">
          <div class="text">
            <div class="title">{text("name") ?? handheld.say(form.prompt)}</div>
            <div class="small">{[place === text("lpn") ? null : text("lpn"), text("item"), text("packs")].filter(Boolean).join(" · ")}</div>
            {(text("lot") || text("expiry")) && <div class="small">{[text("lot") && `${handheld.text("lot")} ${text("lot")}`, text("expiry") && `${handheld.text("expiry")} ${text("expiry")}`].filter(Boolean).join(" · ")}</div>}
          </div>
          {info["quantity"] !== undefined && <div class="many">{text("quantity")}</div>}
        </div>
      )}
      {text("tote") && <div class="into">{handheld.text("into")} <b>{text("slot") ?? text("tote")}</b> {text("slot") ? text("tote") : ""}</div>}
      {Array.isArray(info["rows"]) && <RowsView key={form.id} handheld={handheld} rows={info["rows"] as Row[]} notes={(info["notes"] ?? []) as Message[]} />}
      {tally && text("carton_for") && (
        <CartonHint handheld={handheld} form={form} contents={(info["contents"] ?? []) as Content[]} scanned={piecesIn(tally)} />
      )}
      {tally && <TallyView handheld={handheld} slot={tally} contents={info["contents"] as Content[] | undefined} />}
      {hasWays && <WaysOn handheld={handheld} wrong={info["wrong"] as Message} ways={info["ways"] as Way[]} />}
      <div class="ask">
        {form.mode === "full" ? handheld.text("fullAsk") : handheld.say(asked ? asked.prompt : form.prompt)}
        <span class="have">{form.slots.filter((slot) => !slot.tally && slot.name !== "carton" && !isNone(slot.value)).map((slot) => String(slot.value)).join(" · ")}</span>
      </div>
    </>
  );
}

interface Way {
  label: Message;
  kind: string;
  slots: Record<string, unknown>;
}

/** What a device of the station found wrong, and what can be done about it with one touch. */
function WaysOn({ handheld, wrong, ways }: { handheld: Handheld; wrong: Message; ways: Way[] }) {
  return (
    <div class="wrong">
      <b>{handheld.say(wrong)}</b>
      {ways.map((way) => <button key={way.label.key} onClick={() => void handheld.follow(way.kind, way.slots)}>{handheld.say(way.label)}</button>)}
    </div>
  );
}

interface Row {
  title: string;
  sub?: string;
  value?: number | null;
  notes?: Message[];
}

const ROWS_A_PAGE = 4;

/** What an enquiry found, a page at a time: nothing has to be scrolled. */
function RowsView({ handheld, rows, notes }: { handheld: Handheld; rows: Row[]; notes: Message[] }) {
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(rows.length / ROWS_A_PAGE));
  const shown = rows.slice((page % pages) * ROWS_A_PAGE, (page % pages + 1) * ROWS_A_PAGE);
  const said = (messages: Message[] | undefined): string => (messages ?? []).map((message) => handheld.say(message)).join(" · ");
  return (
    <div class="list">
      {notes.length > 0 && <div class="note">{said(notes)}</div>}
      {shown.map((row, at) => (
        <div key={`${row.title}${at}`}>
          <span>{row.title}{(row.sub || row.notes?.length) && <small>{[row.sub, said(row.notes)].filter(Boolean).join(" · ")}</small>}</span>
          <b>{row.value ?? ""}</b>
        </div>
      ))}
      {pages > 1 && <button class="wide" onClick={() => setPage(page + 1)}>{handheld.text("moreRows", { page: (page % pages) + 1, pages })}</button>}
    </div>
  );
}

/** Eighteen digits are read in groups, the last one as people compare them. */
const inGroups = (code: string): string => (/^\d{18}$/.test(code) ? `${code.slice(0, 9)} ${code.slice(9, 14)} ${code.slice(14)}` : code);

interface Content {
  item: string;
  name: string;
  quantity: number;
}

/** As many lines of a parcel as a small screen has room for; what is packed goes to the end. */
const CONTENTS_SHOWN = 6;

const piecesIn = (slot: Slot): number => ((slot.value as Entry[] | null) ?? []).reduce((sum, one) => sum + (one.quantity ?? 0), 0);

function TallyView({ handheld, slot, contents }: { handheld: Handheld; slot: Slot; contents?: Content[] | undefined }) {
  const entries = (slot.value as Entry[] | null) ?? [];
  const counted = (item: string): number => entries.filter((one) => one.item === item).reduce((sum, one) => sum + (one.quantity ?? 0), 0);
  if (contents) {
    const order = [...contents].sort((one, other) => Number(counted(one.item) >= one.quantity) - Number(counted(other.item) >= other.quantity));
    const hidden = order.length - CONTENTS_SHOWN;
    return (
      <div class="list">
        {order.slice(0, CONTENTS_SHOWN).map((one) => <div key={one.item}><span class="line">{one.name}</span><b>{counted(one.item)} / {one.quantity}</b></div>)}
        {hidden > 0 && <div><span>… +{hidden}</span></div>}
      </div>
    );
  }
  return (
    <div class="list">
      <span class="after">{handheld.text("scannedSoFar")}: {entries.length}</span>
      {entries.slice(-4).reverse().map((one) => <div key={one.lpn ?? `${one.item}${one.lot}`}><span class="line">{one.lpn ?? handheld.names.get(one.item ?? "") ?? one.item} {one.lot ?? ""}</span><b>{one.quantity ?? ""}</b></div>)}
    </div>
  );
}

interface CommandsProps {
  handheld: Handheld;
  form: Form | undefined;
  task: Task;
  more: boolean;
  setMore: (more: boolean) => void;
  askHowMany: () => void;
}

function Commands({ handheld, form, task, more, setMore, askHowMany }: CommandsProps) {
  const hasTally = form?.slots.some((slot) => slot.tally && isNone(slot.expected));
  const canFill = form?.slots.some((slot) => slot.name === "to" && slot.types.includes("tote") && Array.isArray(slot.expected));
  const command = (name: string, label: string) => <button key={name} onClick={() => void handheld.scan(`CMD-${name}`)}>{label}</button>;
  const first = [command("UNDO", handheld.text("undo"))];
  if (form?.shortable) first.push(command("SHORT", handheld.text("short")));
  if (hasTally || task.finish) first.push(command("DONE", handheld.text("done")));
  if (task.kind === "pack" || task.kind === "put_away") first.push(command("REPRINT", handheld.text("reprint")));
  if (openedBin(task)) first.push(<button key="count" onClick={() => void handheld.scan("COUNT")}>{handheld.text("countBin")}</button>);
  else if (isLocal(task) && form?.id === "g") first.push(<button key="many" onClick={askHowMany}>{handheld.text("howMany")}</button>);
  const isSkipFirst = first.length < 3 && !isLocal(task);
  if (isSkipFirst) first.push(command("SKIP", handheld.text("skip")));
  const rest = [
    ...(form?.damageable ? [command("DAMAGED", handheld.text("damaged"))] : []), ...(canFill ? [command("FULL", handheld.text("full"))] : []),
    ...(isSkipFirst || isLocal(task) ? [] : [command("SKIP", handheld.text("skip"))]), command("NEXT", handheld.text("nextLine")),
    ...(handheld.view.kept.length ? [<button key="other" onClick={() => void handheld.other()}>{handheld.text("otherTask", { count: handheld.view.kept.length })}</button>] : []),
    ...(isLocal(task) || takesAnything(task) ? [] : [<button key="along" onClick={() => void handheld.claim(task.kind)}>{handheld.text("takeAlong")}</button>]),
    <button key="release" onClick={() => void handheld.release()}>{handheld.text("giveBack")}</button>,
  ];
  return (
    <>
      {more && <div class="buttons more" onClick={() => setMore(false)}>{rest}</div>}
      {more && <div class="typebox"><TypeCode handheld={handheld} /></div>}
      <div class="buttons">{first.slice(0, 3)}<button onClick={() => setMore(!more)}>{handheld.text("more")} {more ? "▾" : "▴"}</button></div>
    </>
  );
}

/** The code of a bin is not broken over two lines, where its halves look like two bins. */
const withWholeCodes = (text: string) => text.replace(/\d{18}/g, inGroups).split(/(\w+-[\w-]+)/).map((part, at) => (at % 2 && part.length < 17 ? <span key={at} class="nowrap">{part}</span> : part));

const WANTED_SHOWN = 3;

/** What a printed card says on it; any other code is itself. */
function cardName(handheld: Handheld, code: string): string {
  const key = `card.${code}`;
  const said = handheld.say({ key, args: {} });
  return said === key ? code : said;
}

/** What is wanted by name and code, as far as the task knows names; of many the first. */
function named(handheld: Handheld, wanted: string): string {
  const values = Object.values(handheld.view.task?.codes ?? {}).flat();
  const parts = wanted.split(", ");
  const names = parts.slice(0, WANTED_SHOWN).map((code) => {
    const name = values.find((value) => value.type === "item" && value.key === code)?.name;
    return name && name !== code ? `${name} (${code})` : cardName(handheld, code);
  });
  return [...names, ...(parts.length > WANTED_SHOWN ? ["…"] : [])].join(", ");
}

function Stop({ handheld }: { handheld: Handheld }) {
  const refusal = handheld.view.refusal;
  if (!refusal) return null;
  const saysAll = Boolean(refusal.wanted && refusal.scanned && refusal.title.includes(refusal.wanted)); // the same stands below, larger
  return (
    <div class={`stop ${refusal.isQuestion ? "question" : ""}`} role="alert" onClick={() => !refusal.isQuestion && handheld.dismiss()}>
      <h1>{refusal.isQuestion ? "?" : "✕"} {saysAll ? handheld.text("refusedTitle") : withWholeCodes(refusal.title)}</h1>
      <dl>
        {refusal.scanned && <><dt>{handheld.text("scanned")}</dt><dd>{withWholeCodes(cardName(handheld, refusal.scanned))}</dd></>}
        {refusal.wanted && <><dt>{handheld.text("wanted")}</dt><dd>{withWholeCodes(named(handheld, refusal.wanted))}</dd></>}
        {refusal.now && <><dt>{handheld.text("doNow")}</dt><dd>{refusal.now}</dd></>}
      </dl>
      <div class="buttons">
        {refusal.next.map((step) => <button key={step.label} onClick={() => void handheld.follow(step.kind, step.slots)}>{step.label}</button>)}
        <button onClick={() => handheld.dismiss()}>{handheld.text(refusal.isQuestion && refusal.next.length ? "no" : "understood")}</button>
      </div>
    </div>
  );
}
