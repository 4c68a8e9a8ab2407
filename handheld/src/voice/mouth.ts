/** Speaks with a voice of the device itself; voices that would send the text away are never used. */
import type { Language } from "../texts";

export type SpokenEnd = "spoken" | "stopped" | "notAllowed" | "noVoice";

const LANGUAGES: Record<Language, string> = { en: "en-US", "zh-CN": "zh-CN" };
const STUCK_MS = 60_000;

export class Mouth {
  private end: ((how: SpokenEnd) => void) | null = null;

  /** Whether the browser can speak at all. */
  get isThere(): boolean {
    return typeof speechSynthesis !== "undefined" && typeof SpeechSynthesisUtterance !== "undefined";
  }

  /** Whether this device has a voice for a language; as long as it lists none, its own default is taken. */
  canSpeak(language: Language): boolean {
    return this.isThere && (!speechSynthesis.getVoices().length || this.voice(language) !== undefined);
  }

  /** Ends when it was said, or stopped. */
  say(text: string, language: Language, rate: number): Promise<SpokenEnd> {
    this.stop();
    if (!this.canSpeak(language)) return Promise.resolve("noVoice");
    return new Promise((done) => {
      const timer = setTimeout(() => end("spoken"), STUCK_MS); // some engines never tell that they have ended
      const end = (how: SpokenEnd): void => {
        clearTimeout(timer);
        if (this.end === end) this.end = null;
        done(how);
      };
      this.end = end;
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = this.voice(language) ?? null;
      [utterance.lang, utterance.rate] = [LANGUAGES[language], rate];
      utterance.onend = () => end("spoken");
      utterance.onerror = (event) => end(event.error === "not-allowed" ? "notAllowed" : "spoken");
      speechSynthesis.speak(utterance);
    });
  }

  stop(): void {
    const { end } = this;
    if (!end) return;
    end("stopped");
    speechSynthesis.cancel();
  }

  private voice(language: Language): SpeechSynthesisVoice | undefined {
    const wanted = LANGUAGES[language].toLowerCase();
    const own = speechSynthesis.getVoices().filter((one) => one.localService);
    const tag = (one: SpeechSynthesisVoice): string => one.lang.toLowerCase().replace("_", "-");
    return own.find((one) => tag(one) === wanted) ?? own.find((one) => tag(one).split("-")[0] === wanted.split("-")[0]);
  }
}
