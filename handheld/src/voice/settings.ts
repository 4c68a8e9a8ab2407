/** How this device works hands-free, kept on it. */

export interface VoiceSettings {
  speaks: boolean;
  /** Off until somebody has read what it may mean. */
  listens: boolean;
  /** Refusals are said also where nothing else is spoken. */
  refusals: boolean;
  rate: number;
}

const KEPT = "aisle-voice";
const DEFAULTS: VoiceSettings = { speaks: false, listens: false, refusals: false, rate: 1 };
const [SLOWEST, FASTEST, STEP] = [0.6, 2, 0.2];

export function keptVoice(): VoiceSettings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<VoiceSettings>) };
  } catch {
    return DEFAULTS;
  }
}

export const keepVoice = (settings: VoiceSettings): void => localStorage.setItem(KEPT, JSON.stringify(settings));

export const otherRate = (rate: number, isFaster: boolean): number =>
  Math.round(Math.min(FASTEST, Math.max(SLOWEST, rate + (isFaster ? STEP : -STEP))) * 10) / 10;
