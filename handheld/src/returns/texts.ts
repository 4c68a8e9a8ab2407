/** What the page of returns says. */
import { filled, type Language } from "../texts";

const en = {
  title: "Returns", search: "Return, order, reference, name, phone or parcel", cut: "Many orders begin like this. Only the newest were looked at: type more.", none: "Nothing has been sent back yet.", nothing: "There is no such return.", every: "All", newOne: "New return", site: "Warehouse",
  number: "Return", order: "Order", customer: "Customer", channel: "Channel", state: "State", pieces: "Came", reason: "Why", wish: "Wish", made: "Announced", amount: "Paid back", age: "Age",
  state_announced: "awaited", state_received: "to be settled", state_settled: "settled", state_cancelled: "called off", state_expired: "given up", partly: "partly here",
  outcome_refund: "paid back", outcome_exchange: "exchanged", outcome_refused: "refused",
  damaged: "damaged", wrong_item: "wrong item", not_as_described: "not as described", changed_mind: "changed their mind", too_late: "came too late", other: "other",
  refund: "money back", exchange: "exchange", by: "Announced by", by_customer: "the customer", by_staff: "staff", by_floor: "the floor: it came by itself", expires: "Awaited until", settledAt: "Settled", why: "Reason given", note: "Note", exchangeOrder: "Exchange order",
  back: "All returns", head: "Return", linesOf: "What comes back", item: "Item", announced: "Announced", restocked: "As new", quarantined: "To be looked at", scrapped: "Broken", paid: "Paid back",
  payBack: "Pay back", refuse: "Refuse", exchangeIt: "Exchange", finish: "Settle the exchange", cancel: "Call off", print: "Print label", page: "Label as PDF", close: "Close",
  payHow: "Its channel is told until it has accepted. At most {most} was paid for what came and is not paid back yet.", payNothing: "What was paid for what came is paid back already, or nothing was paid for it.",
  reckoned: "{item}: {came} of {ordered} came, of {paid} paid for all: {proposed}", reckonedAfter: "{item}: {came} of {ordered} came, {before} before, of {paid} paid for all: {proposed}", withPostage: "The postage too: {postage}", ofItPostage: "with the postage, {postage}", payNo: "No price is known for these goods; the return is settled without money.", howMuch: "Amount ({currency})", whyNot: "Why", whyOptional: "Why, if it is another amount",
  refuseHow: "The customer sees the reason.", exchangeHow: "An order for the same receiver goes to the floor.", sameAgain: "The same again", otherItem: "Another item", quantity: "Quantity", notAllHere: "Not all has come yet: the other goods go at once.", finishHow: "Other goods have gone out. The return is settled as it came.", cancelHow: "The floor waits for it no longer.",
  paidBack: "{amount} is paid back.", settledNow: "{number} is settled.", sent: "{order} brings the other goods.", cancelled: "{number} is called off.", printed: "The label of {number} is on its way to the printer.",
  tell_waiting: "{channel} is being told of it.", tell_tried: "{channel} is being told of it; tried {attempts} times: {words}", tell_told: "{channel} was told of it.", tell_refused: "{channel} would not hear of it: {words} See to it there by hand.", takenBack: "A grade was taken back after the money had gone: less has come than was paid for.",
  newFor: "New return of {order}", find: "Order number", look: "Look", rest: "can come back", nothingLeft: "Nothing of this order can come back: it has not left, or all is announced already.", make: "Announce the return", before: "Returns so far: {numbers}", needGoods: "Say how much of what comes back.", wrong: "That did not work: {why}",
  now: "now", minutes: "{n} min", hours: "{n} h", days: "{n} d",
};
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "退货", search: "退货号、订单号、参考号、姓名、电话或包裹", cut: "以此开头的订单很多，仅查看了最新的一部分，请输入更多。", none: "还没有退货。", nothing: "没有这样的退货。", every: "全部", newOne: "新建退货", site: "仓库",
  number: "退货", order: "订单", customer: "客户", channel: "渠道", state: "状态", pieces: "已到", reason: "原因", wish: "诉求", made: "申请时间", amount: "已退款", age: "时长",
  state_announced: "等待到货", state_received: "待处理", state_settled: "已处理", state_cancelled: "已取消", state_expired: "已失效", partly: "部分到货",
  outcome_refund: "已退款", outcome_exchange: "已换货", outcome_refused: "已拒绝",
  damaged: "损坏", wrong_item: "发错商品", not_as_described: "与描述不符", changed_mind: "不想要了", too_late: "到货太晚", other: "其他",
  refund: "退款", exchange: "换货", by: "申请人", by_customer: "客户", by_staff: "员工", by_floor: "现场：未经申请到货", expires: "等待至", settledAt: "处理时间", why: "所给原因", note: "备注", exchangeOrder: "换货订单",
  back: "全部退货", head: "退货", linesOf: "退货内容", item: "商品", announced: "申请", restocked: "完好", quarantined: "待检查", scrapped: "损坏", paid: "已退款",
  payBack: "退款", refuse: "拒绝", exchangeIt: "换货", finish: "完成换货", cancel: "取消退货", print: "打印标签", page: "标签 PDF", close: "关闭",
  payHow: "将通知其渠道，直至其接受。已到商品的实付且尚未退的最多为 {most}。", payNothing: "已到商品的实付金额已经退还，或并未付款。",
  reckoned: "{item}：订购 {ordered} 件实付 {paid}，到货 {came} 件：{proposed}", reckonedAfter: "{item}：订购 {ordered} 件实付 {paid}，此前到货 {before} 件，本次 {came} 件：{proposed}", withPostage: "同时退运费：{postage}", ofItPostage: "含运费 {postage}", payNo: "这些商品没有价格；退货将不退款而结束。", howMuch: "金额（{currency}）", whyNot: "原因", whyOptional: "原因（金额不同时填写）",
  refuseHow: "客户会看到此原因。", exchangeHow: "将为同一收件人下发一张订单。", sameAgain: "同款", otherItem: "其他商品", quantity: "数量", notAllHere: "货尚未全部退回：换货将立即发出。", finishHow: "换货已发出。退货将按实际到货结束。", cancelHow: "现场不再等待此退货。",
  paidBack: "已退款 {amount}。", settledNow: "{number} 已处理。", sent: "{order} 将送出换货。", cancelled: "{number} 已取消。", printed: "{number} 的标签已送往打印机。",
  tell_waiting: "正在通知 {channel}。", tell_tried: "正在通知 {channel}；已尝试 {attempts} 次：{words}", tell_told: "已通知 {channel}。", tell_refused: "{channel} 拒收通知：{words} 请在该平台手动处理。", takenBack: "退款后有评级被撤销：实到数量少于已退款数量。",
  newFor: "{order} 的新退货", find: "订单编号", look: "查找", rest: "可退", nothingLeft: "此订单没有可退的商品：尚未发货，或已全部申请。", make: "申请退货", before: "已有退货：{numbers}", needGoods: "请填写退货数量。", wrong: "操作失败：{why}",
  now: "刚刚", minutes: "{n} 分", hours: "{n} 小时", days: "{n} 天",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => (all[language][key] === undefined ? (undefined as unknown as string) : filled(all[language][key], args));
