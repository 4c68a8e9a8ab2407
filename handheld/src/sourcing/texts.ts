/** What the page of sourcing says, and the lines it offers. */
import { filled, type Language } from "../texts";

const en = {
  title: "Sourcing", intro: "Rules say which warehouse sends an order. One rule a line, in English or Chinese words. Of all ways to send an order the one with the fewest points is chosen; a way that sends more pieces always comes first.", close: "Close", wrong: "That did not work: {why}",
  noRole: "You may read the rules and see what is wrong with a text. To keep rules, try them or put them in force you have to be a manager.", oneSite: "You may read the rules and see what is wrong with a text. They are about every warehouse, and you see one: somebody who sees all has to change them.",
  rules: "Rules", empty: "prefer nearest 1", checking: "is being read …", sound: "Rules that are understood: {n}", faulty: "Faults: {n}", at: "Line {line}, column {column}:", goThere: "Go there", opened: "A kept text stands here instead of what was typed.", bringBack: "Bring back what was typed", nameOf: "Keep it as", keep: "Keep as a draft", kept: "“{name}” is kept as a draft.",
  templates: "Lines to begin with", templatesTip: "A line is put behind the one in which the cursor is. The number at its end is its weight: so many points for each unit that it counts.",
  "line.nearest": "Counts every 100 km of a parcel's way.", "line.parcels": "Counts every parcel beyond the first.", "line.low": "Counts every 1.00 that the parcels cost.", "line.age": "Counts every line and month by which its stock is younger than the oldest.", "line.free": "Counts every tenth of its day that a warehouse is booked, a parcel.", "line.time": "Counts every day by which a parcel leaves too late.", "line.rank": "Counts every place that a warehouse stands further behind, a parcel.",
  "line.costs": "What a parcel costs: by itself, by its weight, by its way.", "line.takes": "What a warehouse can do in a day.", "line.reaches": "Where a warehouse sends to, and by which carrier.", "line.only": "Orders of this kind come from nowhere else.", "line.whole": "Orders of this kind go in one parcel, or wait.", "line.together": "Lines of this kind come from one warehouse.", "line.keeps": "Of every item so many pieces stay for others.",
  inForce: "In force", noRules: "There are no rules. An order is sent by its own warehouse where that has all of it, else by any that has.", waiting: "Orders that wait to be sourced together: {n}.", waitingTip: "It happens by itself every five minutes.", together: "Source them now", asked: "Orders that are sourced together now: {n}.", showThem: "Show them",
  versions: "Kept rules", noVersions: "Nothing was kept yet.", "state.draft": "draft", "state.active": "in force", "state.retired": "was in force", madeBy: "{who}, {at}", since: "put in force {at}", open: "Open", activate: "Put in force", activateTitle: "Put “{name}” in force?", notYet: "Not yet", activated: "“{name}” is in force.",
  activateHow: "From now on every order that comes is sourced by these rules, and so is every order that waits to be sourced together. Orders that are in already stay with the warehouses that send them.", activateBefore: "“{name}” is in force until then. It stays here and can be put in force again.", activateFirst: "Until now there are no rules.",
  try: "Trial", tryTip: "What would have come of the rules above, had they been in force? Nothing is changed, and the floor's work goes first.", tryOn: "On the orders of", lastDays: "the last {n} days", tryThem: "Try the rules above", tryWaits: "The trial begins in a moment.", tryRuns: "Orders tried: {done} of {total}", tryFailed: "The trial went wrong. Try again; if it does again, somebody has to look into the server's log.", tryNothing: "No order came in the last {n} days.", tryOld: "The rules above were changed after this trial.",
  compared: "Orders: {n}, days: {days}", measure: "What", figures: "Figures", "way.was": "as it was", "way.today": "today's rules", "way.tried": "these rules", best: "best", sendsLess: "They do not send equally much: parcels, cost and the rest are compared only where the fewest pieces wait.", comparedTip: "Costs are counted by the rules that were tried. How old stock was is not known any more and counts nothing.",
  "m.orders": "Orders", "m.parcels": "Parcels", "m.split": "Split orders", "m.cost": "Cost", "m.km": "Kilometres a parcel", "m.onTime": "On time", "m.waiting": "Pieces that wait", bySite: "Parcels by warehouse", changes: "Orders that would be sent from elsewhere: {n}", firstOf: "The first {n} of them:", noChanges: "Every order would be sent from where today's rules send it.", nobody: "waits",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "寻源", intro: "规则决定由哪个仓库发货。每行一条规则，可用中文或英文。在所有发货方式中选择分数最低的一种；能发出更多件数的方式总是优先。", close: "关闭", wrong: "操作失败：{why}",
  noRole: "您可以查看规则并检查文本。保存、试算和启用规则需要经理身份。", oneSite: "您可以查看规则并检查文本。规则涉及所有仓库，而您只能看到一个：须由能看到所有仓库的人修改。",
  rules: "规则", empty: "优先 最近 1", checking: "正在检查…", sound: "看懂的规则：{n}", faulty: "错误：{n}", at: "第 {line} 行第 {column} 列：", goThere: "转到", opened: "此处现为已保存的文本，替换了之前的输入。", bringBack: "恢复之前的输入", nameOf: "保存为", keep: "存为草稿", kept: "“{name}”已存为草稿。",
  templates: "常用规则", templatesTip: "点击后插入到光标所在行之后。行末的数字是权重：每个单位计多少分。",
  "line.nearest": "包裹每 100 公里路程计一个单位。", "line.parcels": "第一个之外的每个包裹计一个单位。", "line.low": "包裹运费每 1.00 计一个单位。", "line.age": "每行库存比最旧的库存每新一个月计一个单位。", "line.free": "仓库当天产能每占用十分之一，每个包裹计一个单位。", "line.time": "包裹每晚发出一天计一个单位。", "line.rank": "仓库每靠后一位，每个包裹计一个单位。",
  "line.costs": "包裹的运费：起价、按重量、按路程。", "line.takes": "仓库一天能接多少单。", "line.reaches": "仓库送到哪里，由哪家承运商。", "line.only": "此类订单只从这里发出。", "line.whole": "此类订单一个包裹发出，否则等待。", "line.together": "此类行由同一个仓库发出。", "line.keeps": "每种商品为其他用途保留这么多件。",
  inForce: "现行规则", noRules: "没有规则。订单由其仓库发出；若该仓库货不全，则由有货的仓库发出。", waiting: "等待统一寻源的订单：{n}。", waitingTip: "每五分钟自动进行一次。", together: "立即寻源", asked: "正在统一寻源的订单：{n}。", showThem: "查看",
  versions: "已保存的规则", noVersions: "尚未保存规则。", "state.draft": "草稿", "state.active": "现行", "state.retired": "曾启用", madeBy: "{who}，{at}", since: "{at} 启用", open: "打开", activate: "启用", activateTitle: "启用“{name}”？", notYet: "暂不", activated: "“{name}”已启用。",
  activateHow: "此后到来的每个订单，以及等待统一寻源的订单，都按这些规则寻源。已在处理的订单仍由原仓库发出。", activateBefore: "现行的“{name}”到此为止，仍保留在这里，可再次启用。", activateFirst: "目前没有规则。",
  try: "试算", tryTip: "如果上面的规则当时已启用，结果会怎样？不会改变任何数据，现场作业优先。", tryOn: "试算范围", lastDays: "最近 {n} 天的订单", tryThem: "试算上面的规则", tryWaits: "试算即将开始。", tryRuns: "已试算订单：{done} / {total}", tryFailed: "试算出错，请重试；若再次出错，请查看服务器日志。", tryNothing: "最近 {n} 天没有订单。", tryOld: "此次试算之后，上面的规则已修改。",
  compared: "订单：{n}，天数：{days}", measure: "项目", figures: "数值", "way.was": "原来", "way.today": "现行规则", "way.tried": "这些规则", best: "最佳", sendsLess: "发出的件数不同：包裹、运费等只在等待件数最少的方式之间比较。", comparedTip: "运费按试算的规则计算。当时的库龄已无从得知，不计入。",
  "m.orders": "订单", "m.parcels": "包裹", "m.split": "拆分的订单", "m.cost": "运费", "m.km": "每包裹公里数", "m.onTime": "准时率", "m.waiting": "等待件数", bySite: "各仓库的包裹", changes: "将改由其他仓库发出的订单：{n}", firstOf: "其中前 {n} 个：", noChanges: "所有订单的发货仓库都与现行规则相同。", nobody: "等待",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);

