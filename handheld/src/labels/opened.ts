/** The label that is open, and what can be done with it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../net/api";
import { pages } from "../net/lists";
import type { Listed, Opened, Told, Version, Words } from "./shapes";

/** A version is drawn at every resolution and read back before it prints. */
const PROOF_MS = 60_000;
export const BASE = "/api/v1/label-templates";
const at = (name: string): string => `${BASE}/${encodeURIComponent(name)}`;

export interface Notice {
  isGood: boolean;
  text: string;
}
interface Page {
  listed: Listed[];
  isAdmin: boolean;
  /** Looks at the list anew. */
  look: () => Promise<void>;
  t: Words["t"];
  told: Words["told"];
}
/** Puts on the page what was asked for. */
type Put = () => void;

let serial = 0;

export function useOpened({ listed, isAdmin, look, t, told }: Page) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [versions, setVersions] = useState<Version[]>([]);
  const [notice, setNotice] = useState<Notice | null>(null);
  const isWritten = useRef(false);
  const asked = useRef(0);
  const shown = useRef(0);
  const show = (one: Omit<Opened, "serial">, made: Version[]): void => {
    serial += 1;
    shown.current = serial;
    isWritten.current = false;
    setOpened({ ...one, serial });
    setVersions(made);
    remember(one.name);
  };
  /** Of several that are asked for quickly one after the other the last is shown, whichever comes last. */
  const open = async (asking: () => Promise<Put>): Promise<void> => {
    if (isWritten.current && !confirm(t("leave"))) return;
    setNotice(null);
    const mine = ++asked.current;
    try {
      const put = await asking();
      if (mine === asked.current) put();
    } catch (error) {
      if (mine === asked.current) setNotice({ isGood: false, text: told(error) });
    }
  };
  const label = async (name: string): Promise<Put> => {
    const [told, made] = await Promise.all([call<Told>({}, "GET", at(name)), pages<Version>(`${at(name)}/versions`)]);
    return () => show(openedOf(told, isAdmin), made);
  };
  const fresh = async (): Promise<Put> => {
    const { source } = await call<{ source: string }>({}, "GET", "/api/v1/label-example");
    return () => show({ name: "", title: t("newOne"), version: null, isPrinting: false, source, fields: [], sample: {} }, []);
  };
  const older = async (one: Opened, version: number): Promise<Put> => {
    const { source, state } = await call<{ source: string; state: string }>({}, "GET", `${at(one.name)}/versions/${version}`);
    return () => show({ name: one.name, title: one.title, version, isPrinting: state === "live", source, fields: [], sample: {} }, versions);
  };
  const ours = async (one: Opened): Promise<Put> => {
    const found = await call<Told>({}, "GET", `${at(one.name)}?ours=true`);
    return () => show(openedOf(found, isAdmin), versions);
  };
  /** Looks anew at what a deed changed; somebody may have opened another label while it was done. */
  const done = async (one: Opened, text: string, name: string, changes: (now: Opened) => Partial<Opened>): Promise<void> => {
    setNotice({ isGood: true, text });
    const made = await pages<Version>(`${at(name)}/versions`);
    if (shown.current === one.serial) {
      setOpened((now) => now && { ...now, ...changes(now) });
      setVersions(made);
      remember(name);
    }
    await look();
  };
  useEffect(() => {
    const name = remembered();
    if (name) void open(() => label(name));
    return guarded(() => isWritten.current);
  }, []);
  const choose = (name: string): void => void open(name ? () => label(name) : fresh);
  const again = async (one: Opened): Promise<void> => {
    if (!isWritten.current && shown.current === one.serial) (await label(one.name))();
  };
  const deeds = (one: Opened) => ({ open: (version: number) => open(() => older(one, version)), openOurs: () => open(() => ours(one)), ...deedsOf(one, listed, t, { done, again, begin: () => setNotice(null) }) });
  return { opened, versions, notice, choose, deeds, read: () => setNotice(null), written: (is: boolean) => { isWritten.current = is; } };
}

interface Steps {
  begin: () => void;
  done: (one: Opened, text: string, name: string, changes: (now: Opened) => Partial<Opened>) => Promise<void>;
  again: (one: Opened) => Promise<void>;
}

function deedsOf(one: Opened, listed: Listed[], t: Words["t"], { begin, done, again }: Steps) {
  return {
    keep: async (source: string): Promise<void> => {
      begin();
      const { name, version } = await call<{ name: string; version: number }>({}, "POST", BASE, { source });
      const title = name === one.name ? one.title : name;
      await done(one, t("kept", { name, version }), name, () => ({ name, version, title, isPrinting: false, source }));
    },
    putLive: async (version: number, site: string): Promise<void> => {
      begin();
      const { codes } = await call<{ codes: string[] }>({}, "POST", `${at(one.name)}/live`, { version, site }, PROOF_MS);
      const read = codes.length ? t("wasRead", { codes: codes.join(" · ") }) : t("noCodes");
      await done(one, `${t(site ? "isLiveAt" : "isLive", { version, site })} ${read}`, one.name, (now) => ({ isPrinting: now.version === version }));
    },
    takeBack: async (site: string): Promise<void> => {
      begin();
      await call({}, "DELETE", `${at(one.name)}/live${site ? `?site=${encodeURIComponent(site)}` : ""}`);
      if (site) return done(one, t("sameAgain", { site }), one.name, () => ({}));
      const isOurs = listed.some((other) => other.name === one.name && other.is_ours);
      await done(one, t(isOurs ? "oursAgain" : "noneNow"), one.name, () => ({ isPrinting: false }));
      if (isOurs) await again(one);
    },
  };
}

/** Ours, the version that prints, or else the newest. */
function openedOf(told: Told, isAdmin: boolean): Omit<Opened, "serial"> {
  return { name: told.name, title: told.title, version: told.version, isPrinting: told.is_live, source: isAdmin ? told.source : null, fields: told.fields, sample: told.sample };
}

/** The browser asks before it leaves the page; the end of that. */
function guarded(isWritten: () => boolean): () => void {
  const asks = (event: BeforeUnloadEvent): void => {
    if (!isWritten()) return;
    event.preventDefault();
    event.returnValue = "";
  };
  window.addEventListener("beforeunload", asks);
  return () => window.removeEventListener("beforeunload", asks);
}

/** The address names the label, for a bookmark and for when the page is loaded again. */
function remember(name: string): void {
  history.replaceState(null, "", name ? `#${encodeURIComponent(name)}` : location.pathname);
}

function remembered(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}
