/** Calls of the server, with the device's token and the worker's session. */
import type { Language, Said } from "../texts";

/** What the page speaks: the server says in it what it refuses. */
export const speech: { language: Language } = { language: "en" };

/** What no server can say. */
const AWAY: Record<Language, string> = { en: "The server cannot be reached. Look at the network, then try again.", "zh-CN": "无法连接服务器。请检查网络后重试。" };

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    /** The sentence, in the language of the page when it was asked. */
    readonly detail: string,
    readonly retryAfter = 0,
    /** What the sentence speaks of, such as `field`. */
    readonly args: Record<string, unknown> = {},
    /** The detail by its key, where it has one. */
    readonly said: Said | null = null,
    /** Each place that is wrong, where the server names several. */
    readonly errors: { where: string; what: string }[] = [],
  ) {
    super(detail);
  }
}

export interface Keys {
  token?: string | undefined;
  session?: string | undefined;
}

const TIMEOUT_MS = 8_000;

/** The answer as JSON; ApiError for every error, with status 0 when the server could not be reached. */
export async function call<T>(keys: Keys, method: string, path: string, body?: unknown, timeoutMs = TIMEOUT_MS, more: Record<string, string> = {}): Promise<T> {
  const isPicture = body instanceof Blob;
  const headers = { ...letIn(keys), ...more, "Content-Type": isPicture ? body.type || "image/jpeg" : "application/json" };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(path, { method, headers, signal: stop.signal, ...(body === undefined ? {} : { body: isPicture ? body : JSON.stringify(body) }) });
    text = await answer.text();
  } catch {
    throw offline();
  } finally {
    clearTimeout(timer);
  }
  const json = text ? (JSON.parse(text) as Record<string, unknown>) : {};
  if (!answer.ok) {
    throw new ApiError(answer.status, String(json["code"] ?? "error"), String(json["detail"] ?? answer.statusText), Number(answer.headers.get("Retry-After") ?? 0),
      (json["args"] ?? {}) as Record<string, unknown>, (json["message"] ?? null) as Said | null, (json["errors"] ?? []) as { where: string; what: string }[]);
  }
  return json as T;
}

function letIn(keys: Keys): Record<string, string> {
  const headers: Record<string, string> = { "Accept-Language": speech.language, "X-Aisle-CSRF": "1" };
  if (keys.token) headers["Authorization"] = `Bearer ${keys.token}`;
  if (keys.session) headers["X-Aisle-Session"] = keys.session;
  return headers;
}

/** A picture as an address that an image takes by itself (data:): an image cannot say who asks. */
export async function fetchPicture(keys: Keys, path: string): Promise<string> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PICTURE_MS);
  try {
    const answer = await fetch(path, { headers: letIn(keys), signal: stop.signal });
    if (!answer.ok) throw new ApiError(answer.status, "no_picture", answer.statusText);
    const found = await answer.blob();
    if (!found.type.startsWith("image/")) throw offline(); // a Wi-Fi that wants to be signed in to answers everything with a page
    return await dataOf(found);
  } finally {
    clearTimeout(timer);
  }
}

/** A file as a data: address. */
export const dataOf = (file: Blob): Promise<string> => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(String(reader.result));
  reader.onerror = () => failed(reader.error ?? new Error("the file cannot be read"));
  reader.readAsDataURL(file);
});

export const offline = (): ApiError => new ApiError(0, "offline", AWAY[speech.language]);

export interface CodeInPicture {
  text: string;
  symbology: string;
}

const PICTURE_MS = 30_000;

/** The codes in a picture, left to right. */
export async function sendPicture(keys: Keys, picture: Blob): Promise<{ codes: CodeInPicture[] }> {
  return call(keys, "POST", "/api/v1/floor/pictures", picture, PICTURE_MS);
}
