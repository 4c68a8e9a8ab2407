/** What the worker sees, hears and is told: the view, in the worker's language, and who is to draw it anew. */
import type { Effect, Message } from "../floor/types";
import { ApiError, speech } from "../net/api";
import type { Store } from "../store/db";
import { textOf, type Language, type TextKey } from "../texts";
import * as feedback from "./feedback";
import type { Tier } from "./trust";
import { EMPTY, helpOf, refusalOf, worded, type Refusal, type View } from "./view";

/** A disk that takes longer is not waited for: what it takes is then time enough to draw in. */
const HELD_AT_MOST_MS = 30;

/** So long a scan waits for the answer to the one before. */
const ANSWER_MS = 3_000;

/** Of a good scan the last that changes is its colour, and only that is drawn then. */
type Changed = "flash" | "all";
type Listener = (changed: Changed) => void;

export class Screen {
  view: View = EMPTY;
  private messages: Record<string, string> = {};
  private questions: Refusal[] = [];
  private readonly listeners = new Set<Listener>();
  private isHeld = false;
  private changed: Changed | null = null;

  constructor(
    private readonly store: Store,
    private readonly erred: () => void,
  ) {}

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly text = (key: TextKey, args?: Record<string, unknown>): string => textOf(this.view.language, key, args);

  readonly say = (message: Message | undefined): string => (message ? worded(message, this.messages) : "");

  /** The server's sentences as they were kept last. */
  async wake(): Promise<void> {
    this.messages = (await this.store.get<Record<string, string>>("messages")) ?? {};
  }

  /** The server's sentences in the language that is spoken now; where they do not come, the ones kept from last time serve. */
  async learn(ask: (path: string) => Promise<Record<string, string>>): Promise<void> {
    try {
      this.messages = await ask(`/api/v1/messages/${this.view.language}`);
      await this.store.set("messages", this.messages);
    } catch {
      // the ones kept from last time serve
    }
  }

  async speak(language: Language): Promise<void> {
    this.set({ language });
    await this.store.set("language", language);
  }

  readonly trusted = (tier: Tier): void => this.set({ tier });

  readonly explainTier = (tier: Tier): void => this.stop({ title: this.text(`tier${tier}`), next: [], isQuestion: true });

  readonly doubled = (): void => this.hint("doubleScan");

  readonly dismiss = (): void => this.set({ refusal: this.questions.shift() ?? null, flash: this.view.flash?.kind === "bad" ? null : this.view.flash }); // what was answered at once does not flash again

  refused(effect: Effect): void {
    const isAway = this.view.away && effect["code"] === "unknown_code"; // the server may know it
    const sentence = isAway ? this.text("notKnownHere") : (this.messages[`refused.${String(effect["code"])}`] ?? String(effect["code"]));
    const refusal = refusalOf(effect, this.view.task, sentence, this.say);
    const saysNext = refusal.now || !sentence.includes("{next}");
    this.stop(saysNext ? refusal : { ...refusal, now: helpOf(this.view.task, this.text, this.say).now });
  }

  stop(refusal: Refusal): void {
    if (refusal.isQuestion || refusal.isNotice) feedback.question();
    else feedback.bad();
    if (this.view.refusal?.isQuestion && refusal.isQuestion) {
      this.questions.push(refusal);
      return;
    }
    if (!refusal.isQuestion && !refusal.isNotice) this.erred();
    this.set({ refusal, asking: false, flash: { kind: "bad", text: refusal.title, at: Date.now() } });
  }

  good(text: string, isComplete = false): void {
    if (isComplete) feedback.complete();
    else feedback.good();
    this.set({ flash: { kind: "good", text, at: Date.now() } });
  }

  hint(key: TextKey): void {
    this.set({ flash: { kind: "hint", text: this.text(key), at: Date.now() } });
  }

  /** What goes wrong with a form that was sent stands below it. */
  async attempt(work: () => Promise<void>): Promise<void> {
    this.set({ error: "", asking: true });
    try {
      await work();
    } catch (error) {
      feedback.bad();
      this.set({ error: !(error instanceof ApiError) ? String(error) : error.status === 0 ? this.text("serverAway") : error.detail });
    }
    this.set({ asking: false });
  }

  set(changes: Partial<View>): void {
    this.view = { ...this.view, ...changes };
    speech.language = this.view.language;
    const isOnlyFlash = "flash" in changes && Object.keys(changes).length === 1;
    this.changed = isOnlyFlash && this.changed !== "all" ? "flash" : "all";
    if (!this.isHeld) this.draw();
  }

  /** Until the server has answered what it is asked, or is too slow to be waited for. */
  async answered(): Promise<void> {
    if (!this.view.asking) return;
    await new Promise<void>((goOn) => {
      const done = (): void => {
        clearTimeout(clock);
        this.listeners.delete(look);
        goOn();
      };
      const look = (): void => {
        if (!this.view.asking) done();
      };
      const clock = setTimeout(done, ANSWER_MS);
      this.listeners.add(look);
    });
  }

  /** What the work changes is drawn once, when it is done: each drawing costs an old handheld as much as all the rest. Of long work it is shown meanwhile. */
  async drawnOnce(work: () => Promise<void>): Promise<void> {
    const goOn = (): void => {
      this.isHeld = false;
      this.draw();
    };
    this.isHeld = true;
    const clock = setTimeout(goOn, HELD_AT_MOST_MS);
    try {
      await work();
    } finally {
      clearTimeout(clock);
      goOn();
    }
  }

  private draw(): void {
    const { changed } = this;
    this.changed = null;
    if (changed) for (const listener of this.listeners) listener(changed);
  }
}
