/** Beside the typed code: opens the camera where the page may have it; else a picture is taken and the server reads it. */
import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import type { Handheld } from "../pda/handheld";
import "../look/tokens.css";
import "./style.css";
import { cameraText } from "./texts";

const LENS = "M9 4 7.5 6H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-3.5L15 4zm3 5a4 4 0 1 1 0 8 4 4 0 0 1 0-8";

const canScan = (): boolean => window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia) && typeof OffscreenCanvas !== "undefined";

const opened = new Set<() => void>();

export function CameraButton({ handheld }: { handheld: Handheld }) {
  if (!canScan()) return <PhotoButton handheld={handheld} />;
  const name = cameraText(handheld.view.language, "camera");
  return <button class="camera-open" aria-label={name} title={name} onClick={() => opened.forEach((open) => open())}><Picture /></button>;
}

const Picture = () => <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><path d={LENS} fill="currentColor" /></svg>;

/** The picture goes to the server, which reads it. */
export function PhotoButton({ handheld, words }: { handheld: Handheld; words?: string }) {
  const photographed = (input: HTMLInputElement): void => {
    const picture = input.files?.[0];
    input.value = ""; // the same picture may be sent again
    if (picture) void handheld.photo(picture);
  };
  const name = cameraText(handheld.view.language, "photo");
  return (
    <label class="photo" title={name}><Picture />{words && <span>{words}</span>}
      <input type="file" accept="image/*" capture="environment" aria-label={name} onChange={(event) => photographed(event.currentTarget)} /></label>
  );
}

export interface SheetProps {
  handheld: Handheld;
  close: () => void;
}

/** The camera's screen; its parts are brought when it is first used. */
export function Camera({ handheld }: { handheld: Handheld }) {
  const [isOpen, setOpen] = useState(false);
  const [Sheet, setSheet] = useState<ComponentType<SheetProps> | null>(null);
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    const open = (): void => {
      setOpen(true);
      setMissing(false);
      void import("./sheet").then((part) => setSheet(() => part.Sheet), () => setMissing(true));
    };
    opened.add(open);
    return () => void opened.delete(open);
  }, []);
  const { screen, language } = handheld.view;
  if (!isOpen || (screen !== "home" && screen !== "task")) return null;
  const close = (): void => setOpen(false);
  if (Sheet) return <Sheet handheld={handheld} close={close} />;
  return (
    <div class="camera-sheet">
      <p class="camera-says">{cameraText(language, isMissing ? "notHere" : "starting")}</p>
      <div class="camera-bar"><button onClick={close}>{cameraText(language, "close")}</button></div>
    </div>
  );
}