/** In the words of the language of the rules; `one` and `other` are warehouses. */
export const LINES = [
  { key: "nearest", en: "prefer nearest 1", "zh-CN": "优先 最近 1" }, { key: "parcels", en: "prefer few parcels 5", "zh-CN": "优先 少包裹 5" }, { key: "low", en: "prefer low cost 1", "zh-CN": "优先 低运费 1" },
  { key: "age", en: "prefer old stock 1", "zh-CN": "优先 旧库存 1" }, { key: "free", en: "prefer free capacity 1", "zh-CN": "优先 有余力 1" }, { key: "time", en: "prefer on time 10", "zh-CN": "优先 准时 10" }, { key: "rank", en: "prefer {one}, {other} 2", "zh-CN": "优先 {one}, {other} 2" },
  { key: "costs", en: "any costs 4.50 plus 1.20 per kg plus 0.30 per 100 km", "zh-CN": "任何 运费 4.50 加 1.20 每千克 加 0.30 每百公里" }, { key: "takes", en: "{one} takes 500 orders a day", "zh-CN": "{one} 每天接 500 单" },
  { key: "reaches", en: "{one} reaches CN by SF", "zh-CN": "{one} 送到 CN 由 SF" }, { key: "only", en: "only from {one} when country is CN", "zh-CN": "只从 {one} 当 国家 是 CN" }, { key: "whole", en: "never split when handling is gift", "zh-CN": "不拆单 当 属性 是 gift" },
  { key: "together", en: "together handling is fragile", "zh-CN": "一起 属性 是 fragile" }, { key: "keeps", en: "{one} keeps 10", "zh-CN": "{one} 保留 10" },
] as const satisfies readonly { key: string; en: string; "zh-CN": string }[];
