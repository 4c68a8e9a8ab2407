/** Hands-free work: says what the screen shows, hears what the form wants. It knows forms and slots, and no process. */
import type { Handheld } from "../pda/handheld";
import { aloud, promptOf, refusalAloud, type Shown, type Told } from "./aloud";
import { Ears, type Deaf } from "./ears";
import { heardAs, type Alternative, type Heard } from "./heard";
import { Mouth } from "./mouth";
import { keepVoice, keptVoice, otherRate, type VoiceSettings } from "./settings";
import { voiceText, type VoiceText } from "./texts";
import { wantedOf, waysOf, type Wanted } from "./wanted";

export type State = "off" | "speaking" | "listening" | "paused" | "ready";

const DEAF = new Set<string>(["notAllowed", "noMicrophone", "needsNetwork", "noLanguage"]);
/** Answers that come in so short a time are said before what is asked next. */
const GATHER_MS = 120;

export class Voice {
  settings: VoiceSettings = keptVoice();
  state: State = "off";
  /** What was heard last, and why nothing is. */
  heard = "";
  trouble: Deaf | "tapOnce" | "voiceLacks" | null = null;
  readonly mouth = new Mouth();
  readonly ears = new Ears((alternatives) => this.take(alternatives), (why) => this.deafened(why));
  private told: Told | null = null;
  private flashAt = 0;
  private refusal: unknown = null;
  private lines: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isPaused = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly handheld: Handheld) {
    handheld.subscribe(() => this.look());
    this.look();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly text = (key: VoiceText, args?: Record<string, unknown>): string => voiceText(this.handheld.view.language, key, args);

  get isOn(): boolean {
    return this.settings.speaks;
  }

  /** Whether speech is heard: else there are buttons. */
  get hears(): boolean {
    return this.settings.listens && this.ears.isThere && !(this.trouble && DEAF.has(this.trouble));
  }

  get wanted(): Wanted {
    return wantedOf(this.handheld.view.task, this.handheld.view.refusal);
  }

  change(changes: Partial<VoiceSettings>): void {
    this.settings = { ...this.settings, ...changes };
    keepVoice(this.settings);
    if (changes.listens !== undefined) this.trouble = null;
    if (!this.isOn) this.silence("off");
    else if (changes.speaks) this.look();
    else this.rest();
    this.set({});
  }

  /** Says everything of the screen again; also the way on after a pause. */
  repeat(): void {
    this.isPaused = false;
    [this.told, this.trouble] = [null, null];
    const again = this.handheld.view.refusal ? refusalAloud(this.handheld.view, this.shown()) : "";
    this.lines = again ? [again] : [];
    if (again) this.told = promptOf(this.handheld.view, this.wanted, this.shown(), null)[1];
    this.look();
    this.speak();
  }

  /** Digits of a pad stand where speech would. */
  typed(digits: string, isAmount: boolean): void {
    const { language } = this.handheld.view;
    this.act(isAmount ? { kind: "scan", scans: [`QTY-${digits}`], said: digits } : heardAs([{ transcript: [...digits].join(" "), confidence: 1 }], { ...this.wanted, amount: null, others: [] }, language));
  }

  private shown(): Shown {
    return { language: this.handheld.view.language, say: this.handheld.say, text: this.handheld.text };
  }

  /** What is new on the screen is said: an answer, a refusal, then what is asked now. */
  private look(): void {
    const { view } = this.handheld;
    if (!this.isOn) return this.lookForRefusals();
    if (view.screen !== "home" && view.screen !== "task") return;
    const [before, added] = [this.told, this.lines.length];
    if (view.flash && view.flash.at !== this.flashAt) {
      this.flashAt = view.flash.at;
      if (view.flash.kind !== "bad" && view.flash.text.length > 1) this.lines.push(aloud(view.flash.text, view.task, view.language));
    }
    if (view.refusal !== this.refusal) {
      this.refusal = view.refusal;
      if (view.refusal) this.lines.push(refusalAloud(view, this.shown()));
    }
    if (!view.refusal && !view.asking) this.askAnew();
    if (this.told !== before || this.lines.length !== added) this.soon();
  }

  /** For whoever looks at the goods and not at the screen: what is wrong is said, nothing else. */
  private lookForRefusals(): void {
    const { view } = this.handheld;
    if (!this.settings.refusals || view.refusal === this.refusal) return;
    this.refusal = view.refusal;
    if (view.refusal) void this.mouth.say(refusalAloud(view, this.shown(), false), view.language, this.settings.rate);
    else this.mouth.stop();
  }

  private askAnew(): void {
    const [text, told] = promptOf(this.handheld.view, this.wanted, this.shown(), this.told);
    this.told = told;
    if (text) this.lines.push(text);
  }

  private soon(): void {
    if (!this.lines.length) return;
    this.isPaused = false; // who scans is at work again
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.speak(), GATHER_MS);
  }

  /** Nothing is listened to meanwhile: the device would hear itself. */
  private speak(): void {
    clearTimeout(this.timer);
    const said = this.lines.splice(0).filter(Boolean).join(this.handheld.view.language === "zh-CN" ? "。" : ". ");
    if (!said || !this.isOn) return this.rest();
    this.ears.rest();
    this.mouth.stop();
    this.set({ state: "speaking", trouble: this.trouble === "needsNetwork" ? null : this.trouble }); // it may be back by then
    void this.mouth.say(said, this.handheld.view.language, this.settings.rate).then((how) => {
      if (how === "notAllowed") this.set({ trouble: "tapOnce" });
      if (how === "noVoice") this.set({ trouble: this.trouble ?? "voiceLacks" });
      if (how !== "stopped") this.rest();
    });
  }

  private deafened(why: Deaf | null): void {
    this.set({ trouble: why });
    if (why) this.rest();
  }

  private rest(): void {
    if (!this.isOn) return;
    if (this.hears && !this.isPaused) {
      this.set({ state: "listening" });
      this.ears.listen(this.handheld.view.language);
    } else {
      this.ears.rest();
      this.set({ state: this.isPaused ? "paused" : "ready" });
    }
  }

  private silence(state: State): void {
    this.lines = [];
    this.told = null;
    this.ears.rest();
    this.mouth.stop();
    this.set({ state });
  }

  private take(alternatives: Alternative[]): void {
    const heard = heardAs(alternatives, this.wanted, this.handheld.view.language);
    if (heard.kind === "nothing" && !heard.said) return;
    this.act(heard);
  }

  private act(heard: Heard): void {
    this.set({ heard: heard.said });
    switch (heard.kind) {
      case "scan":
        heard.scans.forEach((raw) => void this.handheld.scan(raw));
        return;
      case "next":
        return void this.handheld.claim(null);
      case "answer":
        return this.answer(heard.step);
      case "control":
        return this.control(heard.word);
      case "wrong":
        return this.handheld.screen.stop({ title: this.text("wrongDigits", { said: heard.said }), scanned: heard.said, now: this.text("lookAgain"), next: [] });
      case "unsure":
        return this.answerBack(this.text("unsure", { one: heard.between[0], other: heard.between[1] }));
      case "packs":
        return this.answerBack(this.text("sayPieces"));
      case "nothing":
        return this.answerBack(this.text("notUnderstood"));
    }
  }

  private answerBack(sentence: string): void {
    this.lines.push(sentence);
    this.speak();
  }

  private answer(step: number | null): void {
    const { refusal } = this.handheld.view;
    const way = refusal ? undefined : waysOf(this.wanted.form)[step ?? -1];
    const next = refusal?.next[step ?? -1];
    if (way) void this.handheld.follow(way.kind, way.slots);
    else if (next) void this.handheld.follow(next.kind, next.slots);
    else if (refusal) this.handheld.dismiss();
  }

  control(word: string): void {
    if (word === "repeat") return this.repeat();
    if (word === "words") return this.answerBack(this.text("sayable"));
    if (word === "stop") {
      this.isPaused = true;
      this.lines = [];
      return this.rest();
    }
    this.change({ rate: otherRate(this.settings.rate, word === "faster") });
    this.answerBack(this.text("tried"));
  }

  private set(changes: Partial<Pick<Voice, "state" | "heard" | "trouble">>): void {
    Object.assign(this, changes);
    for (const listener of this.listeners) listener();
  }
}

const voices = new WeakMap<Handheld, Voice>();

/** The one voice of a handheld. */
export function voiceOf(handheld: Handheld): Voice {
  const voice = voices.get(handheld) ?? new Voice(handheld);
  voices.set(handheld, voice);
  return voice;
}
