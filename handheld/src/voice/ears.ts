/** Listens with the browser's speech recognition, one utterance after the other, as long as it is wanted. */
import type { Language } from "../texts";
import type { Alternative } from "./heard";

/** Why nothing is heard, as far as a person can do something about it. */
export type Deaf = "notAllowed" | "noMicrophone" | "needsNetwork" | "noLanguage";

interface Result {
  readonly isFinal: boolean;
  readonly length: number;
  readonly [at: number]: Alternative;
}

interface Recognition {
  lang: string;
  maxAlternatives: number;
  interimResults: boolean;
  continuous: boolean;
  processLocally?: boolean;
  onresult: ((event: { resultIndex: number; results: ArrayLike<Result> }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  abort(): void;
}

type Recogniser = (new () => Recognition) & { available?: (asked: { langs: string[]; processLocally: boolean }) => Promise<string> };

const TAGS: Record<Language, string> = { en: "en-US", "zh-CN": "zh-CN" };
const DEAF: Record<string, Deaf> = {
  "not-allowed": "notAllowed", "service-not-allowed": "notAllowed", "audio-capture": "noMicrophone", network: "needsNetwork", "language-not-supported": "noLanguage",
};
const AGAIN_MS = 250;

const recogniser = (): Recogniser | undefined => {
  const here = globalThis as unknown as { SpeechRecognition?: Recogniser; webkitSpeechRecognition?: Recogniser };
  return here.SpeechRecognition ?? here.webkitSpeechRecognition;
};

/** Whether a language is understood on the device itself, as newer browsers can tell. */
export async function isLocal(language: Language): Promise<boolean> {
  const told = await recogniser()?.available?.({ langs: [TAGS[language]], processLocally: true }).catch(() => "");
  return told === "available";
}

export class Ears {
  private running: Recognition | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wanted: Language | null = null;
  private local: Partial<Record<Language, boolean>> = {};

  constructor(
    private readonly heard: (alternatives: Alternative[]) => void,
    private readonly deaf: (why: Deaf | null) => void,
  ) {}

  get isThere(): boolean {
    return recogniser() !== undefined;
  }

  listen(language: Language): void {
    if (this.wanted === language) return;
    this.rest();
    this.wanted = language;
    void this.begin(language);
  }

  rest(): void {
    this.wanted = null;
    clearTimeout(this.timer);
    const { running } = this;
    this.running = null;
    running?.abort();
  }

  private async begin(language: Language): Promise<void> {
    const Made = recogniser();
    this.local[language] ??= await isLocal(language);
    if (!Made || this.wanted !== language || this.running) return;
    const one = new Made();
    [one.lang, one.maxAlternatives, one.interimResults, one.continuous] = [TAGS[language], 5, false, false];
    if (this.local[language]) one.processLocally = true;
    let isOver = false;
    one.onresult = (event) => this.running === one && this.take(event.results[event.resultIndex]);
    one.onerror = ({ error }) => {
      const why = DEAF[error];
      if (this.running !== one || !why) return; // silence, and our own end, are no faults
      isOver = true;
      this.deaf(why);
    };
    one.onend = () => {
      if (this.running !== one) return;
      this.running = null;
      if (!isOver) this.timer = setTimeout(() => this.wanted && void this.begin(this.wanted), AGAIN_MS);
    };
    this.running = one;
    one.start();
  }

  private take(result: Result | undefined): void {
    if (!result?.isFinal) return;
    this.deaf(null);
    this.heard(Array.from({ length: result.length }, (_, at) => result[at] as Alternative).map(({ transcript, confidence }) => ({ transcript, confidence })));
  }
}
