/** Picture after picture from a video to the decoder: one at a time, so that a slow device shows what is there now. */
import type { Decoded, FromDecoder } from "./shapes";

/** More often nobody sees a difference, and the battery does. */
const PAUSE_MS = 60;

export class Reader {
  private readonly worker = new Worker(new URL("./decoder.ts", import.meta.url), { type: "module" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly seen: (decoded: Decoded) => void,
    private readonly broken: (why: string) => void,
    /** Whether nobody waits for a code just now. */
    private readonly isResting: () => boolean,
  ) {
    this.worker.onmessage = (event: MessageEvent<FromDecoder>) => this.told(event.data);
    this.worker.onerror = (event) => this.broken(event.message || "worker");
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.worker.terminate();
  }

  private told(message: FromDecoder): void {
    if (this.isClosed) return;
    if (message.kind === "broken") return this.broken(message.why);
    if (message.kind === "decoded") this.seen(message);
    this.timer = setTimeout(() => void this.next(), PAUSE_MS);
  }

  private async next(): Promise<void> {
    const picture = this.video.readyState >= this.video.HAVE_CURRENT_DATA && !this.isResting() ? await createImageBitmap(this.video).catch(() => null) : null;
    if (this.isClosed) return picture?.close();
    if (picture) this.worker.postMessage(picture, [picture]);
    else this.timer = setTimeout(() => void this.next(), PAUSE_MS);
  }
}
