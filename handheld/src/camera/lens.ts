/** The camera itself: pictures, light and zoom, as far as this device's has them. */

export type NoCamera = "denied" | "none" | "busy";

interface Abilities extends MediaTrackCapabilities {
  torch?: boolean;
  zoom?: { min: number; max: number; step: number };
}

const WANTED: MediaStreamConstraints = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } };
const WHY: Record<string, NoCamera> = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" };
const ZOOM_STEPS = 4;

export class Lens {
  private constructor(
    readonly stream: MediaStream,
    private readonly track: MediaStreamTrack,
    private readonly abilities: Abilities,
  ) {}

  /** Opens the camera that looks away from the person; throws why there is none. */
  static async open(): Promise<Lens> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(WANTED);
      const track = stream.getVideoTracks()[0] as MediaStreamTrack;
      const lens = new Lens(stream, track, (track.getCapabilities?.() ?? {}) as Abilities);
      void lens.apply({ focusMode: "continuous" });
      return lens;
    } catch (error) {
      throw new LensError(WHY[(error as DOMException).name] ?? "none");
    }
  }

  get hasTorch(): boolean {
    return Boolean(this.abilities.torch);
  }

  get zooms(): number[] {
    const { zoom } = this.abilities;
    if (!zoom || zoom.max <= zoom.min) return [];
    const most = Math.min(zoom.max, zoom.min * ZOOM_STEPS);
    return Array.from({ length: ZOOM_STEPS }, (_, at) => zoom.min + ((most - zoom.min) * at) / (ZOOM_STEPS - 1));
  }

  light(isOn: boolean): Promise<void> {
    return this.apply({ torch: isOn });
  }

  zoom(factor: number): Promise<void> {
    return this.apply({ zoom: factor });
  }

  close(): void {
    for (const track of this.stream.getTracks()) track.stop();
  }

  /** What a camera cannot do after all it leaves. */
  private apply(wanted: Record<string, unknown>): Promise<void> {
    return this.track.applyConstraints({ advanced: [wanted as MediaTrackConstraintSet] }).catch(() => undefined);
  }
}

export class LensError extends Error {
  constructor(readonly why: NoCamera) {
    super(why);
  }
}
