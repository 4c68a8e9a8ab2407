/** The camera's screen: what is asked above, the codes outlined, and the one that fits taken by itself. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Handheld } from "../pda/handheld";
import { wantedOf } from "../voice/wanted";
import { PhotoButton, type SheetProps } from "./button";
import { InSight, isWantedBy } from "./choose";
import { Lens, LensError, type NoCamera } from "./lens";
import { Reader } from "./reader";
import type { InView } from "./shapes";
import { cameraText, type CameraText } from "./texts";

/** As many as a small screen has room for. */
const CHOICES = 4;
/** Longer codes are written smaller, so that they do not break. */
const SHORT = 11;

interface Picture {
  codes: InView[];
  width: number;
  height: number;
}

export function Sheet({ handheld, close }: SheetProps) {
  const video = useRef<HTMLVideoElement>(null);
  const sight = useRef(new InSight());
  const [lens, setLens] = useState<Lens | null>(null);
  const [trouble, setTrouble] = useState<NoCamera | "broken" | null>(null);
  const [picture, setPicture] = useState<Picture>({ codes: [], width: 16, height: 9 });
  const take = (raw: string): void => {
    sight.current.took(raw, performance.now());
    setPicture((before) => ({ ...before, codes: before.codes.filter((one) => one.raw !== raw) }));
    void handheld.scan(raw);
  };
  useEffect(() => watch(handheld, video.current as HTMLVideoElement, sight.current, { lens: setLens, trouble: setTrouble, picture: setPicture, close }), []);
  const text = (key: CameraText): string => cameraText(handheld.view.language, key);
  const several = picture.codes.length > 1;
  return (
    <div class="camera-sheet" role="dialog" aria-label={text("camera")}>
      <Asked handheld={handheld} />
      <div class="camera-view">
        <video ref={video} muted playsInline />
        <svg class="camera-outlines" viewBox={`0 0 ${picture.width} ${picture.height}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
          {picture.codes.map((one) => <polygon key={one.raw} class={one.isWanted ? "wanted" : ""} points={one.corners.map(({ x, y }) => `${x},${y}`).join(" ")} onClick={() => take(one.raw)} />)}
        </svg>
      </div>
      {trouble && <p class="camera-says trouble" role="alert">{text(trouble)}</p>}
      {!trouble && <p class="camera-says" role="status">{text(!lens ? "starting" : several ? "choose" : "aim")}</p>}
      {several && <div class="camera-choices">{[...picture.codes].sort((one, other) => Number(other.isWanted) - Number(one.isWanted)).slice(0, CHOICES).map((one) => <button key={one.raw} class={`${one.isWanted ? "wanted" : ""} ${plain(one.raw).length > SHORT ? "long" : ""}`} onClick={() => take(one.raw)}>{plain(one.raw)}</button>)}</div>}
      <div class="camera-bar">
        <button onClick={close}>{text("close")}</button>
        {lens && <Switches lens={lens} handheld={handheld} />}
        {trouble && <PhotoButton handheld={handheld} words={text("photo")} />}
      </div>
    </div>
  );
}

/** A code for people: without its identifier, and GS as a space. */
const plain = (raw: string): string => raw.replace(/^\][A-Za-z]\w/, "").replace(/\x1d/g, " ");

/** Where, and what is asked: the form is behind the picture. */
function Asked({ handheld }: { handheld: Handheld }) {
  const { task, refusal } = handheld.view;
  const { form, slot } = wantedOf(task, refusal);
  const place = form?.info?.["location"];
  return <div class="camera-asked"><b>{typeof place === "string" ? place : ""}</b><span>{form ? handheld.say((slot ?? form).prompt) : cameraText(handheld.view.language, "anything")}</span></div>;
}

function Switches({ lens, handheld }: { lens: Lens; handheld: Handheld }) {
  const [isLit, setLit] = useState(false);
  const [at, setAt] = useState(0);
  const { zooms } = lens;
  const text = (key: CameraText, args?: Record<string, string>): string => cameraText(handheld.view.language, key, args);
  const light = (): void => {
    setLit(!isLit);
    void lens.light(!isLit);
  };
  const zoom = (): void => {
    const next = (at + 1) % zooms.length;
    setAt(next);
    void lens.zoom(zooms[next] as number);
  };
  return (
    <>
      {lens.hasTorch && <button aria-pressed={isLit} onClick={light}>{text("light")}</button>}
      {zooms.length > 0 && <button onClick={zoom}>{text("zoom", { factor: ((zooms[at] as number) / (zooms[0] as number || 1)).toFixed(0) })}</button>}
    </>
  );
}

interface Shows {
  lens: (lens: Lens) => void;
  trouble: (why: NoCamera | "broken") => void;
  picture: (picture: Picture) => void;
  close: () => void;
}

/** From the camera to the scans; what it gives back ends it. */
function watch(handheld: Handheld, video: HTMLVideoElement, sight: InSight, shows: Shows): () => void {
  performance.mark("camera-open");
  const isResting = (): boolean => handheld.view.refusal !== null || Boolean(wantedOf(handheld.view.task, null).amount?.isAsked);
  const isWanted = (raw: string): boolean => isWantedBy(handheld.held.all(), handheld.told.labels, raw);
  let isFirst = true;
  let lens: Lens | null = null;
  let isOver = false;
  const reader = new Reader(video, ({ found, width, height }) => {
    if (found.length && isFirst) {
      isFirst = false;
      performance.measure("camera-first-code", "camera-open");
    }
    const { codes, take } = sight.see(found, performance.now(), isWanted);
    shows.picture({ codes, width, height });
    if (take !== null) void handheld.scan(take);
  }, () => shows.trouble("broken"), isResting);
  const hidden = (): void => {
    if (document.hidden) shows.close(); // nobody looks, and the light would stay on
  };
  document.addEventListener("visibilitychange", hidden);
  Lens.open().then(async (opened) => {
    if (isOver) return opened.close();
    lens = opened;
    video.srcObject = opened.stream;
    await video.play();
    shows.lens(opened);
  }).catch((error: unknown) => shows.trouble(error instanceof LensError ? error.why : "none"));
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", hidden);
    reader.close();
    lens?.close();
  };
}
