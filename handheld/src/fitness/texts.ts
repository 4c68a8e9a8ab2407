import { filled, type Language } from "../texts";

const en = {
  title: "Does the scanner fit?", language: "中文", which: "Which scanner?", own: "The scanner of this device", ownHint: "it types into this page", print: "Print the three codes", back: "Back",
  intro: "Scan three codes, from this screen or from paper. Then you see what the scanner does, and what to set.",
  stationScanners: "Scanners of stations", noStations: "No station has a scanner yet.", onlyOwn: "To learn a station's scanner, sign in as a supervisor.", toSignIn: "Sign in",
  scan: "Scan this code ({done} of 3 read)", notRead: "Not read? Next code", again: "Start again", starting: "Waiting for the scanner's port …", portOut: "The scanner cannot be reached: {error}",
  notBooked: "Nothing that {name} reads is booked for now: {minutes} min left.", whoScans: "Several scanners may call here. The one that scans the codes is learnt; the others work on.",
  onlyCaller: "Nothing that {caller} reads is booked for now: {minutes} min left. The others work on. All of them get the settings.", over: "The five minutes are over. The scanner works as before.", away: "The server cannot be reached.", refused: "{sentence}",
  fits: "The scanner fits", better: "The scanner fits, but could do better", unfit: "Set up the scanner first", use: "Use these settings", used: "These settings are used from now on.", usedHere: "This device reads its scanner with these settings from now on.", setUp: "To set on the scanner", found: "What it does",
  codes: "{done} of 3 codes read", suffix: "ends each code with {suffix}", suffixNone: "sends no suffix", suffixUnsteady: "ends its codes differently", prefix: "puts {prefix} before each code",
  aimSent: "names the symbology (AIM)", aimNone: "does not name the symbology (AIM)", aimSome: "names some symbologies only (AIM)", gsKept: "sends GS as it is", gsLost: "loses GS", gsReplaced: "sends {gs} for GS", gsUnknown: "GS not known yet",
  layout: "types with the right keyboard", layoutOther: "types as {scanner}, the computer reads {computer}", caseKept: "keeps capital and small letters", caseChanged: "changes capital and small letters",
  double: "read {count} codes twice", single: "reads each code once", speed: "{speed} characters a second", atOnce: "sends a code at once", gs1: "GS1 DataMatrix", layoutCode: "Code 128", retail: "EAN-13",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "扫描器是否合适？", language: "English", which: "哪个扫描器？", own: "本设备的扫描器", ownHint: "直接输入到此页面", print: "打印三个条码", back: "返回",
  intro: "从屏幕或纸上扫描三个条码，即可看到扫描器的行为以及需要设置的内容。",
  stationScanners: "站点的扫描器", noStations: "还没有站点连接扫描器。", onlyOwn: "要检测站点的扫描器，请以主管身份登录。", toSignIn: "登录",
  scan: "请扫描此条码（已读取 {done}/3）", notRead: "读不出，跳过", again: "重新开始", starting: "正在等待扫描器端口……", portOut: "无法连接扫描器：{error}",
  notBooked: "{name} 目前读取的内容不会入账：还剩 {minutes} 分钟。", whoScans: "可能有多个扫描器连接到这里。扫描条码的那个会被检测，其他的照常工作。",
  onlyCaller: "{caller} 目前读取的内容不会入账：还剩 {minutes} 分钟。其他扫描器照常工作。设置对它们全部生效。", over: "五分钟已到，扫描器恢复正常工作。", away: "无法连接服务器。", refused: "{sentence}",
  fits: "扫描器合适", better: "扫描器可用，但可以更好", unfit: "请先设置扫描器", use: "采用设置", used: "从现在起采用这些设置。", usedHere: "从现在起，本设备按这些设置读取扫描器。", setUp: "需要在扫描器上设置", found: "扫描器的行为",
  codes: "已读取 {done}/3 个条码", suffix: "每个条码以 {suffix} 结尾", suffixNone: "不发送后缀", suffixUnsteady: "条码结尾不一致", prefix: "每个条码前加 {prefix}",
  aimSent: "说明码制（AIM）", aimNone: "不说明码制（AIM）", aimSome: "只说明部分码制（AIM）", gsKept: "原样发送 GS", gsLost: "丢失 GS", gsReplaced: "用 {gs} 代替 GS", gsUnknown: "GS 尚不清楚",
  layout: "键盘布局一致", layoutOther: "按 {scanner} 输入，电脑按 {computer} 读取", caseKept: "保留大小写", caseChanged: "改变大小写",
  double: "有 {count} 个条码读了两次", single: "每个条码只读一次", speed: "每秒 {speed} 个字符", atOnce: "整个条码一次发送", gs1: "GS1 DataMatrix", layoutCode: "Code 128", retail: "EAN-13",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
export type Say = (key: Key, args?: Record<string, unknown>) => string;
