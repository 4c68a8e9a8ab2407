/** What hands-free work says and shows by itself; everything else is what the screen shows. */
import { filled, type Language } from "../texts";

const en = {
  handsFree: "Hands-free", title: "Hands-free work", speakOn: "Speak what is shown", listenOn: "Listen to what I say",
  listenNote: "Some browsers send what they hear to their maker's server to understand it. This program sends it nowhere.",
  listenLocal: "This browser understands speech on the device itself.", listenLacks: "This browser cannot listen. Scan, or use the large buttons.",
  voiceLacks: "This device has no voice of its own for this language. Install one in its settings under text-to-speech.",
  speed: "Speed", slower: "Slower", faster: "Faster", tried: "A, 3, 12. Quantity 7.", close: "Close", on: "on", off: "off",
  checkDigits: "Check digits?", lastDigits: "Last {count} digits?", lastDigit: "Last digit?", quantity: "Quantity {quantity}", intoTote: "Into {tote}", ending: "ending {digits}",
  lotSaid: "Lot {lot}", nextTask: "Say next, or scan.", yesOrNo: "Yes or no?", oneOf: "Say {number} for: {label}", noAnswer: "or no", sayPieces: "Say it in pieces, not in packs.",
  notUnderstood: "Not understood.", unsure: "{one}, or {other}? Say it again, digit by digit.", wrongDigits: "{said} is not right here", lookAgain: "Read the digits on the label, then say them again.",
  listening: "Listening", speaking: "Speaking", paused: "Paused: tap or scan to go on", ready: "Scan, or tap", heard: "Heard: {said}", repeat: "Repeat", digitsPad: "Check digits", lastPad: "Last digits", manyPad: "How many?",
  notAllowed: "The microphone is not allowed for this page. Allow it in the browser's settings, or use the buttons.", noMicrophone: "No microphone was found. Use the buttons, or scan.",
  needsNetwork: "This browser's listening needs the internet, which is not there. Use the buttons, or scan.", noLanguage: "This browser does not understand this language. Use the buttons, or scan.", tapOnce: "Tap here once, then this device may speak.",
  sayable: "You can say: check digits, quantities, yes, no, next, short, damaged, full, skip, done, undo, reprint, help, repeat, slower, faster, stop.",
} as const;

export type VoiceText = keyof typeof en;

const zh: Record<VoiceText, string> = {
  handsFree: "语音作业", title: "语音作业", speakOn: "朗读屏幕内容", listenOn: "听我说话",
  listenNote: "部分浏览器会把听到的声音发送到其厂商的服务器进行识别。本程序不会发送到任何地方。",
  listenLocal: "此浏览器在设备本机识别语音。", listenLacks: "此浏览器不能识别语音。请扫描，或使用大按钮。",
  voiceLacks: "此设备没有该语言的本机语音。请在系统设置的“文字转语音”中安装。",
  speed: "语速", slower: "慢一点", faster: "快一点", tried: "A 三 十二。数量 7。", close: "关闭", on: "开", off: "关",
  checkDigits: "校验码？", lastDigits: "后{count}位？", lastDigit: "最后一位？", quantity: "数量 {quantity}", intoTote: "放入 {tote}", ending: "尾号 {digits}",
  lotSaid: "批次 {lot}", nextTask: "请说“下一个”，或扫描。", yesOrNo: "是还是不是？", oneOf: "说 {number}：{label}", noAnswer: "或说不", sayPieces: "请按件数说，不要按箱数。",
  notUnderstood: "没听懂。", unsure: "{one} 还是 {other}？请逐位再说一遍。", wrongDigits: "{said} 不对", lookAgain: "请看标签上的数字，再说一遍。",
  listening: "正在听", speaking: "正在播报", paused: "已暂停：点按或扫描后继续", ready: "请扫描或点按", heard: "听到：{said}", repeat: "重复", digitsPad: "校验码", lastPad: "末尾数字", manyPad: "数量？",
  notAllowed: "此页面无权使用麦克风。请在浏览器设置中允许，或使用按钮。", noMicrophone: "未找到麦克风。请使用按钮或扫描。",
  needsNetwork: "此浏览器的语音识别需要互联网，目前没有。请使用按钮或扫描。", noLanguage: "此浏览器不能识别该语言。请使用按钮或扫描。", tapOnce: "请点按此处一次，设备才能发声。",
  sayable: "可以说：校验码、数量、是、不是、下一个、短缺、破损、满了、跳过、完成、撤销、重打、帮助、重复、慢一点、快一点、停止。",
};

const all: Record<Language, Record<VoiceText, string>> = { en, "zh-CN": zh };

export const voiceText = (language: Language, key: VoiceText, args?: Record<string, unknown>): string => filled(all[language][key], args);
