/** The line of hands-free work below the screen, its switches, and large digits where speech is not heard. */
import { useEffect, useReducer, useState } from "preact/hooks";
import type { Handheld } from "../pda/handheld";
import "../look/tokens.css";
import { isLocal } from "./ears";
import "./style.css";
import { voiceOf, type State, type Voice as Spoken } from "./voice";

const LABELS: Record<State, "speaking" | "listening" | "paused" | "ready"> = { off: "ready", speaking: "speaking", listening: "listening", paused: "paused", ready: "ready" };
const PATHS: Record<string, string> = {
  listening: "M12 2a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V5a3 3 0 0 1 3-3m-7 9a7 7 0 0 0 6 6.9V22h2v-4.1A7 7 0 0 0 19 11h-2a5 5 0 0 1-10 0z",
  speaking: "M4 9v6h4l5 5V4L8 9zm11 3a4 4 0 0 0-1.5-3.1v6.2A4 4 0 0 0 15 12m-1.5-7v2.1a5.5 5.5 0 0 1 0 9.8V19a7.5 7.5 0 0 0 0-14",
  paused: "M6 4h4v16H6zm8 0h4v16h-4z",
};

const Icon = ({ name }: { name: string }) => <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><path d={PATHS[name] ?? PATHS["speaking"]} fill="currentColor" /></svg>;

function useVoice(handheld: Handheld): Spoken {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const voice = voiceOf(handheld);
  useEffect(() => voice.subscribe(() => draw(0)), [voice]);
  return voice;
}

const opened = new Set<() => void>();

/** In the menu: opens the switches. */
export function VoiceButton({ handheld }: { handheld: Handheld }) {
  const voice = voiceOf(handheld);
  return <button class="voice-open" aria-pressed={voice.isOn} aria-label={voice.text("handsFree")} title={voice.text("handsFree")} onClick={() => opened.forEach((open) => open())}><Icon name="listening" /></button>;
}

/** Everything of hands-free work that is drawn; nothing as long as it is off. */
export function Voice({ handheld }: { handheld: Handheld }) {
  const voice = useVoice(handheld);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const open = (): void => setOpen(true);
    opened.add(open);
    return () => void opened.delete(open);
  }, []);
  const { screen } = handheld.view;
  const isAtWork = screen === "home" || screen === "task";
  return (
    <>
      {isAtWork && voice.isOn && <Line voice={voice} />}
      {isAtWork && isOpen && <Switches voice={voice} handheld={handheld} close={() => setOpen(false)} />}
    </>
  );
}

function Line({ voice }: { voice: Spoken }) {
  const [isPad, setPad] = useState(false);
  const { wanted } = voice;
  const isAmount = Boolean(wanted.amount?.isAsked);
  const named = wanted.asked.length ? voice.text(wanted.isPlace ? "digitsPad" : "lastPad") : isAmount ? voice.text("manyPad") : null;
  const most = isAmount && !wanted.asked.length ? 6 : Math.max(0, ...wanted.asked.map((one) => one.digits.length));
  const says = voice.trouble ? voice.text(voice.trouble) : voice.state === "listening" && voice.heard ? voice.text("heard", { said: voice.heard }) : voice.text(LABELS[voice.state]);
  return (
    <>
      <div class={`voice-line ${voice.trouble ? "trouble" : voice.state}`}>
        <button class="voice-state" aria-label={`${says} · ${voice.text("repeat")}`} onClick={() => voice.repeat()}>
          <Icon name={voice.state} /><span role="status">{says}</span>
        </button>
        {!voice.hears && named && <button class="voice-digits" onClick={() => setPad(true)}>{named}</button>}
      </div>
      {isPad && named && <DigitPad title={named} most={most} close={() => setPad(false)} voice={voice} done={(digits) => { setPad(false); voice.typed(digits, isAmount && !wanted.asked.length); }} />}
    </>
  );
}

interface PadProps {
  voice: Spoken;
  title: string;
  most: number;
  done: (digits: string) => void;
  close: () => void;
}

/** As many digits as a code has are sent by themselves: nobody has to look for another button. */
function DigitPad({ voice, title, most, done, close }: PadProps) {
  const [typed, setTyped] = useState("");
  const isCode = most < 6;
  const press = (digit: string): void => {
    const now = (typed + digit).slice(0, most);
    if (isCode && now.length === most) return done(now);
    setTyped(now);
  };
  return (
    <div class="voice-sheet voice-pad" role="dialog" aria-label={title}>
      <h1>{title}</h1>
      <div class="voice-typed">{typed.padEnd(isCode ? most : 0, "–") || "–"}</div>
      <div class="voice-keys">
        {[..."123456789"].map((digit) => <button key={digit} onClick={() => press(digit)}>{digit}</button>)}
        <button class="word" onClick={() => (typed ? setTyped(typed.slice(0, -1)) : close())}>{typed ? "⌫" : voice.text("close")}</button>
        <button onClick={() => press("0")}>0</button>
        <button class="main" disabled={!typed} onClick={() => done(typed)}>✓</button>
      </div>
    </div>
  );
}

function Switches({ voice, handheld, close }: { voice: Spoken; handheld: Handheld; close: () => void }) {
  const { settings } = voice;
  const [local, setLocal] = useState(false);
  const { language } = handheld.view;
  useEffect(() => void isLocal(language).then(setLocal), [language]);
  const canSpeak = voice.mouth.canSpeak(language);
  return (
    <div class="voice-sheet" role="dialog" aria-label={voice.text("title")}>
      <h1>{voice.text("title")}</h1>
      <Switch label={voice.text("speakOn")} state={voice.text(settings.speaks ? "on" : "off")} isOn={settings.speaks} change={(speaks) => voice.change(speaks ? { speaks } : { speaks, listens: false })} />
      {!canSpeak && <p class="voice-note">{voice.text("voiceLacks")}</p>}
      <Switch label={voice.text("listenOn")} state={voice.text(settings.listens ? "on" : "off")} isOn={settings.listens} isOff={!voice.ears.isThere || !settings.speaks} change={(listens) => voice.change({ listens })} />
      <p class="voice-note">{voice.text(!voice.ears.isThere ? "listenLacks" : local ? "listenLocal" : "listenNote")}</p>
      <div class="voice-speed">
        <button onClick={() => voice.control("slower")} disabled={!settings.speaks} aria-label={voice.text("slower")}>−</button>
        <span>{voice.text("speed")} <b>{settings.rate.toFixed(1)}</b></span>
        <button onClick={() => voice.control("faster")} disabled={!settings.speaks} aria-label={voice.text("faster")}>+</button>
      </div>
      {settings.listens && <p class="voice-note voice-sayable">{voice.text("sayable")}</p>}
      <button class="main" onClick={close}>{voice.text("close")}</button>
    </div>
  );
}

interface SwitchProps {
  label: string;
  state: string;
  isOn: boolean;
  isOff?: boolean;
  change: (isOn: boolean) => void;
}

const Switch = ({ label, state, isOn, isOff, change }: SwitchProps) => (
  <button class="voice-switch" role="switch" aria-checked={isOn} disabled={Boolean(isOff)} onClick={() => change(!isOn)}><span>{label}</span><b>{state}</b></button>
);
