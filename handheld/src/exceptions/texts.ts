/** What the queue of order exceptions says. */
import { filled, type Language } from "../texts";

const en = {
  title: "Order exceptions", mine: "Mine", everybodys: "Everyone", kind: "Kind", all: "All", isOpen: "Open", isDone: "Ended lately", site: "Warehouse", none: "Nothing here: every order goes by itself.", noneDone: "Nothing has ended yet.", more: "Show more", wrong: "That did not work: {why}", close: "Close",
  since: "open for {time}", owner: "Whose", take: "I take it", give: "Give to", given: "{who} sees to it now.", note: "Note", keepNote: "Keep the note", noted: "Noted.", suggested: "Suggested:", waitsUntil: "waits until {time}", leaves: "leaves {time} as announced", noDate: "nothing announced for it", really: "Really? Press again", more_: "Owner and note", toChannel: "Mend it at the channel", toChannels: "To the channel", toAddress: "Change the address",
  "kind.oversold": "Oversold", "kind.address": "Address", "kind.check": "Blocked", "kind.price": "Price", "kind.item": "Item unknown", "kind.unreadable": "Unreadable", "kind.paper": "Not taken in", "kind.too_late": "Too late", "kind.payment": "Payment", "kind.stuck": "Stuck", "kind.waiting": "Waits for stock", "kind.short": "Short on the floor", "kind.not_told": "Channel not told", "kind.quantity": "Quantity refused", "kind.refund_asked": "Money asked back", "kind.refund_left": "Money asked, goods sent", "kind.channel": "Channel silent", "kind.any": "All kinds",
  "step.take_suggestion": "Take the suggestion", "step.let_go": "Let it go", "step.agree": "Agree: pay back", "step.send_anyway": "Send it anyway", "step.cancel": "Cancel the order", "step.cancel_rest": "Cancel the rest", "step.wait": "Wait a day", "step.wait_for_stock": "Wait for stock", "step.try_again": "Try again", "step.drop": "Drop it", "step.tell_again": "Tell it again", "step.done": "Seen to",
  paysRequest: "Its buyer has asked for{amount} back: whoever cancels the order says yes to that, and the platform pays.", paysChannel: "Its buyer has paid{amount}: {channel} is told that nothing will come, and is to pay that back.", paysRest: "What was paid for what will not come goes back to its buyer: {channel} is told how much.", "pays.cancel": "Cancel and pay back", "pays.cancel_rest": "Cancel the rest and pay back", leaveIt: "Leave it as it is",
  choose: "Choose {what}", chosen: "{n} chosen", allAlike: "All {n} of this kind", chooseNone: "None", manyFinal: "It is done for each by itself, and cannot be taken back.", manyPays: "Of {n} of them the buyer has paid, and is to be paid back.", manyDone: "{step}: {n} of {of} done.",
  did: "{step}: done.", "came.taken": "It was taken in.", "came.ended": "It needs nothing any more.", "came.refused": "Still not: {words}",
  "how.solved": "ended by itself", "how.rule": "ended by a rule: {step}", "how.hand": "{who}: {step}",
  rules: "Rules", rulesOf: "Rules of {site}", rulesTip: "Whose exceptions are, what is done about them without anybody, and to whom they pass when nobody sees to them.", ruleOwner: "Owner", firstOwner: "The first manager or supervisor", asAll: "As for all kinds", solve: "By itself", nothing: "Nothing", after: "After minutes", opens: "Counts as one after hours", passAfter: "Passed on after hours", passTo: "Passed on to", nobody: "Nobody", save: "Save", saved: "The rule for {what} is saved.",
  ruleSolves: "{step} after {n} min", rulePasses: "after {n} h to {who}",
  s: "{n} s", min: "{n} min", h: "{n} h", d: "{n} d",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "订单异常", mine: "我的", everybodys: "全部人员", kind: "类型", all: "全部", isOpen: "未处理", isDone: "最近结束", site: "仓库", none: "没有异常：所有订单均正常进行。", noneDone: "还没有已结束的异常。", more: "显示更多", wrong: "操作失败：{why}", close: "关闭",
  since: "已持续 {time}", owner: "负责人", take: "我来处理", give: "交给", given: "现由 {who} 处理。", note: "备注", keepNote: "保存备注", noted: "已备注。", suggested: "建议：", waitsUntil: "等到 {time}", leaves: "按预告 {time} 发出", noDate: "尚无到货预告", really: "确定？请再按一次", more_: "负责人与备注", toChannel: "到渠道处理", toChannels: "前往渠道", toAddress: "修改地址",
  "kind.oversold": "超卖", "kind.address": "地址", "kind.check": "已屏蔽", "kind.price": "价格", "kind.item": "商品未知", "kind.unreadable": "无法读取", "kind.paper": "未能接收", "kind.too_late": "为时已晚", "kind.payment": "付款", "kind.stuck": "卡住", "kind.waiting": "等货", "kind.short": "库内短缺", "kind.not_told": "渠道拒收通知", "kind.quantity": "渠道拒收数量", "kind.refund_asked": "申请退款", "kind.refund_left": "发货后申请退款", "kind.channel": "渠道无应答", "kind.any": "所有类型",
  "step.take_suggestion": "采用建议", "step.let_go": "放行", "step.agree": "同意退款", "step.send_anyway": "照常发货", "step.cancel": "取消订单", "step.cancel_rest": "取消剩余部分", "step.wait": "等一天", "step.wait_for_stock": "等货", "step.try_again": "重试", "step.drop": "丢弃", "step.tell_again": "重新通知", "step.done": "已处理",
  paysRequest: "买家已申请退款{amount}：取消订单即同意退款，由平台付款给买家。", paysChannel: "买家已付款{amount}：将通知 {channel} 不再发货，并由其退款。", paysRest: "不再发货的部分，已付款项将退还买家：会将金额通知 {channel}。", "pays.cancel": "取消并退款", "pays.cancel_rest": "取消剩余部分并退款", leaveIt: "保持不变",
  choose: "选择 {what}", chosen: "已选 {n} 项", allAlike: "全选同类 {n} 项", chooseNone: "取消选择", manyFinal: "将逐项执行，且无法撤销。", manyPays: "其中 {n} 项买家已付款，将退款给买家。", manyDone: "{step}：{of} 项中已完成 {n} 项。",
  did: "{step}：完成。", "came.taken": "已接收。", "came.ended": "无需再处理。", "came.refused": "仍然失败：{words}",
  "how.solved": "自行解决", "how.rule": "按规则结束：{step}", "how.hand": "{who}：{step}",
  rules: "规则", rulesOf: "{site} 的规则", rulesTip: "异常归谁负责、哪些自动处理，以及无人处理时转交给谁。", ruleOwner: "负责人", firstOwner: "首位经理或主管", asAll: "同所有类型", solve: "自动执行", nothing: "无", after: "多少分钟后", opens: "超过多少小时算异常", passAfter: "多少小时后转交", passTo: "转交给", nobody: "无人", save: "保存", saved: "{what} 的规则已保存。",
  ruleSolves: "{n} 分钟后{step}", rulePasses: "{n} 小时后转交 {who}",
  s: "{n} 秒", min: "{n} 分", h: "{n} 小时", d: "{n} 天",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);

const SECOND = 1_000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
/** How long, in the coarsest words that help. */
export function span(ms: number, t: (key: Key, args?: Record<string, unknown>) => string): string {
  const past = Math.max(0, ms);
  if (past < 2 * MINUTE) return t("s", { n: Math.round(past / SECOND) });
  if (past < 2 * HOUR) return t("min", { n: Math.round(past / MINUTE) });
  return past < 2 * DAY ? t("h", { n: Math.round(past / HOUR) }) : t("d", { n: Math.round(past / DAY) });
}
