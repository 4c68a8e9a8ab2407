/** What people say beside numbers, in each language. Pure tables. */
import type { COMMANDS } from "../floor/reading";
import type { Language } from "../texts";

export type Command = (typeof COMMANDS)[number];
export type Control = "repeat" | "stop" | "words" | "slower" | "faster";

export interface Words {
  /** Said without a meaning of its own, before and after. */
  fillers: string[];
  yes: string[];
  no: string[];
  commands: Record<Command, string[]>;
  controls: Record<Control, string[]>;
  /** A number beside one of these is an amount, whatever was asked. */
  pieces: string[];
  /** So many packs are not so many pieces. */
  packs: string[];
}

const en: Words = {
  fillers: ["um", "uh", "er", "erm", "hmm", "well", "so", "please", "it's", "its", "it is", "that's", "is", "the", "check digits", "check digit", "check", "digits", "digit", "number", "numbers", "i have", "i've got", "i got", "there are", "there is", "got", "got it", "a", "an", "and", "now", "at", "exactly", "now it's"],
  yes: ["yes", "yeah", "yep", "yup", "correct", "right", "that's right", "ok", "okay", "sure", "confirm", "confirmed", "understood", "ready"],
  no: ["no", "nope", "negative", "wrong", "cancel", "not now", "no go on", "go on"],
  commands: {
    UNDO: ["undo", "undo that", "take back", "take it back", "on do", "and do"], SHORT: ["short", "shorts", "not enough", "out of stock", "missing"],
    DAMAGED: ["damaged", "damage", "broken"], FULL: ["full", "tote full", "box full"], SKIP: ["skip", "skip it", "skip this", "later"],
    DONE: ["done", "finished", "finish", "complete", "i'm done"], NEXT: ["next", "next line", "next task", "next one", "continue", "start"],
    REPRINT: ["reprint", "print again", "re print", "print it again"], HELP: ["help", "help me", "what now"],
  },
  controls: { repeat: ["repeat", "say again", "again", "say that again", "pardon", "what"], stop: ["stop", "stop listening", "be quiet", "quiet", "pause", "sleep"], words: ["words", "commands", "what can i say"], slower: ["slower", "slow down"], faster: ["faster", "speed up"] },
  pieces: ["piece", "pieces", "quantity", "count", "units", "each", "items", "pcs"],
  packs: ["case", "cases", "box", "boxes", "carton", "cartons", "pallet", "pallets", "pack", "packs", "inner", "inners", "dozen"],
};

const zh: Words = {
  fillers: ["嗯", "呃", "啊", "哦", "那个", "这个", "就是", "应该是", "是", "有", "我有", "这里有", "这里", "一共", "总共", "校验码", "检验码", "校验", "号码", "号", "数字", "请", "的", "了", "呢"],
  yes: ["是", "是的", "对", "对的", "好", "好的", "可以", "行", "确认", "没错", "知道了", "明白", "ok"],
  no: ["不", "不是", "不对", "否", "取消", "不要", "没有", "不行", "错"],
  commands: {
    UNDO: ["撤销", "撤消", "撤回", "取消上一步", "车销"], SHORT: ["短缺", "缺货", "不够", "缺少", "少了", "断缺"], DAMAGED: ["破损", "坏了", "损坏", "破了"],
    FULL: ["满了", "箱满", "箱子满了", "满箱", "装满了"], SKIP: ["跳过", "先跳过", "稍后"], DONE: ["完成", "完成了", "做完了", "结束", "好了"],
    NEXT: ["下一个", "下一行", "下一个任务", "继续", "开始"], REPRINT: ["重新打印", "重打", "再打印", "再打一次"], HELP: ["帮助", "帮忙", "怎么办"],
  },
  controls: { repeat: ["重复", "再说一遍", "再说一次", "再说", "什么", "没听清"], stop: ["停止", "停", "别说了", "暂停", "安静"], words: ["口令", "可以说什么"], slower: ["慢一点", "慢点", "说慢点"], faster: ["快一点", "快点", "说快点"] },
  pieces: ["件", "个", "数量", "瓶", "只", "块"],
  packs: ["箱", "盒", "托", "包", "打"],
};

export const WORDS: Record<Language, Words> = { en, "zh-CN": zh };

/** Lower case without marks; Chinese without spaces, as it is written. */
export function plainWords(said: string, language: Language): string {
  const bare = said.toLowerCase().replace(/[.,;:!?，。！？、；：…"“”]+/g, " ").replace(/’/g, "'");
  return language === "zh-CN" ? bare.replace(/\s+/g, "") : bare.replace(/\s+/g, " ").trim();
}

/** What is left without fillers at both ends; all that was said, where it was nothing else. */
export function withoutFillers(plain: string, language: Language): string {
  const glue = language === "zh-CN" ? "" : " ";
  const fillers = [...WORDS[language].fillers].sort((one, other) => other.length - one.length);
  let left = plain;
  for (let before = ""; before !== left; ) {
    before = left;
    const first = fillers.find((filler) => left.startsWith(filler + glue));
    if (first !== undefined) left = left.slice(first.length).trim();
    const last = fillers.find((filler) => left.endsWith(glue + filler));
    if (last !== undefined) left = left.slice(0, left.length - last.length).trim();
  }
  return left || plain;
}
