/** The language of a page in the browser: which it is, what the server says in it, and what an error says in it. */
import { createContext } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, call, speech as heard } from "../net/api";
import { spoken, type Language } from "../texts";

/** What was chosen on this browser, else what it is set to. */
export const stored = (): Language => (localStorage.getItem("aisle-language") === "zh-CN" || (!localStorage.getItem("aisle-language") && navigator.language.startsWith("zh")) ? "zh-CN" : "en");

export interface Speech {
  language: Language;
  /** The server's sentences by their keys; empty until they have come. */
  texts: Record<string, string>;
  /** What the server says, by its key; the key itself where it has no such sentence. */
  say: (key: string, args?: Record<string, unknown>) => string;
  told: (error: unknown) => string;
  swap: () => void;
}

export function useLanguage(): Speech {
  const [language, setLanguage] = useState<Language>(stored());
  const [texts, setTexts] = useState<Record<string, string>>({});
  heard.language = language; // before the effects of the page ask the server for anything
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem("aisle-language", language);
    void call<Record<string, string>>({}, "GET", `/api/v1/messages/${language}`).then(setTexts).catch(() => undefined);
  }, [language]);
  return {
    language, texts, say: (key, args) => spoken(texts, { key, args: args ?? {} }),
    told: (error) => toldOf(error, texts), swap: () => setLanguage(language === "en" ? "zh-CN" : "en"),
  };
}

/** What a page itself says of something, thrown or told: in the language that the page has when it is read. */
export class Saying extends Error {
  constructor(private readonly words: (language: Language) => string) { super(); }
  override get message(): string { return this.words(heard.language); }
}

/** What an error says; parts deep within a page ask for it here. */
export const Told = createContext<Speech["told"]>((error) => toldOf(error, {}));

/** What an error says: the server's sentence, which came in the language of the page. One by its key is said anew when the language changes. */
export function toldOf(error: unknown, texts: Record<string, string>): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  return error.said && texts[error.said.key] ? spoken(texts, error.said) : error.detail;
}
