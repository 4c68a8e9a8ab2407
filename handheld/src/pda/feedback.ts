/** What a worker hears and feels: high for good, low for bad, within the same frame as the colour. */

let audio: AudioContext | null = null;

/** Browsers let a page sound only after a touch; scanners' keys count as one. */
export function wakeAudio(): void {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") void audio.resume();
  } catch {
    audio = null; // a device without sound still shows and shakes
  }
}

function tone(frequency: number, ms: number, delayMs = 0): void {
  if (!audio) return;
  const [oscillator, gain] = [audio.createOscillator(), audio.createGain()];
  const start = audio.currentTime + delayMs / 1000;
  oscillator.frequency.value = frequency;
  oscillator.type = "square";
  gain.gain.setValueAtTime(0.25, start);
  gain.gain.exponentialRampToValueAtTime(0.001, start + ms / 1000);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + ms / 1000);
}

export function good(): void {
  tone(1_400, 90);
  navigator.vibrate?.(40);
}

export function complete(): void {
  tone(1_200, 80);
  tone(1_700, 140, 90);
  navigator.vibrate?.([40, 60, 40]);
}

/** Two equal tones: nothing was wrong, something is to be decided. */
export function question(): void {
  tone(520, 160);
  tone(520, 160, 240);
  navigator.vibrate?.([120, 80, 120]);
}

export function bad(): void {
  tone(220, 350);
  navigator.vibrate?.([200, 80, 200]);
}
