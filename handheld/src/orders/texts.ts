/** What the page of orders says. */
import { filled, type Language } from "../texts";

const en = {
  title: "Orders", search: "Order number, reference, name, phone, parcel or item", none: "There is no order yet. Connect a channel, or send one over the API.", nothing: "Nothing was found. A name, reference or phone number is found by its beginning, all else by the whole.",
  cut: "More orders begin like this than can be looked at. Type more.",
  number: "Order", channel: "Channel", reference: "Reference", customer: "Customer", lines: "Lines", pieces: "Pieces", state: "State", promised: "Leaves", age: "Age", site: "Warehouse", all: "All", everyState: "Every state", everyChannel: "Every channel", everySite: "Every warehouse", heldOnly: "Held only", waits: "waits for stock",
  now: "now", minutes: "{n} min", hours: "{n} h", days: "{n} d",
  state_accepted: "accepted", state_released: "on the floor", state_partly_shipped: "partly shipped", state_shipped: "shipped", state_short: "short", state_cancelled: "cancelled",
  hold_unpaid: "not paid yet", hold_payment: "payment awaited", hold_other: "held: {hold}",
  back: "All orders", head: "Order", address: "Goes to", noAddress: "No address was given.", linesOf: "What was ordered", item: "Item", ordered: "Ordered", promisedOf: "Promised", shipped: "Shipped", short: "Short", lot: "Lot", serial: "Serial number",
  placed: "Placed", came: "Came in", leaves: "Leaves", carrier: "Carrier", priority: "Priority", cutoff: "Cut-off", total: "Total", note: "Note", none_: "–",
  phone: "Phone", story: "What happened", clock: "Times by the clock of {zone}",
  cancel: "Cancel the order", cancelHow: "What was picked is brought back; its channel is told.", reason: "Why", keep: "Keep the order", cancelled: "{number} is cancelled.", hold: "Hold back {what}", letGo: "Let {what} go", held: "{what} is held back.", letGone: "{what} may go again.", isHeld: "held back", close: "Close", by: "by {who}", byChannel: "channel {channel}", wrong: "That did not work: {why}",
  "on.placed": "Ordered at {channel} as {reference}", "on.came": "Came in from {channel}", "on.refused": "What {channel} says of it is not agreed to: {words}", "on.promised": "Promised: {items}", "on.promisedLeaves": "Promised: {items}. Leaves {leaves}", "on.handed": "Handed to the floor as {release}", "on.wave": "Released with wave {wave}",
  "on.held": "{release} was held back", "on.let_go": "{release} was let go", "on.picked": "{pieces} picked from {places}: {items}", "on.packed": "Parcel {number} packed, pieces: {pieces} ({parcel})", "on.weighed": "Parcel {number} weighs {weight}", "on.label_printed": "Label of parcel {number} printed at {printer}", "on.label_seen": "Label of parcel {number} read", "on.label_waits": "Label of parcel {number} waits at {printer}",
  "on.loaded": "Parcel {number} put on {load}", "on.left": "Parcel {number} left with {load}", "on.leftCarrier": "Parcel {number} left with {load}, {carrier}", "on.telling": "{channel} is to be told: {what}", "on.tellingAgain": "{channel} is to be told: {what}. Tried {attempts} times: {words}", "on.told": "{channel} was told: {what}", "on.not_told": "{channel} would not hear it: {what}. {words}",
  "on.changed": "Changed to {items}", "on.readdressed": "Goes to another address", "on.cancelled": "Cancelled", "on.cancelledWhy": "Cancelled: {reason}", "on.returned": "Came back: {quantity} × {item}, {grade}",
  "on.set_down": "Waits in {location} for its customer, until {expires}", "on.handed_out": "Handed over to its customer", "what.ready": "the customer may come",
  "what.ship": "parcel {parcel} has left", "what.cancel": "nothing will come", "what.refund": "money goes back", "grade.RESTOCK": "as good as new", "grade.QUARANTINE": "to be looked at", "grade.SCRAP": "broken",
  "on.return_announced": "Return {return} announced: {items}, {why}", "on.return_cancelled": "Return {return} called off", "on.return_expired": "Return {return} given up: nothing came", "on.return_refund": "Paid back for {return}: {money}", "on.return_refused": "Return {return} refused: {reason}", "on.return_sent": "Exchange for {return} goes out as {order}", "on.return_exchange": "Return {return} exchanged",
  "why.damaged": "damaged", "why.wrong_item": "wrong item", "why.not_as_described": "not as described", "why.changed_mind": "changed their mind", "why.too_late": "came too late", "why.other": "other reason", sendBack: "Return",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "订单", search: "订单号、参考号、姓名、电话、包裹或商品", none: "还没有订单。请连接渠道，或通过 API 发送订单。", nothing: "没有找到。姓名、参考号和电话可按开头查找，其余须输入完整。",
  cut: "以此开头的订单太多，无法全部查看，请继续输入。",
  number: "订单", channel: "渠道", reference: "参考号", customer: "客户", lines: "行", pieces: "件数", state: "状态", promised: "发出时间", age: "时长", site: "仓库", all: "全部", everyState: "所有状态", everyChannel: "所有渠道", everySite: "所有仓库", heldOnly: "仅暂缓", waits: "等待到货",
  now: "刚刚", minutes: "{n} 分", hours: "{n} 小时", days: "{n} 天",
  state_accepted: "已接收", state_released: "作业中", state_partly_shipped: "部分发货", state_shipped: "已发货", state_short: "缺货", state_cancelled: "已取消",
  hold_unpaid: "未付款", hold_payment: "等待付款", hold_other: "暂缓：{hold}",
  back: "全部订单", head: "订单", address: "收货地址", noAddress: "未提供地址。", linesOf: "订购内容", item: "商品", ordered: "订购", promisedOf: "已承诺", shipped: "已发货", short: "缺货", lot: "批次", serial: "序列号",
  placed: "下单", came: "接收", leaves: "发出", carrier: "承运商", priority: "优先级", cutoff: "截单", total: "总额", note: "备注", none_: "–",
  phone: "电话", story: "订单经过", clock: "时间按 {zone} 时钟",
  cancel: "取消订单", cancelHow: "已拣的货物将放回，并通知其渠道。", reason: "原因", keep: "保留订单", cancelled: "{number} 已取消。", hold: "暂缓 {what}", letGo: "恢复 {what}", held: "{what} 已暂缓。", letGone: "{what} 已恢复。", isHeld: "已暂缓", close: "关闭", by: "{who}", byChannel: "渠道 {channel}", wrong: "操作失败：{why}",
  "on.placed": "在 {channel} 下单，参考号 {reference}", "on.came": "从 {channel} 接收", "on.refused": "{channel} 的内容未被接受：{words}", "on.promised": "已承诺：{items}", "on.promisedLeaves": "已承诺：{items}，{leaves} 发出", "on.handed": "以 {release} 下发到现场", "on.wave": "随波次 {wave} 下发",
  "on.held": "{release} 已暂缓", "on.let_go": "{release} 已恢复", "on.picked": "从 {places} 拣 {pieces} 件：{items}", "on.packed": "包裹 {number} 已包装，{pieces} 件（{parcel}）", "on.weighed": "包裹 {number} 重 {weight}", "on.label_printed": "包裹 {number} 的面单已在 {printer} 打印", "on.label_seen": "已扫描包裹 {number} 的面单", "on.label_waits": "包裹 {number} 的面单在 {printer} 等待打印",
  "on.loaded": "包裹 {number} 已装上 {load}", "on.left": "包裹 {number} 随 {load} 发出", "on.leftCarrier": "包裹 {number} 随 {load} 发出，{carrier}", "on.telling": "待通知 {channel}：{what}", "on.tellingAgain": "待通知 {channel}：{what}。已尝试 {attempts} 次：{words}", "on.told": "已通知 {channel}：{what}", "on.not_told": "{channel} 拒收通知：{what}。{words}",
  "on.changed": "更改为 {items}", "on.readdressed": "收货地址已更改", "on.cancelled": "已取消", "on.cancelledWhy": "已取消：{reason}", "on.returned": "退回：{quantity} × {item}，{grade}",
  "on.set_down": "在 {location} 等待顾客自提，保留至 {expires}", "on.handed_out": "已交给顾客", "what.ready": "顾客可来自提",
  "what.ship": "包裹 {parcel} 已发出", "what.cancel": "不再发货", "what.refund": "退款", "grade.RESTOCK": "完好", "grade.QUARANTINE": "待检查", "grade.SCRAP": "损坏",
  "on.return_announced": "申请退货 {return}：{items}，{why}", "on.return_cancelled": "退货 {return} 已取消", "on.return_expired": "退货 {return} 已失效：未收到货", "on.return_refund": "{return} 已退款：{money}", "on.return_refused": "退货 {return} 被拒绝：{reason}", "on.return_sent": "{return} 的换货以 {order} 发出", "on.return_exchange": "退货 {return} 已换货",
  "why.damaged": "损坏", "why.wrong_item": "发错商品", "why.not_as_described": "与描述不符", "why.changed_mind": "不想要了", "why.too_late": "到货太晚", "why.other": "其他原因", sendBack: "退货",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
/** `undefined` only for a key that was put together from what the server told. */
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => (all[language][key] === undefined ? (undefined as unknown as string) : filled(all[language][key], args));
