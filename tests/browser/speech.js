// a browser's speech, played by the test: what is said is noted, what is heard comes from the test
(() => {
  window.said = [];
  window.taps = 0;
  window.heardWhileSpeaking = 0;
  let [speaking, listening] = [0, null];
  addEventListener("pointerdown", () => (window.taps += 1), true);
  window.SpeechSynthesisUtterance = class {
    constructor(text) { this.text = text; }
  };
  const voices = [{ lang: "en-US", localService: false, name: "far" }, { lang: "en-US", localService: true, name: "near" }, { lang: "zh-CN", localService: true, name: "近" }];
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices,
    speak: (one) => {
      speaking += 1;
      window.said.push({ text: one.text, lang: one.lang, rate: one.rate, voice: one.voice && one.voice.name });
      if (listening) window.heardWhileSpeaking += 1;
      setTimeout(() => { speaking -= 1; one.onend(); }, 20);
    },
    cancel: () => undefined,
  } });
  class Recognition {
    start() {
      if (speaking) window.heardWhileSpeaking += 1;
      const fails = window.recognitionFails;
      if (fails) return void setTimeout(() => { this.onerror({ error: fails }); this.onend(); }, 5);
      listening = this;
    }
    abort() {
      if (listening === this) listening = null;
      setTimeout(() => this.onend && this.onend(), 5);
    }
  }
  window.listens = () => listening !== null;
  /** Plays one recorded result: [{transcript, confidence}, ...], best first. */
  window.hear = (alternatives) => {
    const one = listening;
    listening = null;
    one.onresult({ resultIndex: 0, results: [Object.assign([...alternatives], { isFinal: true })] });
    one.onend();
  };
  window.SpeechRecognition = window.webkitSpeechRecognition = localStorage.getItem("no-recognition") ? undefined : Recognition;
})();
