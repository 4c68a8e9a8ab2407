/** What an item looks like: chosen, dropped or photographed, and shown at once. Of an item that is not made yet it is kept until then. */
import { useState } from "preact/hooks";
import { Notice } from "../look/parts";
import { call, dataOf } from "../net/api";
import { Saying } from "../pages/language";
import type { Words } from "./shapes";
import { say } from "./texts";

const KINDS = "image/jpeg,image/png,image/webp";
const PATIENCE_MS = 60_000;
const TOO_LARGE = 10_000_000;

export const sendPicture = (code: string, picture: Blob): Promise<{ picture: string }> =>
  call<{ picture: string }>({}, "PUT", `/api/v1/item-pictures/${encodeURIComponent(code)}`, picture, PATIENCE_MS);

interface Props extends Words {
  /** Empty for an item that is still to be made. */
  code: string;
  address: string | null;
  /** Where somebody else's system shows it: seen where nothing was given here. */
  elsewhere: string | null;
  /** What is chosen for an item that is still to be made. */
  choose: (picture: Blob | null) => void;
}

export function PictureField({ code, address, elsewhere, choose, t, speech }: Props) {
  const [own, setOwn] = useState(address);
  const shown = own ?? elsewhere;
  const [wrong, setWrong] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [isOver, setOver] = useState(false);
  const during = async (work: () => Promise<string | null>): Promise<void> => {
    setBusy(true);
    setWrong(null);
    try {
      setOwn(await work());
    } catch (error) {
      setWrong(error);
    }
    setBusy(false);
  };
  const take = (file: File | undefined): Promise<void> | undefined => file && during(async () => {
    if (!KINDS.split(",").includes(file.type)) throw new Saying((language) => say(language, "pictureKind"));
    if (file.size > TOO_LARGE) throw new Saying((language) => say(language, "pictureTooLarge"));
    if (code) return (await sendPicture(code, file)).picture;
    choose(file);
    return dataOf(file);
  });
  const remove = (): Promise<void> => during(async () => {
    if (code) await call({}, "DELETE", `/api/v1/item-pictures/${encodeURIComponent(code)}`);
    else choose(null);
    return null;
  });
  const chosen = (input: HTMLInputElement): void => {
    const file = input.files?.[0];
    input.value = ""; // the same file may be chosen again
    void take(file);
  };
  return (
    <>
      <div class={`drop looks ${isOver ? "over" : ""}`} aria-busy={isBusy} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); void take(event.dataTransfer?.files[0]); }}>
        {shown ? <img src={shown} alt={t("pictureOf", { code })} onError={() => setWrong(new Error(t("pictureBroken")))} /> : <p class="tip">{t("pictureDrop")}</p>}
        <div class="row">
          <label class="button"><span>{t(shown ? "pictureOther" : "pictureChoose")}</span><input class="unseen" type="file" name="picture" accept={KINDS} disabled={isBusy} onChange={(event) => chosen(event.currentTarget)} /></label>
          <label class="button handy"><span>{t("pictureTake")}</span><input class="unseen" type="file" name="photo" accept={KINDS} capture="environment" disabled={isBusy} onChange={(event) => chosen(event.currentTarget)} /></label>
          {own && <button type="button" disabled={isBusy} onClick={() => void remove()}>{t("pictureRemove")}</button>}
        </div>
      </div>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
    </>
  );
}
