/** The bar of the office: the pages by what one does there, as far as whoever is signed in may, and where one is. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { call } from "../net/api";
import type { Key } from "./texts";
import "./bar.css";

type Place = readonly [address: string, name: Key];
type T = (key: Key) => string;

/** In the order of a day; each is for supervisors and those above them, as what it asks the server for is. */
export const GROUPS = [
  ["floor", [["/dashboard", "dashboard"], ["/inbound", "inbound"], ["/figures", "figures"]]],
  ["ordersGroup", [["/orders", "orders"], ["/phone", "phone"], ["/exceptions", "exceptions"], ["/returns", "returns"], ["/sourcing", "sourcing"]]],
  ["shops", [["/channels", "channels"], ["/sales", "sales"]]],
  ["setUp", [["/masterdata", "masterdata"], ["/devices", "devices"], ["/labels", "labels"], ["/guide", "guide"]]],
] as const satisfies readonly (readonly [Key, readonly Place[]])[];
const ALLOWED = new Set(["supervisor", "manager", "admin"]);
export const mayWork = (roles: string[]): boolean => roles.some((role) => ALLOWED.has(role));
const KEPT = "aisle-roles";

/** The roles of whoever is signed in; those of the page before, until the server has told them. */
export function useRoles(isSignedOut: boolean): string[] {
  const [roles, setRoles] = useState<string[]>(() => (sessionStorage.getItem(KEPT) ?? "").split(" ").filter(Boolean));
  useEffect(() => {
    const keep = (told: string[]): void => { sessionStorage.setItem(KEPT, told.join(" ")); setRoles(told); };
    if (isSignedOut) return keep([]);
    let isWanted = true;
    void call<{ worker: { roles: string[] } }>({}, "GET", "/api/v1/sessions/current").then(({ worker }) => { if (isWanted) keep(worker.roles); }, () => undefined);
    return () => { isWanted = false; };
  }, [isSignedOut]);
  return roles;
}

interface BarProps {
  roles: string[];
  t: T;
  isNarrow: boolean;
  /** How the page looks, in which language, and signing out. */
  children: ComponentChildren;
}

/** On a small screen all of it is behind one button. */
export function Bar({ roles, t, isNarrow, children }: BarProps) {
  const [open, setOpen] = useState<Key | null>(null);
  const groups = mayWork(roles) ? GROUPS : [];
  const is = (name: Key) => ({ isOpen: open === name, set: (isOpen: boolean): void => setOpen((before) => (isOpen ? name : before === name ? null : before)) });
  if (!groups.length) return <>{children}</>;
  if (isNarrow) {
    return (
      <nav class="places" aria-label={t("places")}>
        <Disclosed {...is("menu")} label={<><span class="fold" aria-hidden="true">☰</span>{t("menu")}</>} isHere={false}>
          {groups.map(([name, places]) => <section key={name} aria-label={t(name)}><h2>{t(name)}</h2><Links places={places} t={t} /></section>)}
          <div class="row">{children}</div>
        </Disclosed>
      </nav>
    );
  }
  return (
    <>
      <nav class="places" aria-label={t("places")}>
        {groups.map(([name, places]) => <Disclosed key={name} {...is(name)} label={t(name)} isHere={places.some(isHere)}><Links places={places} t={t} /></Disclosed>)}
      </nav>
      {children}
    </>
  );
}

const isHere = ([address]: Place): boolean => location.pathname === address;
const Links = ({ places, t }: { places: readonly Place[]; t: T }) => <ul>{places.map((one) => <li key={one[0]}><a href={one[0]} aria-current={isHere(one) ? "page" : undefined}>{t(one[1])}</a></li>)}</ul>;

/** A button and what it unfolds: Escape, a click elsewhere, and going on with the Tab key fold it again. */
function Disclosed({ label, isHere, isOpen, set, children }: { label: ComponentChildren; isHere: boolean; isOpen: boolean; set: (isOpen: boolean) => void; children: ComponentChildren }) {
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useLayoutEffect(() => { // an effect would wait for the next picture, and a click before that be missed
    if (!isOpen) return undefined;
    const elsewhere = (event: Event): void => { if (!whole.current?.contains(event.target as Node)) set(false); };
    const key = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      if (whole.current?.contains(document.activeElement)) button.current?.focus();
      set(false);
    };
    const events = ["pointerdown", "focusin"] as const;
    events.forEach((name) => document.addEventListener(name, elsewhere));
    document.addEventListener("keydown", key);
    return () => {
      events.forEach((name) => document.removeEventListener(name, elsewhere));
      document.removeEventListener("keydown", key);
    };
  }, [isOpen]);
  return (
    <div class="group" ref={whole}>
      <button ref={button} class="bare" aria-expanded={isOpen} aria-controls={id} aria-current={isHere ? "true" : undefined} onClick={() => set(!isOpen)}><span>{label}</span> <span class="fold" aria-hidden="true">▾</span></button>
      <div id={id} class="unfolded" hidden={!isOpen}>{children}</div>
    </div>
  );
}
